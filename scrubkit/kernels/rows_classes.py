"""The characters that rows are read by, and the names of what a row can be."""

from __future__ import annotations

from types import MappingProxyType

__all__ = [
    "APART",
    "BEHIND",
    "CLOSING",
    "COUNTED",
    "COUNT_CHARS",
    "FLAGS",
    "LONG",
    "MARKS",
    "MINUTES",
    "OPENERS",
    "OPENINGS",
    "PAGING",
    "QUOTES",
    "TERMINAL",
    "WHERE",
    "WIDE",
]

FLAGS = MappingProxyType(
    {
        name: 1 << bit
        for bit, name in enumerate(
            (
                "terminal",  # ends a sentence, closing quotes and brackets after the mark allowed
                "marked",  # a list item: its element says so, or a bullet mark does
                "prose",  # reads like running text
                "label",  # reads like an entry of a menu
                "table",  # cell of a table, or preformatted
                "digits",  # has a digit
                "text_digits",  # has a digit, bullet marks read too
                "count",  # may be "12 comments", "3 replies", "comments (12)"
                "shares",  # may be "1.2K shares"
                "times",  # may be "0:00 / 3:20"
                "crumbs",  # may be "Home › News"
                "arrows",  # has an arrow or guillemet
                "numbers",  # short, with three numbers or more, and no mark that does not stand between page numbers
                "single",  # one character
                "zero",  # short, with digits, all of them 0
                "forum",  # may be "Posts: 12", "#3", "Reply with quote"
                "copyright",  # has ©, (c) or opyright
                "double_space",  # has two spaces or more between words
                "straight",  # has a straight quotation mark that stands behind no digit
                "curly",  # has a curly quotation mark
                "copied",  # its comparison form stands in another row too
                "between",  # stands between two rows of prose
                "titled",  # heading or caption
                "opened",  # may be a byline or a source, or what opens one
                "bracket",  # has an opening round bracket
                "letters",  # its comparison form has a letter
                "claimed",  # a cue names it beyond doubt
                "minutes",  # short, with a digit and a word for minutes
                "dated",  # has a year, or a digit that is not ASCII
            )
        )
    }
)
"""What a row can be, as bits. "May be" is a promise in one direction only: a row without the bit is not.

They are read off a row's text without its bullet marks unless said otherwise.
"""

LONG = 4_000
"""Characters from which only the ends of a line are compared."""
COUNTED = 20_000
"""Characters of a line in which words and sentences are counted."""

MARKS = "*+-•◦▪●■□▸►‣›»·–—#>|⁃∙○✓✔"
"""Marks that renderers of HTML put before list items and headings; ``[1]`` and ``o`` besides."""
TERMINAL = ".!?…。！？।؟۔։።"
CLOSING = "\"'”’»“)]›」』*†"
QUOTES = MappingProxyType(
    {"’": "'", "‘": "'", "ʼ": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "\u200b": "", "\u00ad": ""}
)
WIDE = (
    (0xE00, 0xEFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x9FFF), (0xF900, 0xFAFF),
)  # fmt: skip
"""Scripts in which two characters count as a word."""
APART = ((0xE00, 0xEFF), (0x3040, 0x9FFF), (0xAC00, 0xD7A3))
"""Scripts without word boundaries to respect; Korean particles attach to their word."""
COUNT_CHARS = " 0123456789.,()[]"

_OPENERS = (
    "by written posted reported story text words published authored report submitted article author authors writer "
    "reporter correspondent byline von ein autor autorin autoren autors redaktion verfasser verfasserin par publié écrit "
    "rédigé posté propos auteur auteure auteurs por publicado escrito redactado postado autora autores redactor redactora "
    "reportero reportera di scritto pubblicato a autore door av af kirjoittanut yazan yazar haber haberi muhabir текст автор "
    "авторы журналист корреспондент беседовал беседовала подготовил подготовила "
    "source sources quelle quellen fuente fuentes fonte fontes источник kaynak bron źródło zdroj"
)
OPENERS = frozenset(_OPENERS.split())
"""The words that bylines and lines of sources open with, in comparison form."""
OPENINGS = "باكإتم作记記文撰本執著筆ラ글기新来來出출"
"""The first letters of such words in scripts from U+0600 on."""
BEHIND = "자원"
"""The last letters of the words that Korean puts behind a name."""

PAGING = "«‹<|·….»›>"
"""What lists of page numbers hold besides words and spaces."""
MINUTES = ("min", "dk", "dakika", "мин", "دق", "分", "분")
"""Of these one stands in whatever tells how long reading takes, in comparison form."""

WHERE = ("line", "start", "end", "any", "stem", "piece", "counted")
"""Where a phrase must stand: it is the row, begins it, ends it, stands in it at word boundaries (``any``), where a word
begins (``stem``), or anywhere at all (``piece``);
``counted`` is ``line`` with numbers before or after it allowed."""
