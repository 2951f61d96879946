"""Tests that many block-scope rules share: how long a line may be before a cue in it says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scrubkit.catalogue import Param
from scrubkit.rules.cues import CueHit
from scrubkit.rules.run import CueSheet
from scrubkit.rules.sheet import Sheet

__all__ = ["MAX_WORDS", "at_most", "framed_line", "whole_line"]


def MAX_WORDS(default: float) -> Param:  # noqa: N802  reads as the parameter it makes
    """Return the parameter that bounds a line's length."""
    return Param("max_words", default, "words", "a longer line is not taken, whatever cue stands in it")


def framed_line(sheet: CueSheet, row: int, hit: CueHit, *, max_words: float = 12) -> Mapping[str, Any] | None:
    """Return evidence for a cue whose single words mean something only in the frame of a page."""
    words = sheet.words[row]
    if hit.cue.where != "line":
        return {"words": words} if words <= max_words else None
    one_word = " " not in hit.cue.phrase
    return None if one_word and not sheet.framed(row) else {"words": words}


def whole_line(sheet: Sheet, row: int, hit: CueHit) -> Mapping[str, Any]:  # noqa: ARG001
    """Return the evidence for a rule whose cues are whole lines: the cue says it all."""
    return {"words": sheet.words[row]}


def at_most(sheet: Sheet, row: int, hit: CueHit, *, max_words: float) -> Mapping[str, Any] | None:
    """Return evidence if the line is short enough, or the cue is the whole of it."""
    words = sheet.words[row]
    if words > max_words and hit.cue.where != "line":
        return None
    return {"words": words}
