"""Templates learned from a corpus: the lines and blocks that a source puts on its pages, whatever the page is about.

:func:`fit` reads a corpus twice and returns :class:`Templates`; :func:`dump` and :func:`load` turn them into a
TOML file that people read, edit and commit, and back; :meth:`Templates.findings` says where they stand on a page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scrubkit.templates.file import dump, load, loads
    from scrubkit.templates.learn import FitSettings, fit
    from scrubkit.templates.match import BlockTemplate, LineTemplate, SourceTemplates, Templates

__all__ = [
    "BlockTemplate",
    "FitSettings",
    "LineTemplate",
    "SourceTemplates",
    "Templates",
    "dump",
    "fit",
    "load",
    "loads",
]

# Learning needs NumPy, applying does not: each is loaded when it is asked for.
_HOME = {
    "BlockTemplate": "match",
    "FitSettings": "learn",
    "LineTemplate": "match",
    "SourceTemplates": "match",
    "Templates": "match",
    "dump": "file",
    "fit": "learn",
    "load": "file",
    "loads": "file",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'scrubkit.templates' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"scrubkit.templates.{_HOME[name]}"), name)
