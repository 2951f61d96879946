"""What one line of text looks like, in numbers: length, punctuation, digits, case, marks, copies, topic.

The block model reads these measures; nothing in them belongs to one language. Words are runs of letters, digits and
combining marks; in scripts written without spaces two characters count as one word and pairs of neighbouring
characters stand for the words themselves. No word list is used anywhere.

``measure`` runs compiled where a compiler was at hand and in plain Python otherwise, with equal results.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from importlib import import_module
from typing import Any

try:
    _lines: Any = import_module("scrubkit.kernels._lines")
except ImportError:  # no compiler at installation: the plain reference serves
    _lines = None

__all__ = ["MEASURES", "PROSE_WORDS", "measure", "reference"]

MEASURES: tuple[str, ...] = (
    "chars",  # characters between the first and the last that are not white space
    "words",  # runs of word characters; half the characters of scripts without spaces
    "letters",  # share of letters among the characters that are not white space
    "digits",  # share of decimal digits among them
    "upper",  # share of upper-case letters among the letters
    "capitals",  # share of words that begin with an upper-case letter
    "commas",  # commas and semicolons of any script a word
    "sentences",  # sentence marks of any script that end a word
    "ends",  # 1 where the line ends with a sentence mark, closing quotes and brackets aside
    "colon",  # 1 where it ends with a colon
    "ellipsis",  # 1 where it ends with an ellipsis
    "starts_upper",  # 1 where the first character after the bullet is an upper-case letter
    "starts_lower",  # 1 where it is a lower-case letter
    "starts_mark",  # 1 where it is a mark that continues a sentence: a comma, a full stop, a closing bracket
    "bullet",  # 1 where the line begins with a bullet of any renderer
    "numbered",  # 1 where it begins with a list number: "1.", "2)", "[3]"
    "heading",  # 1 where it begins with "#" and a space
    "separators",  # bars, angle quotes, middle dots and slashes between spaces
    "address",  # 1 where it holds an at sign, "://" or "www."
    "money",  # 1 where a currency sign stands beside a digit
    "date",  # 1 where two numbers are joined by : / . or -, or a number 1900 to 2099 occurs
    "questions",  # question marks of any script
    "brackets",  # opening brackets
    "distinct",  # share of different words
    "word_chars",  # mean characters a word
    "symbols",  # share of characters that are neither letters, digits, punctuation nor white space
    "links",  # share of characters inside Markdown links
    "copies",  # lines of the text with the same words
    "first",  # 1 for the first of them
    "alike",  # lines of the text with the same words when digits are not told apart
    "group_words",  # words of the sentence run the line belongs to (broken lines are joined)
    "group_sentences",  # sentence marks of that run
    "group_at",  # lines of the run before this one
    "prose",  # 1 where the line is prose: 12 words or more, mostly letters
    "topic",  # share of its longer words that occur in the prose of other lines
    "in_span",  # 1 inside the run of lines with the most prose for the least else
    "span_topic",  # share of its longer words that occur in other prose lines of that run
    "title",  # share of its words that occur in the line guessed to be the title
    "is_title",  # 1 for that line
)
"""The columns of a measured line, all float32."""

PROSE_WORDS = 12
"""Words from which a line can be prose: menus and headlines are mostly shorter, sentences mostly longer."""

WORD, ALPHA, UPPER, LOWER, DIGIT, SPACE, SENTENCE, COMMA = 1, 2, 4, 8, 16, 32, 64, 128
SCRIPT, CLOSING, SEPARATOR, OPENING, BULLET, MONEY, PUNCT = 256, 512, 1024, 2048, 4096, 8192, 16384

_MARKS = {
    SENTENCE: ".!?…。！？｡؟۔।॥։።፧၊။។៕‼⁇⁈⁉",
    COMMA: ",;،、，；؛၊፣",
    CLOSING: "\"'”’»›)]}」』）】》〉*_",
    SEPARATOR: "|›»·•/>｜→<«‹",
    OPENING: "([{（【「『《",
    BULLET: "*+-–—•·●○◦▪▫■□‣⁃►▶▸➤✓✔→»›・",
    MONEY: "$€£¥₹₽₩₺₫₴₦฿¢",
    PUNCT: "!\"#%&'()*+,-./:;<=>?@[\\]^_`{|}~¡¿·–—‘’‚“”„†‡•…‰‹›«»、。「」『』（）【】《》〈〉！，：；？・｡।॥،؛؟۔։።፣",
}
_CLASSES: tuple[tuple[int, tuple[tuple[int, int], ...]], ...] = (
    # Combining marks of the scripts in which they stand inside words.
    (
        WORD,
        (
            (0x300, 0x36F), (0x483, 0x489), (0x591, 0x5C7), (0x610, 0x61A), (0x64B, 0x65F), (0x670, 0x670),
            (0x6D6, 0x6ED), (0x900, 0x963), (0x966, 0xDFF), (0xE31, 0xE4E), (0xEB1, 0xECD), (0xF18, 0xFBC),
            (0x102B, 0x1049), (0x1050, 0x109D), (0x135D, 0x135F), (0x17B4, 0x17D3), (0x200C, 0x200D),
        ),
    ),
    # Thai, Lao, Myanmar, Khmer, kana, Han: written without spaces between words.
    (
        SCRIPT,
        (
            (0xE01, 0xE4E), (0xE81, 0xECD), (0x1000, 0x1049), (0x1780, 0x17D3), (0x3005, 0x3007), (0x3040, 0x30FA),
            (0x30FC, 0x30FF), (0x31F0, 0x31FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF),
            (0xFF66, 0xFF9F), (0x20000, 0x3FFFF),
        ),
    ),
)  # fmt: skip
_SPECIAL: dict[int, int] = {}
for _flag, _text in _MARKS.items():
    for _char in _text:
        _SPECIAL[ord(_char)] = _SPECIAL.get(ord(_char), 0) | _flag

_FNV_START, _FNV_STEP, _MASK = 2166136261, 16777619, 0xFFFFFFFF
_ASCII_ALPHABETS_END = 0x590
"""Below stand the alphabets in which a word of fewer than four letters is mostly a function word."""
_TITLE_LINES = 200
_COLUMN = {name: i for i, name in enumerate(MEASURES)}


def measure(text: str, starts: array[int], ends: array[int]) -> array[float]:
    r"""Return the measures of the lines ``text[starts[i]:ends[i]]``: one row-major float32 array, n × len(MEASURES).

    The lines must not be blank, must not overlap and must ascend. Cost is linear in the text.

    >>> rows = measure("Home\nA fair day, it was.\n", array("l", [0, 5]), array("l", [5, 25]))
    >>> [rows[i * len(MEASURES) + MEASURES.index("words")] for i in (0, 1)]
    [1.0, 5.0]
    """
    if _lines is None:
        return reference(text, starts, ends)
    out = array("f", bytes(4 * len(starts) * len(MEASURES)))
    _table().measure(text, starts, ends, out)
    return out


def _table() -> Any:
    global _kernel
    if _kernel is None:
        _kernel = _lines.Table(_SPECIAL, _CLASSES, len(MEASURES), PROSE_WORDS, _TITLE_LINES)
    return _kernel


_kernel: Any = None
"""The character classes in the kernel's form: constant, made at first use because it takes some milliseconds."""


