"""The plain Python reference of :func:`scrubkit.kernels.lines.measure`, step by step as the kernel takes them."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from scrubkit.kernels.lines_classes import (
    ALPHA,
    ASCII_ALPHABETS_END,
    BULLET,
    CLOSING,
    COLUMN,
    COMMA,
    DIGIT,
    FNV_MASK,
    FNV_START,
    FNV_STEP,
    LOWER,
    MEASURES,
    MONEY,
    OPENING,
    PROSE_WORDS,
    PUNCT,
    SCRIPT,
    SENTENCE,
    SEPARATOR,
    SPACE,
    TITLE_LINES,
    UPPER,
    WORD,
    flags,
)

__all__ = ["reference"]


class _Line:
    """One line while it is measured by the reference."""

    def __init__(self, codes: Sequence[int]) -> None:
        self.codes = codes
        self.bits = [flags(code) for code in codes]
        self.row = [0.0] * len(MEASURES)
        self.words: list[int] = []  # hash of each word, in order
        self.long: list[int] = []  # those that can tell a topic
        self.exact = self.masked = FNV_START
        self.body = 0

    def put(self, name: str, value: float) -> None:
        self.row[COLUMN[name]] = value

    def get(self, name: str) -> float:
        return self.row[COLUMN[name]]


def reference(text: str, starts: Sequence[int], ends: Sequence[int]) -> array[float]:
    """Return what :func:`measure` returns, in plain Python."""
    lines = [_Line([ord(c) for c in text[a:b].strip()]) for a, b in zip(starts, ends, strict=True)]
    for line in lines:
        _measure_characters(line)
        _measure_words(line)
        _measure_start(line)
        _measure_end(line)
        _measure_patterns(line)
    _measure_copies(lines)
    _measure_groups(lines)
    _measure_span(lines)
    _measure_topic(lines)
    return array("f", [x for line in lines for x in line.row])


def _measure_characters(line: _Line) -> None:
    bits = line.bits
    solid = sum(not b & SPACE for b in bits)
    letters = sum(bool(b & ALPHA) for b in bits)
    digits = sum(bool(b & DIGIT) for b in bits)
    plain = sum(bool(b & (WORD | SPACE | PUNCT)) for b in bits)
    line.put("chars", len(bits))
    line.put("letters", letters / max(1, solid))
    line.put("digits", digits / max(1, solid))
    line.put("upper", sum(bool(b & UPPER) for b in bits) / max(1, letters))
    line.put("symbols", (len(bits) - plain) / max(1, solid))


def _lower(code: int) -> int:
    return ord(chr(code).lower()[0])


def _fnv(start: int, codes: Sequence[int]) -> int:
    for code in codes:
        start = ((start ^ code) * FNV_STEP) & FNV_MASK
    return start


def _measure_words(line: _Line) -> None:
    at, n = 0, len(line.codes)
    runs = script = capitals = chars = 0
    while at < n:
        bits = line.bits[at]
        if not bits & WORD:
            at += 1
            continue
        if bits & SCRIPT:
            script += 1
            if at + 1 < n and line.bits[at + 1] & SCRIPT:
                word = _fnv(FNV_START, line.codes[at : at + 2])
                line.words.append(word)
                line.long.append(word)
            line.exact = _fnv(line.exact, (line.codes[at],))
            line.masked = _fnv(line.masked, (line.codes[at],))
            at += 1
            continue
        end = at
        while end < n and line.bits[end] & WORD and not line.bits[end] & SCRIPT:
            end += 1
        run = [_lower(code) for code in line.codes[at:end]]
        runs += 1
        chars += end - at
        capitals += bool(bits & UPPER)
        word = _fnv(FNV_START, run)
        line.words.append(word)
        weight = sum(1 if code < ASCII_ALPHABETS_END else 2 for code in run)
        if weight > 3 and bits & ALPHA:
            line.long.append(word)
        line.exact = _fnv(line.exact, (*run, 32))
        line.masked = _fnv(
            line.masked, (*(48 if b & DIGIT else c for c, b in zip(run, line.bits[at:end], strict=True)), 32)
        )
        at = end
    words = runs + script * 0.5
    line.put("words", words)
    line.put("capitals", capitals / max(1, runs))
    line.put("word_chars", chars / max(1, runs))
    line.put("distinct", len(set(line.words)) / max(1, len(line.words)))
    line.put("commas", sum(bool(b & COMMA) for b in line.bits) / max(1.0, words))


def _measure_start(line: _Line) -> None:
    codes, bits = line.codes, line.bits
    n, at = len(codes), 0
    while at < n and bits[at] & BULLET and at < 3:
        at += 1
    if at == n or (at and bits[at] & SPACE):
        line.put("bullet", 1)
    elif n > 2 and codes[0] == 0x6F and codes[1] == 0x20:  # "o " is a bullet of text browsers
        at = 1
        line.put("bullet", 1)
    elif codes[0] == 0x23:
        while at < n and codes[at] == 0x23:
            at += 1
        if at < n and bits[at] & SPACE:
            line.put("heading", 1)
        else:
            at = 0
    else:
        at = int(codes[0] in (0x5B, 0x28))
        first = at
        while at < n and at < first + 3 and bits[at] & DIGIT:
            at += 1
        if at > first and at < n and codes[at] in ((0x5D, 0x29) if first else (0x2E, 0x29)):
            at += 1
            if at == n or bits[at] & SPACE or first:
                line.put("numbered", 1)
            else:
                at = 0
        else:
            at = 0
    while at < n and bits[at] & SPACE:
        at += 1
    line.body = at
    if at < n:
        line.put("starts_upper", bool(bits[at] & UPPER))
        line.put("starts_lower", bool(bits[at] & LOWER))
        closing = bits[at] & CLOSING and codes[at] not in (0x22, 0x27, 0x2A, 0x5F)
        line.put("starts_mark", bool(bits[at] & (SENTENCE | COMMA) or closing or codes[at] == 0x3A))


def _measure_end(line: _Line) -> None:
    codes, bits = line.codes, line.bits
    at = len(codes) - 1
    while at > 0 and bits[at] & (CLOSING | SPACE):
        at -= 1
    code = codes[at]
    line.put("colon", code in (0x3A, 0xFF1A))
    ellipsis = code == 0x2026 or (at >= 2 and codes[at] == codes[at - 1] == codes[at - 2] == 0x2E)
    line.put("ellipsis", ellipsis)
    line.put("ends", bool(bits[at] & SENTENCE) and not ellipsis)


def _measure_patterns(line: _Line) -> None:
    codes, bits, n = line.codes, line.bits, len(line.codes)
    sentences = questions = brackets = separators = linked = 0
    address = money = date = False
    number = 0  # digits just read
    for at, code in enumerate(codes):
        b = bits[at]
        after = bits[at + 1] if at + 1 < n else SPACE
        before = bits[at - 1] if at else SPACE
        if b & SENTENCE and before & (WORD | CLOSING) and (after & (SPACE | CLOSING) or code > 0x2E80):
            sentences += 1
        questions += code in (0x3F, 0xFF1F, 0x61F)
        brackets += bool(b & OPENING)
        separators += bool(b & SEPARATOR and before & SPACE and after & SPACE and at and at + 1 < n)
        address = address or code == 0x40 or _reads(codes, at, "://") or _reads(codes, at, "www.")
        money = money or bool(b & MONEY and (_digit_near(bits, at, 1) or _digit_near(bits, at, -1)))
        if b & DIGIT:
            number += 1
            continue
        if number:
            joined = code in (0x3A, 0x2F, 0x2E, 0x2D) and after & DIGIT
            date = date or bool(joined) or (number == 4 and _is_year(codes, at))
        number = 0
    date = date or (number == 4 and _is_year(codes, n))
    at = 0
    while at < n:
        end = _link_end(codes, at) if codes[at] == 0x5B else -at - 1
        linked += max(0, end - at)
        at = abs(end)
    for name, value in (
        ("sentences", sentences), ("questions", questions), ("brackets", brackets), ("separators", separators),
        ("address", address), ("money", money), ("date", date), ("links", linked / n),
    ):  # fmt: skip
        line.put(name, value)


def _reads(codes: Sequence[int], at: int, what: str) -> bool:
    return codes[at : at + len(what)] == [ord(c) for c in what]


def _digit_near(bits: Sequence[int], at: int, step: int) -> bool:
    at += step
    if 0 <= at < len(bits) and bits[at] & SPACE:
        at += step
    return 0 <= at < len(bits) and bool(bits[at] & DIGIT)


def _is_year(codes: Sequence[int], end: int) -> bool:
    return codes[end - 4 : end - 2] in ([0x31, 0x39], [0x32, 0x30])


def _link_end(codes: Sequence[int], at: int) -> int:
    """Return where a Markdown link ``[text](target)`` that begins here ends.

    Where none does: minus the place from which to look on, so that no part of a line is read twice.
    """
    n = len(codes)
    while at < n and codes[at] != 0x5D:
        at += 1
    if at + 1 >= n:
        return -n
    if codes[at + 1] != 0x28:
        return -at - 1
    while at < n and codes[at] != 0x29:
        at += 1
    return at + 1 if at < n else -n


def _measure_copies(lines: Sequence[_Line]) -> None:
    exact: dict[int, int] = {}
    masked: dict[int, int] = {}
    for line in lines:
        line.put("first", line.exact not in exact)
        exact[line.exact] = exact.get(line.exact, 0) + 1
        masked[line.masked] = masked.get(line.masked, 0) + 1
    for line in lines:
        line.put("copies", exact[line.exact])
        line.put("alike", masked[line.masked])


def _continues(before: _Line, line: _Line) -> bool:
    """Whether a line goes on with the sentence of the line before, as where a renderer broke it."""
    if before.get("ends") or line.get("bullet") or line.get("numbered") or line.get("heading"):
        return False
    return bool(line.get("starts_lower") or line.get("starts_mark"))


def _measure_groups(lines: Sequence[_Line]) -> None:
    at = 0
    while at < len(lines):
        end = at + 1
        while end < len(lines) and _continues(lines[end - 1], lines[end]):
            end += 1
        group = lines[at:end]
        words = sum(line.get("words") for line in group)
        sentences = sum(line.get("sentences") for line in group)
        for i, line in enumerate(group):
            line.put("group_words", words)
            line.put("group_sentences", sentences)
            line.put("group_at", i)
            line.put("prose", _is_prose(line, words, sentences))
        at = end


def _is_prose(line: _Line, words: float, sentences: float) -> bool:
    if line.get("letters") <= 0.6 or line.get("separators") > 2:
        return False
    return line.get("words") >= PROSE_WORDS or (words >= 2 * PROSE_WORDS and sentences >= 1)


def _measure_span(lines: Sequence[_Line]) -> None:
    """Mark the maximum-sum run: a line of prose counts its words, any other costs four and half its words."""
    total = lowest = best = 0.0
    start = first = last = 0
    for i, line in enumerate(lines):
        total += line.get("words") if line.get("prose") else -4.0 - line.get("words") * 0.5
        if i == 0 or total - lowest > best:
            best, first, last = total - lowest, start, i
        if total < lowest:
            lowest, start = total, i + 1
    for line in lines[first : last + 1]:
        line.put("in_span", 1)


def _measure_topic(lines: Sequence[_Line]) -> None:
    prose: dict[int, int] = {}
    span: dict[int, int] = {}
    for line in lines:
        if line.get("prose"):
            for word in set(line.long):
                prose[word] = prose.get(word, 0) + 1
                span[word] = span.get(word, 0) + int(line.get("in_span"))
    best, best_value = -1, 0.0
    for i, line in enumerate(lines):
        words = sorted(set(line.long))
        own = int(line.get("prose"))
        topic = sum(prose.get(word, 0) > own for word in words) / max(1, len(words))
        line.put("topic", topic)
        own_span = own * int(line.get("in_span"))
        line.put("span_topic", sum(span.get(word, 0) > own_span for word in words) / max(1, len(words)))
        if i < TITLE_LINES and 3 <= line.get("words") <= 25 and not own:
            value = topic * min(line.get("words"), 8.0) * (1.3 if line.get("copies") > 1 else 1.0)
            if value > best_value:
                best, best_value = i, value
    if best >= 0:
        lines[best].put("is_title", 1)
        title = set(lines[best].words)
        for line in lines:
            different = set(line.words)
            line.put("title", len(different & title) / max(1, len(different)))
