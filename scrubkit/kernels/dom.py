"""Walk over a page's tree in compiled code: over selectolax's memory where that is known to be safe, else its nodes.

selectolax's wheel exports the functions of the lexbor it contains, and a node's ``mem_id`` is its address. Neither
is a contract, so memory is read only where all of this holds: selectolax is of a version it was tested with, the
platform exports the functions, and a small page reads back as it was written. Otherwise the same compiled state
machine is fed through the nodes' public attributes. ``scrubkit.ingest.html_walk`` is the reference of both and serves
where nothing is compiled.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any, NamedTuple, Protocol

try:
    _dom: Any = import_module("scrubkit.kernels._dom")
except ImportError:  # no compiler at installation: the Python walk serves
    _dom = None

__all__ = ["TESTED", "Asked", "Tables", "Walker", "bind"]

TESTED = ("1.0.",)
"""Beginnings of the selectolax versions whose tree was compared with the reference walk."""

_FUNCTIONS = (
    "lxb_dom_node_first_child_noi",
    "lxb_dom_node_next_noi",
    "lxb_dom_node_parent_noi",
    "lxb_dom_node_tag_id_noi",
    "lxb_dom_node_type_noi",
    "lxb_dom_element_local_name",
    "lxb_dom_element_first_attribute_noi",
    "lxb_dom_element_next_attribute_noi",
    "lxb_dom_attr_local_name_noi",
    "lxb_dom_attr_value_noi",
)
_WORD = "scrubkit"


class Tables(NamedTuple):
    """What tags mean: by id, and by name where a tag has no id."""

    roles: Sequence[int]
    names: Sequence[str]
    kinds: Mapping[str, int]
    lines: frozenset[str]
    cells: Mapping[str, int]
    named: Mapping[str, int]


class Asked(NamedTuple):
    """What is wanted of elements with one tag: those whose ``attribute`` holds ``part`` in any case, with their text?"""

    text: bool
    attribute: str | None = None
    part: str = ""


class Walker(Protocol):
    """The compiled walk, bound to selectolax."""

    def walk(self, body: Any, wide: bytes) -> tuple[Any, ...]:
        """Return the columns of a page: those of blocks, those of elements, and counts.

        Text, starts, ends, kinds, link_chars, owner; parent, tags, attrs, hidden; anchors, metas, swallowed, marks
        (see :class:`scrubkit.ingest.html.Laid`).

        ``body`` is a node whose tree is not changed meanwhile; ``wide`` says for each kind of block whether empty
        lines stand around it.
        """

    def children(
        self, node: Any, attributes: Iterable[str], asked: Mapping[str, Asked]
    ) -> list[tuple[str, dict[str, str], str]] | None:
        """Return tag, those of the named attributes it has, and text of the children of a node that ``asked`` wants.

        ``None`` where memory is not read and the nodes must be asked.
        """


@lru_cache(maxsize=1)
def _library() -> Any:
    import ctypes

    import selectolax
    from selectolax import lexbor

    version = str(getattr(selectolax, "__version__", ""))
    if _dom is None or not version.startswith(TESTED):
        return None
    try:
        return ctypes.CDLL(lexbor.__file__)
    except OSError:
        return None


class _Direct:
    """The walk over the nodes' memory."""

    def __init__(self, walker: Any) -> None:
        self._walker = walker

    def walk(self, body: Any, wide: bytes) -> tuple[Any, ...]:
        found: tuple[Any, ...] = self._walker.walk(body.mem_id, wide)
        return found

    def children(
        self, node: Any, attributes: Iterable[str], asked: Mapping[str, Asked]
    ) -> list[tuple[str, dict[str, str], str]] | None:
        wanted = {name.encode(): name for name in attributes}
        found: list[tuple[str, dict[str, str], str]] = self._walker.children(node.mem_id, wanted, asked)
        return found


class _Public:
    """The same through the nodes' public attributes: one Python object a node."""

    def __init__(self, walker: Any) -> None:
        self._walker = walker

    def walk(self, body: Any, wide: bytes) -> tuple[Any, ...]:
        found: tuple[Any, ...] = self._walker.walk_nodes(body, wide)
        return found

    def children(
        self, node: Any, attributes: Iterable[str], asked: Mapping[str, Asked]
    ) -> list[tuple[str, dict[str, str], str]] | None:
        del node, attributes, asked
        return None


def bind(tables: Tables, *, direct: bool = True) -> Walker | None:
    """Return a compiled walk, or ``None`` where nothing is compiled.

    It reads the nodes' memory where that is safe and ``direct`` allows it, and asks the nodes otherwise.
    """
    if _dom is None:
        return None
    return (_bind_direct(tables) if direct else None) or _Public(_dom.Walker((), *tables))


def _bind_direct(tables: Tables) -> Walker | None:
    import ctypes

    from selectolax.lexbor import LexborHTMLParser

    library = _library()
    if library is None:
        return None
    try:
        addresses = [ctypes.cast(getattr(library, name), ctypes.c_void_p).value for name in _FUNCTIONS]
    except AttributeError:  # this build does not export them
        return None
    walker = _dom.Walker(addresses, *tables)
    page = LexborHTMLParser(f"<p class='c d' hidden>{_WORD}</p>")
    node = page.body.first_child if page.body is not None else None
    if node is None or not walker.selftest(node.mem_id, _WORD.encode()):
        return None
    return _Direct(walker)