def flags(code: int) -> int:
    """Return the classes of a character as bits."""
    char = chr(code)
    out = _SPECIAL.get(code, 0)
    if char.isalnum() or code == 0x5F:
        out |= WORD
    if char.isalpha():
        out |= ALPHA
    if char.isupper():
        out |= UPPER
    if char.islower():
        out |= LOWER
    if char.isdecimal():
        out |= DIGIT
    if char.isspace():
        out |= SPACE
    for flag, ranges in _CLASSES:
        if any(low <= code <= high for low, high in ranges):
            out |= flag | WORD
    return out


class _Line:
    """One line while it is measured by the reference."""

    def __init__(self, codes: Sequence[int]) -> None:
        self.codes = codes
        self.bits = [flags(code) for code in codes]
        self.row = [0.0] * len(MEASURES)
        self.words: list[int] = []  # hash of each word, in order
        self.long: list[int] = []  # those that can tell a topic
        self.exact = self.masked = _FNV_START
        self.body = 0

    def put(self, name: str, value: float) -> None:
        self.row[_COLUMN[name]] = value

    def get(self, name: str) -> float:
        return self.row[_COLUMN[name]]


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
        start = ((start ^ code) * _FNV_STEP) & _MASK
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
                word = _fnv(_FNV_START, line.codes[at : at + 2])
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
        word = _fnv(_FNV_START, run)
        line.words.append(word)
        weight = sum(1 if code < _ASCII_ALPHABETS_END else 2 for code in run)
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
        if i < _TITLE_LINES and 3 <= line.get("words") <= 25 and not own:
            value = topic * min(line.get("words"), 8.0) * (1.3 if line.get("copies") > 1 else 1.0)
            if value > best_value:
                best, best_value = i, value
    if best >= 0:
        lines[best].put("is_title", 1)
        title = set(lines[best].words)
        for line in lines:
            different = set(line.words)
            line.put("title", len(different & title) / max(1, len(different)))
