"""Language backends of plug-ins."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from scrubkit.core.errors import ConfigError
from scrubkit.entrypoints import Plugged, active, load, named, refusal
from scrubkit.ingest.language import Language
from scrubkit.ingest.language_votes import fold_code

__all__ = ["plugged"]


def plugged(name: str, shipped: tuple[str, ...]) -> Callable[[str], Language]:
    """Return the identifier of a plug-in by its name, ``(text) -> (code, probability)``.

    Raises :class:`ConfigError` where neither scrubkit (``shipped``) nor a plug-in has a backend of the name.
    """
    entry = named("scrubkit.languages", name)
    if entry is None:
        known = (*shipped, *(entry.name for entry in active("scrubkit.languages")))
        raise ConfigError(f"unknown language backend {name!r}", remedy=f"choose {', '.join(known)}")
    return _loaded(entry)


@cache
def _loaded(entry: Plugged) -> Callable[[str], Language]:
    find = load(entry)
    if not callable(find):
        raise refusal(entry, f"is a {type(find).__name__}, not a function of a text")

    def ask(text: str) -> Language:
        try:
            code, score = find(text)
            return Language(fold_code(str(code)), min(1.0, max(0.0, float(score))))
        except Exception as error:
            raise RuntimeError(f"{entry}: {type(error).__name__}: {error}") from error

    return ask
