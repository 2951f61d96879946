"""Docstrings as Markdown: examples become code, roles of reStructuredText become names."""

from __future__ import annotations

import re
from typing import Any

import griffe

_ROLE = re.compile(r":(?:class|func|mod|meth|data):`~?([^`]+)`")
_EXAMPLE = re.compile(r"(?:^>>> .*(?:\n(?!\n).*)*(?:\n\n(?=>>> ))?)+", re.MULTILINE)


class Markdown(griffe.Extension):
    """Rewrites the docstring of every object before it is rendered."""

    def on_object(self, *, obj: griffe.Object, **_: Any) -> None:
        """Rewrite one docstring in place."""
        if obj.docstring is not None:
            obj.docstring.value = markdown(obj.docstring.value)


def markdown(text: str) -> str:
    """Return a docstring as Markdown.

    >>> markdown("See :class:`~scrubkit.core.Ledger`.")
    'See `Ledger`.'
    >>> print(markdown("Half.\\n\\n>>> 1 / 2\\n0.5"))
    Half.
    <BLANKLINE>
    ```pycon
    >>> 1 / 2
    0.5
    ```
    """
    plain = _ROLE.sub(lambda match: f"`{match[1].rpartition('.')[2]}`", text)
    plain = re.sub(r"::$", ":", plain, flags=re.MULTILINE)
    return _EXAMPLE.sub(lambda match: f"```pycon\n{match[0].rstrip()}\n```", plain)
