"""PLY: players, lightboxes, 'click to enlarge'."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scrubkit.catalogue import Hit, Needs, Param, Rule
from scrubkit.rules.block import MAX_WORDS, framed_line
from scrubkit.rules.run import CueSheet
from scrubkit.rules.sheet import FLAGS

_TIMES = re.compile(r"(?:-?\d{1,2}:\d{2}(?::\d{2})?[\s/|·-]*){1,6}")
_CLOSE = re.compile(r"[x×✕✖]")
_PROPER_PLAYER = (
    "please wait", "no media source currently available", "no compatible source was found for this media", "video player",
    "audio player", "current time", "loading video", "video unavailable", "direct link",
)  # fmt: skip


def _times(sheet: CueSheet) -> Iterator[Hit]:
    cues = sheet.cue_rows("PLY001")
    for row in sheet.scan.select(FLAGS["times"], FLAGS["table"]):
        text = sheet.scan.plain(row)
        if _TIMES.fullmatch(text):
            stamps = len(re.findall(r"\d{1,2}:\d{2}(?::\d{2})?", text))
            near = any(" " in hit.cue.phrase for r, hit in cues.items() if abs(r - row) <= 3)
            if stamps >= 2 or near or text.startswith(("0:00", "00:00")):
                yield Hit(row, row, {"times": stamps})


def _close_buttons(sheet: CueSheet) -> Iterator[Hit]:
    for row in sheet.scan.select(FLAGS["single"], FLAGS["table"]):
        text = sheet.scan.plain(row)
        if _CLOSE.fullmatch(text) and (text != "x" or sheet.marked[row] or sheet.framed(row)):
            yield Hit(row, row, {"text": text})


def _player_title(sheet: CueSheet, *, max_words: float) -> Iterator[Hit]:
    cues = sheet.cue_rows("PLY001")
    for row, hit in cues.items():
        above = row - 1
        if hit.cue.phrase in _PROPER_PLAYER and above >= 0 and above not in cues and above != sheet.title:
            close = sheet.is_html or not sheet.gap[row]
            if close and 2 <= sheet.words[above] <= max_words and not sheet.terminal[above] and not sheet.prose[above]:
                yield Hit(above, above, {"below": hit.cue.phrase, "words": sheet.words[above]})


RULES = (
    Rule(
        "PLY001",
        "player-label",
        summary="Label of a player, gallery or lightbox",
        rationale="'Please wait', 'Click to enlarge', 'Play video' are the interface, not the text.",
        example="- Click to enlarge\n- Play video\n  He told the band to play and the crowd to wait.\n",
        test=framed_line,
        cues=True,
        score=0.92,
        params=(MAX_WORDS(25),),
    ),
    Rule(
        "PLY002",
        "player-times",
        summary="Play times of a media player",
        rationale="Position and length stand on a line of their own.",
        example="- 0:00 / 3:20\n  The 3:20 train was late.\n",
        scope="document",
        test=_times,
        needs=Needs(flags=("times",)),
        score=0.95,
    ),
    Rule(
        "PLY003",
        "close-button",
        summary="Lone × or x that closes a lightbox",
        rationale="A button's only text.",
        example="- ×\n  x marks the place on the map.\n",
        scope="document",
        test=_close_buttons,
        needs=Needs(flags=("single",)),
        score=0.9,
    ),
    Rule(
        "PLY004",
        "player-title",
        summary="Title of an embedded video, directly above its player",
        rationale="An embedded player shows the headline of its own video, which is another story.",
        example="- Flood drone flight over the old town\n- please wait\n  The bridge reopened on Monday.\n".replace(
            "- please wait", "  please wait"
        ),
        scope="document",
        test=_player_title,
        needs=Needs(cues=("PLY001",)),
        score=0.9,
        params=(Param("max_words", 20, "words", "a longer line is text"),),
    ),
)
