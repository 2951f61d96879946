"""Find the duplicates of a collection: exact, near, rewritten."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Sized
from itertools import chain
from pathlib import Path
from typing import Any, Literal

from scrubkit.core.errors import ConfigError
from scrubkit.dedup.build import build
from scrubkit.dedup.choose import Candidates, Keep
from scrubkit.dedup.collect import collect
from scrubkit.dedup.names import Names, Numbers, Repeated
from scrubkit.dedup.result import Clusters
from scrubkit.dedup.room import Room
from scrubkit.dedup.scheme import SCHEME, Scheme
from scrubkit.dedup.search import LAYERS, Layer, search
from scrubkit.dedup.shingle import FURNITURE_ANCHORS
from scrubkit.kernels.buffers import lengths

__all__ = ["LAYERS", "Layer", "find_duplicates"]


def find_duplicates(
    texts: Iterable[Any],
    *,
    ids: Sequence[str] | None = None,
    jaccard: float = 0.8,
    layers: Sequence[Layer] = LAYERS,
    dates: Sequence[str | None] | None = None,
    sources: Sequence[str | None] | None = None,
    keep: Keep = "longest",
    preferred: Sequence[str] = (),
    min_coverage: float = 0.5,
    max_drop: float | None = None,
    evidence: Literal["none", "full"] = "none",
    furniture: int | None = FURNITURE_ANCHORS,
    against: Iterable[Any] = (),
    scheme: Scheme = SCHEME,
    memory: int | None = None,
    folder: Path | None = None,
) -> Clusters:
    """Return clusters of documents that say the same, each pair in them verified, one keeper each.

    texts
        Strings, or documents and pages (anything with ``text``, ``id`` and ``meta``). Use *cleaned* texts: page
        furniture makes strangers alike and copies different.
    ids
        One a text; default the position. They need not be unique: positions identify.
    jaccard
        Share of word 5-grams from which two texts are near duplicates, 0 to 1.
    layers
        ``exact`` compares all folded words, ``near`` the shingles, ``rewrite`` finds abridged, updated and reworded
        copies that share few shingles.
    keep
        Which member stays: ``longest`` (characters), ``earliest`` (``dates``, ISO 8601), ``preferred-source``
        (``sources`` in the order of ``preferred``), ``first``, ``least-boilerplate``, a function from the members'
        positions to one of them, or ``none``.
    min_coverage
        A member is dropped only where the keeper holds this share of it; otherwise it is tagged.
    max_drop
        Raise where more than this share of (twenty or more) documents would be dropped; ``None`` asks nothing,
        since nothing is dropped here. :func:`scrubkit.dedup.findings` asks for 0.5.
    evidence
        ``full`` adds aligned sentences, shared numbers, names and quotes to each edge.
    furniture
        Lines that stand in texts with this many different longest lines are left out; ``None`` learns none.
    against
        Texts of a reference collection, an older corpus or a test set. A text that says the same as one of them is
        dropped for it; references are always kept, named ``against:0``, ``against:1``, … unless they bring an id of
        their own, and have no rows.
    memory
        Bytes that the texts and all that is made of them may take, some tens more a document aside; what does not fit
        goes to files in a folder of its own within ``folder`` (default: the system's), which lasts as long as
        the result. The texts are read once, one after the other. ``None`` keeps everything in memory. The result is
        the same.

    Scores: 1 for exact, the verified Jaccard for near, the calibrated probability for rewrites. Raises
    :class:`~scrubkit.core.ConfigError` for arguments that do not fit. The result depends on the order of the texts
    only in ties.

    >>> a = "The mayor opened the new bridge on Monday after four years of work and three delays."
    >>> found = find_duplicates([a, "Something else entirely happened.", a.upper()])
    >>> [row["verdict"] for row in found.rows()]
    ['keeper', 'unique', 'exact']
    """
    _check(layers, min_coverage)
    room = Room(memory, folder)
    given = _Given(ids, dates, sources, room)
    plain = given.plain(texts) if memory is None and not against else None
    read = chain(given.own(texts), given.references(against)) if plain is None else plain
    made = collect(read, room, scheme=scheme, stems="rewrite" in layers, anchors=furniture)
    given.check()
    found = search(made.corpus, made.sketch, scheme, jaccard=jaccard, layers=tuple(layers), room=room)
    prose = made.sketch.prose if keep == "least-boilerplate" else ()
    about = Candidates(made.lengths, prose, given.dates, given.sources, preferred)
    result = build(
        found, given.ids, about, keep=keep, min_coverage=min_coverage, full=evidence == "full", own=given.size
    )
    if max_drop is not None:
        result.check_drop(max_drop)
    return result


class _Given:
    """Ids, dates and sources of the texts as they are read, one entry a document."""

    def __init__(
        self,
        ids: Sequence[str] | None,
        dates: Sequence[str | None] | None,
        sources: Sequence[str | None] | None,
        room: Room,
    ) -> None:
        self._given = {"ids": ids, "dates": dates, "sources": sources}
        self._names = Names(room)
        self.ids: Sequence[str] = self._names
        self.dates, self.sources = Repeated(), Repeated()
        self.size = 0

    def plain(self, texts: Iterable[Any]) -> list[str] | None:
        """Return the texts themselves where they are nothing but strings in a list and nothing is said of them."""
        known = any(values is not None for values in self._given.values())
        if known or not isinstance(texts, list) or lengths(texts) is None:
            return None
        self.size = len(texts)
        self.ids, self.dates, self.sources = Numbers(self.size), *(Repeated(nothing=self.size) for _ in range(2))
        return texts

    def own(self, texts: Iterable[Any]) -> Iterator[str]:
        """Yield the texts that are compared, and note what is known of each."""
        if isinstance(texts, str):
            raise ConfigError("texts is one string", remedy="give a list of texts")
        if isinstance(texts, Sized):
            self.check(len(texts))
        given = self._given
        dates, sources = given["dates"] is not None, given["sources"] is not None
        for at, item in enumerate(texts):
            plain = type(item) is str
            text = item if plain else self._text(at, item)
            name = self._told("ids", at) or (None if plain else getattr(item, "id", None))
            meta = None if plain else getattr(item, "meta", None)
            self._names.add(str(at if name is None or name == "" else name))
            self.dates.add(self._told("dates", at) if dates else getattr(meta, "date", None))
            self.sources.add(self._told("sources", at) if sources else getattr(meta, "host", None))
            self.size += 1
            yield text

    def references(self, against: Iterable[Any]) -> Iterator[str]:
        """Yield the texts of the reference collection."""
        self.check()
        for at, item in enumerate(against):
            text = self._text(at, item)
            self._names.add(f"against:{at}" if isinstance(item, str) else str(item.id))
            meta = getattr(item, "meta", None)
            self.dates.add(getattr(meta, "date", None))
            self.sources.add(getattr(meta, "host", None))
            yield text

    def check(self, size: int | None = None) -> None:
        """Raise :class:`~scrubkit.core.ConfigError` where there are not as many ids, dates or sources as texts."""
        size = self.size if size is None else size
        for name, values in self._given.items():
            if values is not None and len(values) != size:
                raise ConfigError(f"{len(values)} {name} for {size} texts")

    def _told(self, name: str, at: int) -> Any:
        values = self._given[name]
        return values[at] if values is not None and at < len(values) else None

    @staticmethod
    def _text(at: int, item: Any) -> str:
        text = item if isinstance(item, str) else getattr(item, "text", None)
        if not isinstance(text, str):
            raise TypeError(f"item {at} is {type(item).__name__}: give strings, documents or pages")
        return text


def _check(layers: Sequence[str], min_coverage: float) -> None:
    unknown = [layer for layer in layers if layer not in LAYERS]
    if unknown or not layers:
        raise ConfigError(f"unknown layers {unknown or layers!r}", remedy=f"some of {', '.join(LAYERS)}")
    if not 0 <= min_coverage <= 1:
        raise ConfigError(f"min_coverage is {min_coverage}, not in 0 to 1")
