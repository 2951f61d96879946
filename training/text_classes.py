"""Make the character table by which one pass over a text tells what may need repair or normalisation.

    python training/text_classes.py BENCH_DIR [OUT]

A text can only be changed by ftfy's encoding fixes where its badness heuristic matches, and every alternative of that
regular expression, save C1 controls, holds two neighbouring characters out of two sets. The table keeps those pairs of
sets: a text without any of the pairs (and without C1 controls and entities) needs no ftfy. They are read from ftfy's
own pattern, so that nothing is missed; where an alternative is longer than two characters the pair is taken that is
rarest in clean text (``language-sets.json.gz``). Pairs of lead and trail
of each set we try are added where clean text does not show them.

Characters that no pair and no flag tells apart share a class, so the table is 64 KB and compresses to a few.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import sys
import unicodedata
import zlib
from collections import Counter
from itertools import pairwise
from pathlib import Path
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]

import ftfy.bad_codecs  # noqa: F401  registers the sloppy- codecs
from ftfy.badness import BADNESS_RE

from scrubkit.ingest import normalise
from scrubkit.ingest.repair_recode import ENCODINGS
from scrubkit.kernels.textscan import ASTRAL, FLAGS

OUT = Path(__file__).parent.parent / "scrubkit/ingest/data/text_classes.json.z"
BMP = [chr(code) for code in range(0x10000)]
ALL = {*BMP, ASTRAL}
USUAL = 1  # times a trail may follow a lead in clean text, which itself is not free of damage


def members(item: tuple[object, object]) -> set[str]:
    """Return the characters below U+10000 (and one above) that one item of a parsed pattern matches."""
    kind, value = item
    if kind is op.LITERAL:
        return {chr(value)}  # type: ignore[call-overload]
    if kind is op.ANY:
        return ALL
    assert kind is op.IN, kind
    found: set[str] = set()
    negate = False
    for part, detail in value:  # type: ignore[attr-defined]
        if part is op.NEGATE:
            negate = True
        elif part is op.LITERAL:
            found.add(chr(detail))
        elif part is op.RANGE:
            found.update(map(chr, range(detail[0], detail[1] + 1)))
        elif part is op.CATEGORY and detail is op.CATEGORY_SPACE:
            found.update(char for char in BMP if char.isspace())
        elif part is op.CATEGORY and detail is op.CATEGORY_WORD:
            found.update(char for char in BMP if char.isalnum() or char == "_")
            found.add(ASTRAL)  # letters are among those it stands for
        else:
            raise ValueError(f"{part} {detail}: the pattern has a part this script does not know")
    return ALL - found if negate else found


def badness_pairs(bigrams: Counter[str]) -> tuple[set[str], list[tuple[set[str], set[str]]]]:
    """Return the characters that are bad alone and the pairs of sets that are bad together."""
    alone: set[str] = set()
    pairs = []
    (branch,) = _parser.parse(BADNESS_RE.pattern, BADNESS_RE.flags)
    for alternative in branch[1][1]:
        items = [item for item in alternative if item[0] is not op.AT]
        if len(items) == 1:
            alone |= members(items[0])
            continue
        options = [
            (members(first), members(second))
            for first, second in pairwise(items)
            if op.MAX_REPEAT not in (first[0], second[0])
        ]
        pairs.append(
            min(options, key=lambda pair: sum(n for (a, b), n in bigrams.items() if a in pair[0] and b in pair[1]))
        )
    return alone, pairs


def extra_pairs(bigrams: Counter[str]) -> list[tuple[set[str], set[str]]]:
    """Return lead and trail of UTF-8 as each set reads them; trails that follow a lead in clean text are left out."""
    pairs = []
    for encoding in ENCODINGS:
        chars = {b: bytes([b]).decode(encoding, "ignore") for b in range(0x80, 0x100)}
        leads, tails = ({chars[b] for b in span if chars[b]} for span in (range(0xC2, 0xF5), range(0x80, 0xC0)))
        usual = Counter(
            pair[1] for pair, n in bigrams.items() for _ in range(min(n, 9)) if pair[0] in leads and pair[1] in tails
        )
        pairs.append((leads, {tail for tail in tails if usual[tail] <= USUAL}))
    return pairs


def flags_of(char: str, second: set[str], alone: set[str]) -> int:
    """Return the flags of one character."""
    code = ord(char)
    odd = {
        "surrogate": 0xD800 <= code <= 0xDFFF,
        "return": char == "\r",
        "escape": char == "\x1b",
        "ampersand": char == "&",
        "bad": char in alone,
        "gone": bool(normalise.GONE.match(char)),
        "space": bool(normalise.SPACES.match(char)),
        "invisible": bool(normalise.INVISIBLE.match(char)),
        "form": not unicodedata.is_normalized("NFC", char)
        or unicodedata.combining(char) != 0
        or char in second
        or (unicodedata.category(char) == "Cn" and not bool(normalise.GONE.match(char))),
        "western": char in WESTERN,
    }
    return sum(FLAGS[name] for name, holds in odd.items() if holds)


WESTERN = {bytes([b]).decode("cp1252", "ignore") for b in range(0x80, 0x100)} | set(map(chr, range(0x80, 0x100)))


def composing() -> set[str]:
    """Return the characters that canonical composition may join to the one before."""
    found = set()
    for code in range(0x110000):
        parts = unicodedata.decomposition(chr(code)).split()
        if len(parts) == 2 and not parts[0].startswith("<"):
            found.add(chr(int(parts[1], 16)))
    found.update(map(chr, [*range(0x1161, 0x1176), *range(0x11A8, 0x11C3)]))
    return found


def table(bench: Path) -> dict[str, object]:
    """Return the table as it is stored."""
    sets = json.loads(gzip.decompress((bench / "language-sets.json.gz").read_bytes()))
    bigrams: Counter[str] = Counter()
    for _, text in sets["sentences"] + sets["udhr docs"]:
        bigrams.update(text[i : i + 2] for i in range(len(text) - 1))
    alone, pairs = badness_pairs(bigrams)
    pairs += extra_pairs(bigrams)
    second = composing()
    signatures: dict[tuple[object, ...], int] = {(0, (0,) * len(pairs)): 0}  # class 0 is plain: the scan skips it
    classes = bytearray()
    for char in BMP:
        probe = ASTRAL if char == "\uffff" else char  # the last place stands for all above U+FFFF
        sides = tuple((probe in a) + 2 * (probe in b) for a, b in pairs)
        signature = (0 if char == "\uffff" else flags_of(char, second, alone), sides)
        classes.append(signatures.setdefault(signature, len(signatures)))
    order = list(signatures)
    matrix = bytes(
        any(left[1][k] & 1 and right[1][k] & 2 for k in range(len(pairs)))  # type: ignore[index]
        for left in order
        for right in order
    )
    return {
        "made_by": "training/text_classes.py",
        "pattern": hashlib.sha256(BADNESS_RE.pattern.encode()).hexdigest(),
        "unicode": unicodedata.unidata_version,
        "flags": [signature[0] for signature in order],
        "pairs": matrix.hex(),
        "classes": classes.hex(),
    }


def main(argv: list[str]) -> int:
    out = Path(argv[1]) if len(argv) > 1 else OUT
    made = table(Path(argv[0]))
    out.write_bytes(zlib.compress(json.dumps(made).encode(), 9))
    print(f"{len(made['flags'])} classes, {out.stat().st_size} bytes")  # type: ignore[arg-type]
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
