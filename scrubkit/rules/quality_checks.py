"""The quality checks: each takes a text's statistics and its thresholds and gives the numbers that condemn it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from scrubkit.core.patterns import lazily
from scrubkit.rules.quality_stats import TextStats, count_words, duplicates, width

__all__ = ["CHECKS", "STOP_WORDS", "few_stop_words", "is_javascript_notice"]

Settings = Mapping[str, float]
Because = Mapping[str, Any] | None

_SYMBOL = lazily(r"#|…|\.{3,}")
_BULLET = lazily(r"^\s*(?:[•‣▶▪▸►◦●○■□–*+\-·⁃∙✓✔]|o(?=\s\s))\s*\S")
_ELLIPSIS = lazily(r"(?:…|\.{3,}|。{3,})[\"'”’»)\]]*$")
_LOREM = lazily(r"\blorem\s+ipsum\b", re.IGNORECASE)
# Switching on or off, said close to the word itself: a notice, not a sentence about a programming language.
_SWITCH = (
    r"(?:\b(?:enable|activate|allow|turn on|switch on|disabled|required|turned off)\b|"
    r"\b(?:be|not|is|have) (?:enabled|activated)\b|"
    r"aktivier|deaktiviert|einschalt|\bactive[rz]\b|désactivé|\b(?:activ|habilit|ativ)(?:ar?|e|ado|ada)\b|desactivado|"
    r"deshabilitado|desativado|desabilitado|abilita|disattivat|disabilitat|attiva|включит|отключ|выключен|увімкн|вимкнен|"
    r"etkinleştir|etkin değil|devre dışı|تفعيل|تمكين|فعّل|غير مفعل|معطل|"
    r"启用|啟用|开启|開啟|打开|禁用|停用|有効|無効|オン|사용|활성화|"
    r"włącz|wyłączon|inschakel|uitgeschakeld|povol)"
)
_JAVASCRIPT = lazily(
    rf"{_SWITCH}[^.。!?]{{0,25}}(?<![a-z])javascript(?![a-z])|(?<![a-z])javascript(?![a-z])[^.。!?]{{0,25}}{_SWITCH}",
    re.IGNORECASE,
)

STOP_WORDS: Mapping[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the be to of and that have with a in is it for on was as at by",
        "de": "der die das und ist nicht mit von den zu ein eine auf für im sich dem des",
        "fr": "le la les de des et est un une dans que qui pour pas sur du en au",
        "es": "el la los las de que y en un una es por con para del se no al",
        "pt": "o a os as de que e em um uma é por com para do da não se",
        "it": "il la i le di che e in un una è per con non del della si da",
        "nl": "de het een en van in is dat op te zijn met voor niet die aan er om",
        "ru": "и в не на что с по как это из у за от о к для но он",
        "tr": "ve bir bu da de için ile olarak çok daha en gibi olan sonra kadar ancak ise her",
        "ar": "في من على إلى عن أن التي الذي هذا هذه كان ما لا مع بعد قد كما بين",
        "pl": "w i na z do że się nie jest o to po jak za od dla są przez",
        "uk": "і в не на що з та до у за це про як від для по є але",
    }.items()
}
"""The commonest function words of some languages, after Gopher's English list of eight."""


def _too_few_words(stats: TextStats, p: Settings) -> Because:
    if stats.words >= p["min_words"]:
        return None
    return {"words": stats.words, "min_words": p["min_words"]}


def _too_many_words(stats: TextStats, p: Settings) -> Because:
    if stats.words <= p["max_words"]:
        return None
    return {"words": stats.words, "max_words": p["max_words"]}


def _word_length(stats: TextStats, p: Settings) -> Because:
    mean = stats.mean_word_length
    # Comparisons with nan are false: a text in a script without spaces is not judged.
    if mean < p["min_mean_word_length"] or mean > p["max_mean_word_length"]:
        return {"mean_word_length": round(mean, 2)}
    return None


def _symbols(stats: TextStats, p: Settings) -> Because:
    ratio = len(_SYMBOL.findall(stats.text)) / max(1, stats.words)
    return {"symbol_ratio": round(ratio, 3)} if ratio > p["max_symbol_ratio"] else None


