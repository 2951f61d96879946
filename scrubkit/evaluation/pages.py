"""Whole pages: what must stay, what must go, what is known of them, how their bytes became text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scrubkit.evaluation.gold import META_FIELDS, GoldEncoding, GoldPage, Source
from scrubkit.evaluation.lines import share

__all__ = [
    "EncodingScores",
    "Fault",
    "FieldScore",
    "MetaScores",
    "PageScores",
    "score_encoding",
    "score_meta",
    "score_pages",
]

_STRAIGHT = str.maketrans("‘’‚“”„\xa0", "'''\"\"\" ")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not as the gold says: where, what (``lost``, ``leaked``, a field's name), wanted and got."""

    source: str
    what: str
    wanted: str | None
    got: str | None = None


@dataclass(frozen=True, slots=True)
class PageScores:
    """``main`` strings must stay, of which ``kept`` did; ``gone`` strings must go, of which ``removed`` did."""

    pages: int
    main: int
    kept: int
    gone: int
    removed: int
    errors: tuple[Fault, ...]

    @property
    def kept_share(self) -> float:
        """The share of the paragraphs to keep that stand in the clean text whole."""
        return share(self.kept, self.main)

    @property
    def gone_share(self) -> float:
        """The share of the strings to remove that stand in it nowhere."""
        return share(self.removed, self.gone)


@dataclass(frozen=True, slots=True)
class FieldScore:
    """One field of the metadata: how many documents have it in the gold, and for how many it is right."""

    name: str
    total: int
    right: int


@dataclass(frozen=True, slots=True)
class MetaScores:
    """The fields that the gold names; a document without a field in the gold is not asked for it."""

    fields: tuple[FieldScore, ...]
    errors: tuple[Fault, ...]

    @property
    def accuracy(self) -> float:
        """The share of all fields that are right."""
        return share(sum(field.right for field in self.fields), sum(field.total for field in self.fields))


@dataclass(frozen=True, slots=True)
class EncodingScores:
    """Files in unusual encodings: for how many the encoding was told, and the phrase came out."""

    files: int
    told: int
    phrases: int
    errors: tuple[Fault, ...]


def score_pages(gold: Sequence[GoldPage], texts: Mapping[str, str]) -> PageScores:
    """Return what of the strings to keep stayed in the clean texts, and what of the strings to remove went.

    Compared without regard to case and white space, so that layout does not count; a paragraph that lost one word is
    lost. Pages whose gold names no strings are not counted.

    >>> score_pages([GoldPage("a", ("It rained.",), ("Share",))], {"a": "It  rained.\\n\\nShare"}).gone_share
    0.0
    """
    errors: list[Fault] = []
    pages = [page for page in gold if page.main or page.gone]
    main = gone = 0
    for page in pages:
        text = _fold(texts.get(page.source, ""))
        main += len(page.main)
        gone += len(page.gone)
        errors += [Fault(page.source, "lost", wanted) for wanted in page.main if _fold(wanted) not in text]
        errors += [Fault(page.source, "leaked", None, leak) for leak in page.gone if _fold(leak) in text]
    lost = sum(error.what == "lost" for error in errors)
    return PageScores(len(pages), main, main - lost, gone, gone - (len(errors) - lost), tuple(errors))


def score_meta(gold: Sequence[GoldPage], metas: Mapping[str, Any]) -> MetaScores:
    """Return how many fields of the metadata are as the gold says.

    metas
        By source, anything with the attributes of :class:`scrubkit.core.Meta`.

    Titles and authors are compared without regard to case, white space and the shape of quotes; a date is right where
    it begins with the gold's (time of day is not asked); a language by its primary subtag; a credit where it holds
    the gold's name.

    >>> from scrubkit.core import Meta
    >>> score_meta([GoldPage("a", meta={"title": "Rain"})], {"a": Meta(title="RAIN")}).fields
    (FieldScore(name='title', total=1, right=1),)
    """
    errors: list[Fault] = []
    total = dict.fromkeys(META_FIELDS, 0)
    right = dict.fromkeys(META_FIELDS, 0)
    for page in gold:
        for name, wanted in page.meta.items():
            got = getattr(metas.get(page.source), name, None)
            total[name] += 1
            if _agrees(name, wanted, got):
                right[name] += 1
            else:
                errors.append(Fault(page.source, name, wanted, got))
    return MetaScores(
        tuple(FieldScore(name, total[name], right[name]) for name in META_FIELDS if total[name]), tuple(errors)
    )


def score_encoding(
    gold: Sequence[GoldEncoding], sources: Mapping[str, Source], metas: Mapping[str, Any], texts: Mapping[str, str]
) -> EncodingScores:
    """Return for how many files the encoding was told and the phrase came out.

    sources, metas, texts
        By source: the bytes, the metadata (``decoding["encoding"]`` names what was used) and the text *before*
        cleaning.

    An encoding is told where it reads the bytes as the gold's does: windows-1252 for iso-8859-1 is right wherever the
    two do not differ.
    """
    errors: list[Fault] = []
    told = phrases = 0
    for row in gold:
        used = (getattr(metas.get(row.source), "decoding", None) or {}).get("encoding")
        if _same_reading(sources[row.source].data, row.encoding, used):
            told += 1
        else:
            errors.append(Fault(row.source, "encoding", row.encoding, used))
        if _fold(row.phrase) in _fold(texts.get(row.source, "")):
            phrases += 1
        else:
            errors.append(Fault(row.source, "phrase", row.phrase))
    return EncodingScores(len(gold), told, phrases, tuple(errors))


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())


def _agrees(name: str, wanted: str, got: object) -> bool:
    if not isinstance(got, str):
        return False
    want, have = _fold(wanted.translate(_STRAIGHT)), _fold(got.translate(_STRAIGHT))
    if name == "date":
        return have.startswith(want)
    if name == "credit":
        return want in have
    if name == "language":
        return have.partition("-")[0] == want.partition("-")[0]
    return have == want


def _same_reading(data: bytes | str, wanted: str, used: object) -> bool:
    if isinstance(data, str) or not isinstance(used, str):
        return False
    try:
        return data.decode(used).removeprefix("\ufeff") == data.decode(wanted).removeprefix("\ufeff")
    except (LookupError, UnicodeDecodeError):
        return False
