"""Write ``scrubkit/dedup/fold.bin``: how each character is compared.

The table is shipped rather than computed from ``unicodedata`` at run time because signatures must not depend on
the Unicode version of the interpreter that made them. Run it only together with a change of the scheme's name.

usage: python training/fold_table.py
"""

from __future__ import annotations

import unicodedata
import zlib
from array import array
from pathlib import Path

SIZE = 0x20000
SEPARATOR, SKIP, TERMINAL = 0, 1, 2
DIGIT, IDEOGRAM, UNSPACED, SYLLABLE = 1 << 24, 1 << 25, 1 << 26, 1 << 28
OUT = Path(__file__).parent.parent / "scrubkit" / "dedup" / "fold.bin"

# Sentence ends and what may close a sentence after them, in the scripts that have their own.
TERMINALS = '.!?")…”’»。!?」』）〉》؟۔।॥։።፧៖။'
# Vowel signs and viramas of these blocks carry the word; elsewhere marks are diacritics.
BRAHMIC = ((0x0900, 0x0DFF), (0x0E00, 0x0EFF), (0x0F00, 0x109F), (0x1700, 0x17FF), (0x1A20, 0x1AAF), (0x1B00, 0x1C4F))
NO_SPACES = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x1A20, 0x1AAF))
IDEOGRAPHIC = (
    (0x3005, 0x3007),
    (0x3040, 0x30FF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
)
HANGUL = (0xAC00, 0xD7A3)
# Spelling variants without a decomposition that writers of one language mix.
VARIANTS = {0x0131: "i", 0x0649: "ي", 0x0629: "ه", 0x06CC: "ي", 0x06A9: "ك", 0x0640: "", 0x03C2: "σ", 0x0451: "е"}


def within(point: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    return any(low <= point <= high for low, high in ranges)


def entry(point: int) -> int:
    char = chr(point)
    category = unicodedata.category(char)
    if char in TERMINALS:
        return TERMINAL
    if VARIANTS.get(point) == "" or category in ("Cf", "Me"):
        return SKIP
    if category in ("Mn", "Mc"):
        vowel = within(point, BRAHMIC) and unicodedata.combining(char) in (0, 9, 84, 91, 103)
        return (point | (UNSPACED if within(point, NO_SPACES) else 0)) if vowel else SKIP
    if category[0] not in "LN":
        return point if char == "_" else SEPARATOR
    if HANGUL[0] <= point <= HANGUL[1]:
        return point | SYLLABLE
    if point in VARIANTS:
        return ord(VARIANTS[point])
    bases = [c for c in unicodedata.normalize("NFKD", char) if unicodedata.category(c)[0] in "LN"]
    if not bases:
        return SEPARATOR
    folded = ord(bases[0].lower()[0])
    flags = DIGIT if chr(folded).isdecimal() else 0
    if flags:
        folded = ord("0") + unicodedata.decimal(chr(folded))
    if within(point, IDEOGRAPHIC) or within(folded, IDEOGRAPHIC):
        flags |= IDEOGRAM
    elif within(point, NO_SPACES) and not flags:
        flags |= UNSPACED
    return folded | flags


def main() -> None:
    # Letters are stored as their difference to themselves: long runs of one value, a tenth of the size.
    entries = ((point, entry(point)) for point in range(SIZE))
    table = array("I", (e if e <= TERMINAL else e ^ point | 1 << 31 for point, e in entries))
    data = zlib.compress(table.tobytes(), 9)
    OUT.write_bytes(data)
    print(f"{OUT.name}: {len(data)} bytes, Unicode {unicodedata.unidata_version}")


if __name__ == "__main__":
    main()
