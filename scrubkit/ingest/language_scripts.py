"""Languages that a script gives away: those that alone, or nearly alone, are written in theirs."""

from __future__ import annotations

from scrubkit.core.patterns import lazily

__all__ = ["script_language"]

_SCRIPTS = {
    "hy": "\u0530-\u058f",
    "he": "\u0590-\u05ff",
    "dv": "\u0780-\u07bf",
    "pa": "\u0a00-\u0a7f",
    "gu": "\u0a80-\u0aff",
    "or": "\u0b00-\u0b7f",
    "ta": "\u0b80-\u0bff",
    "te": "\u0c00-\u0c7f",
    "kn": "\u0c80-\u0cff",
    "ml": "\u0d00-\u0d7f",
    "si": "\u0d80-\u0dff",
    "th": "\u0e00-\u0e7f",
    "lo": "\u0e80-\u0eff",
    "bo": "\u0f00-\u0fff",
    "my": "\u1000-\u109f",
    "ka": "\u10a0-\u10ff\u1c90-\u1cbf",
    "am": "\u1200-\u139f",
    "km": "\u1780-\u17ff",
    "el": "\u0370-\u03ff\u1f00-\u1fff",
    "ja": "\u3040-\u30ff",
    "ko": "\uac00-\ud7af\u1100-\u11ff",
}
_PATTERN = lazily("|".join(f"(?P<{code}>[{letters}])" for code, letters in _SCRIPTS.items()))
_LETTER = lazily(r"[^\W\d_]")
_SHARE = 0.4  # of all letters: Japanese is half ideographs, and foreign names occur in any text


def script_language(text: str) -> str | None:
    """Return the language that the script of most letters stands for, ``None`` where it leaves a choice.

    >>> script_language("გამარჯობა"), script_language("Guten Tag"), script_language("東京は日本の首都です")
    ('ka', None, 'ja')
    """
    if text.isascii():
        return None
    counts: dict[str, int] = {}
    for match in _PATTERN.finditer(text):
        code = match.lastgroup or ""
        counts[code] = counts.get(code, 0) + 1
    if not counts:
        return None
    best = max(counts, key=lambda code: counts[code])
    return best if counts[best] >= _SHARE * max(1, len(_LETTER.findall(text))) else None
