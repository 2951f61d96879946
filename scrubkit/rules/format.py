"""FMT: what is wrong with a corpus file as a file. The tests read bytes and live in ``scrubkit.check.format``."""

from __future__ import annotations

from scrubkit.catalogue import Rule

__all__ = ["RULES"]

_JSONL = "JSON Lines, https://jsonlines.org"

FILES: tuple[Rule, ...] = (
    Rule(
        "FMT001", "not-utf-8", "File is not valid UTF-8.",
        "Most readers of a corpus take UTF-8 for granted: another encoding becomes mojibake or ends the run far from "
        "its cause. The fix rewrites the file where its encoding is certain and every byte could be decoded.",
        scope="file", action="note", score=1.0,
        known_problems="An HTML page that declares its encoding and decodes by it is not reported.",
        sources=("RFC 3629", "https://encoding.spec.whatwg.org"),
    ),
    Rule(
        "FMT002", "missing-final-newline", "Last line does not end.",
        "Appending to the file or joining it with another runs two lines, or two records, into one.",
        scope="file", action="note", score=1.0, sources=("POSIX.1-2017, 3.206 Line",),
    ),
    Rule(
        "FMT003", "crlf-line-end", "Lines end with CR LF.",
        "The carriage return stays in the text for readers that split at LF, makes equal lines differ, and turns "
        "whole files into changes when an editor or git converts them.",
        scope="file", action="note", score=1.0,
    ),
    Rule(
        "FMT004", "stray-control-character", "Control characters in the text.",
        "NUL, escape and backspace characters come from terminals, word processors and broken downloads. They end "
        "strings early in C readers, are refused by databases and repaint terminals.",
        scope="file", action="note", score=1.0,
        known_problems="Tab, line feed, carriage return and form feed are allowed.",
    ),
    Rule(
        "FMT005", "byte-order-mark", "File begins with a byte order mark.",
        "In UTF-8 it says nothing, and it becomes part of the first word or breaks the first record.",
        scope="file", action="note", score=1.0, sources=("RFC 3629, 6",),
    ),
    Rule(
        "FMT006", "empty-file", "File holds nothing but white space.",
        "An empty document is a download that failed; it counts in every statistic of the corpus.",
        scope="file", action="note", score=1.0,
    ),
    Rule(
        "FMT007", "binary-content", "File is not text.",
        "An image, archive or executable saved under a text name. Its other findings would be noise, so none is made.",
        scope="file", action="note", score=1.0,
    ),
    Rule(
        "FMT008", "conflict-marker", "Unresolved merge conflict.",
        "Both sides of a merge and its markers stand in the file and would be learnt as text.",
        scope="file", action="note", score=1.0,
        known_problems="All three markers must stand in order, so a row of equals signs under a heading is not one.",
    ),
    Rule(
        "FMT009", "lfs-pointer", "Pointer of git LFS in place of the file.",
        "The corpus was cloned without its large files: the text is a hash and a size.",
        scope="file", action="note", score=1.0, sources=("git-lfs specification, the pointer",),
    ),
    Rule(
        "FMT010", "truncated-file", "File ends in the middle.",
        "It ends inside a character, a record or a compressed block: the download or the disk gave out, and what "
        "followed is lost.",
        scope="file", action="note", score=1.0,
        known_problems="A file cut at the end of a line cannot be told from a whole one.",
    ),
    Rule(
        "FMT011", "unusual-line-separator", "Line separator that not every reader splits at.",
        "U+0085, U+2028 and U+2029 end a line for some readers (Python's splitlines, JavaScript) and not for others "
        "(git, grep), so line numbers disagree.",
        scope="file", action="note", score=1.0, status="preview",
    ),
    Rule(
        "FMT012", "html-in-text-file", "HTML in a file named as text.",
        "The name promises flattened text; a reader that believes it takes the markup for words.",
        scope="file", action="note", score=0.9, status="preview",
    ),
)  # fmt: skip

RECORDS: tuple[Rule, ...] = (
    Rule(
        "FMT101", "broken-record", "Line is not JSON.",
        "One line that cannot be parsed stops most readers in the middle of the file.",
        scope="file", action="note", score=1.0, sources=(_JSONL,),
    ),
    Rule(
        "FMT102", "record-not-an-object", "Record is not a JSON object.",
        "A bare string, number or list has no field to find the text by.",
        scope="file", action="note", score=1.0, sources=(_JSONL,),
    ),
    Rule(
        "FMT103", "record-without-text", "Record has no text.",
        "The text field is missing, not a string, or holds only white space. The field's name is set by text-field.",
        scope="file", action="note", score=1.0,
    ),
    Rule(
        "FMT104", "duplicate-id", "Id stands for more than one record.",
        "A join, an index or a duplicate removal that goes by the id keeps one record and loses the others.",
        scope="file", action="note", score=1.0,
        known_problems="Only ids within one file are compared.",
    ),
    Rule(
        "FMT105", "blank-record-line", "Blank line between records.",
        "Some readers skip it, some stop, and some count it, so that line numbers no longer name records.",
        scope="file", action="note", score=1.0, sources=(_JSONL,),
    ),
    Rule(
        "FMT106", "lone-surrogate", "Half a character in a record.",
        "An escape such as \\ud83d without its partner cannot be written as UTF-8: the record breaks the next writer.",
        scope="file", action="note", score=1.0, sources=("RFC 8259, 8.2",),
    ),
    Rule(
        "FMT107", "record-without-id", "Record has no id.",
        "Findings, ledgers and clusters then name it by its line, which changes when a line above it goes.",
        scope="file", action="note", score=1.0, status="preview",
    ),
    Rule(
        "FMT108", "repeated-key", "Key stands twice in a record.",
        "Readers disagree on which value counts; one of them is lost without a word.",
        scope="file", action="note", score=1.0, status="preview", sources=("RFC 8259, 4",),
    ),
)  # fmt: skip

RULES: tuple[Rule, ...] = FILES + RECORDS