def _bullets(stats: TextStats, p: Settings) -> Because:
    share = stats.share_of_lines(_BULLET)
    if share <= p["max_bullet_lines"] or len(stats.lines) < p["min_bullet_lines_judged"]:
        return None
    # A report set as a list is still a report: only lists without sentences are meant.
    if stats.has_full_stops and stats.ended_share >= 0.5:
        return None
    return {"bullet_lines": round(share, 3)}


def _ellipses(stats: TextStats, p: Settings) -> Because:
    share = stats.share_of_lines(_ELLIPSIS)
    if share <= p["max_ellipsis_lines"] or len(stats.lines) < 3:
        return None
    return {"ellipsis_lines": round(share, 3)}


def _alphabetic(stats: TextStats, p: Settings) -> Because:
    if stats.is_unspaced or not stats.spaced:
        return None
    share = sum(1 for word in stats.spaced if any(map(str.isalpha, word))) / len(stats.spaced)
    return {"alphabetic_words": round(share, 3)} if share < p["min_alphabetic_words"] else None


def few_stop_words(stats: TextStats, p: Settings, language: str | None) -> Because:
    """Return how few function words of its language a text has; ``None`` where that is not known or no fault."""
    known = STOP_WORDS.get((language or "").split("-")[0].lower())
    if known is None or stats.words < p["min_stop_words_judged"]:
        return None
    seen = known.intersection(token.casefold() for token in stats.spaced)
    if len(seen) >= p["min_stop_words"]:
        return None
    return {"stop_words": sorted(seen), "language": language}


def _duplicate_lines(stats: TextStats, p: Settings) -> Because:
    lines, chars = duplicates(stats.lines)
    if lines <= p["max_duplicate_lines"] and chars <= p["max_duplicate_line_chars"]:
        return None
    return {"duplicate_lines": round(lines, 3), "duplicate_line_chars": round(chars, 3)}


def _duplicate_paragraphs(stats: TextStats, p: Settings) -> Because:
    parts, chars = duplicates(stats.paragraphs)
    if parts <= p["max_duplicate_paragraphs"] and chars <= p["max_duplicate_paragraph_chars"]:
        return None
    return {"duplicate_paragraphs": round(parts, 3), "duplicate_paragraph_chars": round(chars, 3)}


def _grams(stats: TextStats) -> tuple[Sequence[str], int]:
    """Return tokens and how many of them stand for a word: several characters where there are no spaces."""
    per_word = stats.chars_per_word
    return (stats.spaced if per_word == 1 else stats.tokens), per_word


def _frequent_ngram(stats: TextStats, p: Settings) -> Because:
    tokens, per_word = _grams(stats)
    total = max(1, sum(map(len, tokens)))
    if stats.words < p["min_ngram_words"]:
        return None
    for n in (2, 3, 4):
        size = n * per_word
        counts = Counter(zip(*(tokens[i:] for i in range(size)), strict=False))
        # The n-gram that covers most, not the most frequent: "of the" must not hide what is really repeated.
        often = [(times * sum(map(len, gram)), times, gram) for gram, times in counts.items() if times > 2]
        covers, times, gram = max(often, default=(0, 0, ()))
        if covers > p[f"max_top_{n}gram"] * total:
            ngram = (" " if per_word == 1 else "").join(gram)
            return {"n": n, "share": round(covers / total, 3), "times": times, "ngram": ngram}
        if not often:  # a longer n-gram is at most as frequent
            return None
    return None


def _duplicate_ngrams(stats: TextStats, p: Settings) -> Because:
    tokens, per_word = _grams(stats)
    total = sum(map(len, tokens))
    if stats.words < p["min_ngram_words"]:
        return None
    limits = [(n, p[f"max_duplicate_{n}gram"]) for n in range(5, 11)]
    least = min(limit for _, limit in limits)
    for n, limit in limits:
        share = _repeated_share(tokens, n * per_word, total)
        if share > limit:
            return {"n": n, "share": round(share, 3), "limit": limit}
        if share <= least:  # longer n-grams repeat no more than shorter ones
            return None
    return None


