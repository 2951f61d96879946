"""Compiled kernels over buffers, each with a plain Python or NumPy reference beside it.

Where no compiler was at hand at installation the references serve, slower: :func:`compiled` tells which, and the
first use warns once.
"""

from __future__ import annotations

from importlib.util import find_spec

__all__ = ["NAMES", "compiled", "missing", "warn_once"]

NAMES: tuple[str, ...] = (
    "buffers", "context", "cues", "dom", "features", "findings", "langid", "lines", "markup", "owners", "pairs", "postings",
    "resolve", "rows", "select", "sketch", "slots", "textscan", "trees",
)  # fmt: skip
"""The compiled modules there are, by name without the underscore."""

_warned: set[str] = set()  # one warning a process and kernel, however many pages follow


def missing() -> tuple[str, ...]:
    """Return the kernels that are not compiled in this installation."""
    return tuple(name for name in NAMES if find_spec(f"scrubkit.kernels._{name}") is None)


def compiled() -> bool:
    """Return whether all kernels are compiled."""
    return not missing()


def warn_once(name: str) -> None:
    """Say once that a kernel's plain reference serves."""
    if name in _warned:
        return
    _warned.add(name)
    import warnings

    warnings.warn(
        f"scrubkit's compiled kernel {name!r} is not installed: the plain version works, slower. "
        "Install a C compiler and reinstall with: pip install --no-cache-dir --force-reinstall scrubkit",
        RuntimeWarning,
        stacklevel=3,
    )
