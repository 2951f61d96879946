"""The measures of a line by name, and the classes of characters they count."""

from __future__ import annotations

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
CLASSES: tuple[tuple[int, tuple[tuple[int, int], ...]], ...] = (
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
SPECIAL: dict[int, int] = {}
for _flag, _text in _MARKS.items():
    for _char in _text:
        SPECIAL[ord(_char)] = SPECIAL.get(ord(_char), 0) | _flag

FNV_START, FNV_STEP, FNV_MASK = 2166136261, 16777619, 0xFFFFFFFF
ASCII_ALPHABETS_END = 0x590
"""Below stand the alphabets in which a word of fewer than four letters is mostly a function word."""
TITLE_LINES = 200
COLUMN = {name: i for i, name in enumerate(MEASURES)}


def flags(code: int) -> int:
    """Return the classes of a character as bits."""
    char = chr(code)
    out = SPECIAL.get(code, 0)
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
    for flag, ranges in CLASSES:
        if any(low <= code <= high for low, high in ranges):
            out |= flag | WORD
    return out