def _repeated_share(tokens: Sequence[str], size: int, total: int) -> float:
    """Return the share of characters in n-grams that occurred before, each character counted once."""
    seen: set[tuple[str, ...]] = set()
    repeated = covered = 0
    for at, gram in enumerate(zip(*(tokens[i:] for i in range(size)), strict=False)):
        if gram in seen:
            first = max(at, covered)
            repeated += sum(map(len, tokens[first : at + size]))
            covered = at + size
        else:
            seen.add(gram)
    return repeated / max(1, total)


def _lorem_ipsum(stats: TextStats, p: Settings) -> Because:
    if not _LOREM.search(stats.text):
        return None
    filler = sum(count_words(part) for part in stats.paragraphs if _LOREM.search(part) and "dolor" in part.lower())
    share = filler / max(1, stats.words)
    return {"lorem_ipsum": round(share, 3)} if share > p["max_lorem_ipsum"] else None


def _curly_braces(stats: TextStats, p: Settings) -> Because:
    ratio = (stats.text.count("{") + stats.text.count("}")) / max(1, stats.words)
    return {"curly_ratio": round(ratio, 3)} if ratio > p["max_curly_ratio"] else None


def _javascript(stats: TextStats, p: Settings) -> Because:
    if "javascript" not in stats.text.lower():
        return None
    told = [line for line in stats.lines if is_javascript_notice(line)]
    share = sum(map(count_words, told)) / max(1, stats.words)
    return {"javascript_words": round(share, 3)} if share > p["max_javascript_words"] else None


def is_javascript_notice(line: str) -> bool:
    """Whether a line asks to switch on JavaScript, in any of a dozen languages.

    >>> is_javascript_notice("Bitte aktivieren Sie JavaScript in Ihrem Browser.")
    True
    >>> is_javascript_notice("The JavaScript world has a new framework, and it enabled a small team to ship.")
    False
    """
    return "javascript" in line.lower() and _JAVASCRIPT.search(line) is not None


def _few_sentences(stats: TextStats, p: Settings) -> Because:
    if not stats.has_full_stops or stats.sentences >= p["min_sentences"]:
        return None
    return {"sentences": stats.sentences, "min_sentences": p["min_sentences"]}


def _unpunctuated(stats: TextStats, p: Settings) -> Because:
    if not stats.has_full_stops or stats.ended_share > p["min_ended_lines"]:
        return None
    if stats.sentences >= len(stats.lines):  # long lines of many sentences whose last lacks its mark
        return None
    return {"ended_lines": round(stats.ended_share, 3), "lines": len(stats.lines)}


def _short_lines(stats: TextStats, p: Settings) -> Because:
    lines = stats.lines
    if len(lines) < p["min_short_lines_judged"]:
        return None
    share = sum(1 for line in lines if width(line) < p["short_line"]) / len(lines)
    return {"short_lines": round(share, 3), "lines": len(lines)} if share > p["max_short_lines"] else None


def _duplicate_characters(stats: TextStats, p: Settings) -> Because:
    _, chars = duplicates(stats.lines)
    return {"duplicate_chars": round(chars, 3)} if chars > p["max_duplicate_chars"] else None


def _many_newlines(stats: TextStats, p: Settings) -> Because:
    ratio = len(stats.lines) / max(1, stats.words)
    return {"newline_ratio": round(ratio, 3)} if ratio > p["max_newline_ratio"] else None


CHECKS: Mapping[str, Callable[[TextStats, Settings], Because]] = {
    "QLT010": _too_few_words,
    "QLT011": _too_many_words,
    "QLT012": _word_length,
    "QLT013": _symbols,
    "QLT014": _bullets,
    "QLT015": _ellipses,
    "QLT016": _alphabetic,
    "QLT020": _duplicate_lines,
    "QLT021": _duplicate_paragraphs,
    "QLT022": _frequent_ngram,
    "QLT023": _duplicate_ngrams,
    "QLT030": _lorem_ipsum,
    "QLT031": _curly_braces,
    "QLT032": _javascript,
    "QLT033": _few_sentences,
    "QLT040": _unpunctuated,
    "QLT041": _short_lines,
    "QLT042": _duplicate_characters,
    "QLT043": _many_newlines,
}
