"""Catalogue entries for what decoding, repair, normalisation and language identification report.

The findings are made here from a document's metadata and text, not by the engine that runs block rules: the damage
was done, or undone, before there were blocks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from scrubkit.catalogue import Param, Rule
from scrubkit.core import Finding, Meta
from scrubkit.ingest.text_scan import scan_text
from scrubkit.kernels.textscan import FLAGS

if TYPE_CHECKING:  # a linter asks for no language: its tables stay unread
    from scrubkit.ingest.language import Backend, Language

__all__ = ["RULES", "language_findings", "mixed_findings", "text_findings"]

_MOJIBAKE = frozenset({"recode", "sequences", "ftfy", "legacy"})
_MOST = 50
"""Places named one by one; a text with more is counted, not listed."""

_LOST = re.compile("\ufffd+")
_UNSURE = 0.5
_PARAGRAPH = 80
_SURE = 0.8
_SHARE = 0.2


def _note(code: str, name: str, summary: str, rationale: str, **more: Any) -> Rule:
    return Rule(code, name, summary, rationale, **{"scope": "document", "action": "note", "score": 1.0, **more})


RULES: tuple[Rule, ...] = (
    _note(
        "ENC001",
        "undecodable-bytes",
        "Bytes had no meaning in the character set of the page and stand as U+FFFD.",
        "What they said is lost. A few in a page are a slip of an editor, many mean that the set was misjudged.",
        sources=("The Unicode Standard, 3.9, U+FFFD substitution of maximal subparts",),
    ),
    _note(
        "ENC002",
        "wrong-charset-declared",
        "The page, or its transport, names a character set other than the one its bytes are in.",
        "Readers that believe the declaration garble such a page. Saved pages are often transcoded and keep the old one.",
        sources=("WHATWG Encoding Standard",),
    ),
    _note(
        "ENC003",
        "repaired-mojibake",
        "Text that had been read in a wrong character set was put right.",
        "Left as it is, every accented word becomes several tokens that occur nowhere else. The steps are kept and replay.",
        sources=("ftfy (Speer, 2019), badness heuristic",),
        score=0.99,
    ),
    _note(
        "ENC004",
        "unrepaired-mojibake",
        "A line looks like text read in a wrong character set and could not be put right.",
        "Part of the bytes is lost, so no reading fits all of the line.",
        score=0.8,
        known_problems="Tables of symbols and ASCII art of accented letters look alike.",
        sources=("ftfy (Speer, 2019), badness heuristic",),
    ),
    _note(
        "ENC005",
        "control-characters",
        "Control characters, terminal escapes or noncharacters were in the text and are removed.",
        "They come from binary formats and terminals; tokenisers and JSON readers choke on them.",
    ),
    _note(
        "ENC006",
        "lost-characters",
        "The source itself holds U+FFFD: an earlier reader lost characters there.",
        "What stood there cannot be restored; words around it are broken.",
    ),
    _note(
        "ENC007",
        "binary-source",
        "The bytes are no text: an image, an archive, a font or a database.",
        "Crawls save what a link points to, whatever it is.",
        action="reject",
    ),
    _note(
        "ENC008",
        "unsure-charset",
        "The character set was guessed from few telling bytes.",
        "In a short text two sets of one region can fit alike; a wrong guess swaps letters without any damage to see.",
        params=(Param("confidence", _UNSURE, "0 to 1", "report guesses that are less sure than this"),),
        score=0.5,
    ),
    _note(
        "ENC009",
        "several-charsets",
        "Lines of the source are in different character sets; each was read in its own.",
        "Files put together from several sources are like that; read in one set, part of the lines would be garbled.",
        score=0.9,
    ),
    _note(
        "ENC010",
        "unmarked-wide-charset",
        "The source is UTF-16 or UTF-32 without a byte order mark and was told by its zero bytes.",
        "Most readers take such a file for binary, or for text with a zero after each letter.",
        score=0.9,
    ),
    _note(
        "LNG001",
        "unwanted-language",
        "The text is in a language that was not asked for.",
        "A corpus of one language is wanted, or of some.",
        action="reject",
        score=0.95,
        sources=("docs/text-layer.md has accuracy and calibration",),
    ),
    _note(
        "LNG002",
        "undetermined-language",
        "The text is too short, or has too few letters, for its language to be told.",
        "Identifiers that must answer call such a text English, or Afrikaans. It is marked und instead.",
    ),
    _note(
        "LNG003",
        "mixed-languages",
        "Paragraphs are in another language than the text as a whole.",
        "Quotations are fine; a page half in English menus, or in two translations, is not one text.",
        params=(
            Param("paragraph", _PARAGRAPH, "characters", "shorter paragraphs are not judged"),
            Param("share", _SHARE, "of judged characters", "report from this share in other languages on"),
        ),
        score=0.8,
    ),
)


def text_findings(meta: Meta, text: str) -> tuple[Finding, ...]:
    """Return what decoding, repair and normalisation have to report of one document (``ENC``).

    >>> meta = Meta(decoding={"encoding": "utf-8", "source": "near-utf-8", "confidence": 0.98, "replaced": 1})
    >>> [(finding.code, finding.start, dict(finding.because)) for finding in text_findings(meta, "caf\ufffd")]
    [('ENC001', 3, {'replaced': 1, 'encoding': 'utf-8', 'source': 'near-utf-8'})]
    """
    return (*_decoding_findings(meta, text), *_repair_findings(meta, text), *_left_findings(text))


def _decoding_findings(meta: Meta, text: str) -> list[Finding]:
    decoding, whole = meta.decoding, (0, len(text))
    found: list[Finding] = []
    source, encoding = decoding.get("source"), decoding.get("encoding")
    if source == "binary":
        return [Finding("ENC007", *whole, "reject", 1.0, {"source": source})]
    replaced = int(decoding.get("replaced") or 0)
    lost = [match.span() for match in _LOST.finditer(text)] if "\ufffd" in text else []
    standing = text.count("\ufffd") if lost else 0
    if replaced:
        place = lost[0] if len(lost) == 1 else whole
        because = {"replaced": replaced, "encoding": encoding, "source": source}
        found.append(Finding("ENC001", *place, "note", 1.0, because))
    elif lost:
        found += [Finding("ENC006", *span, "note", 1.0, {"characters": span[1] - span[0]}) for span in lost[:_MOST]]
        if len(lost) > _MOST:
            found.append(Finding("ENC006", *whole, "note", 1.0, {"characters": standing, "places": len(lost)}))
    told = {"mixed": "ENC009", "nul-pattern": "ENC010"}.get(str(source))
    if told is not None:
        found.append(Finding(told, *whole, "note", 0.9, {"encoding": encoding}))
    declared = decoding.get("declared")
    if declared and encoding and declared != encoding:
        found.append(Finding("ENC002", *whole, "note", 1.0, {"declared": declared, "encoding": encoding}))
    confidence = decoding.get("confidence")
    if source in ("detected", "default") and confidence is not None and confidence < _UNSURE:
        found.append(Finding("ENC008", *whole, "note", 0.5, {"encoding": encoding, "confidence": round(confidence, 3)}))
    return found


def _repair_findings(meta: Meta, text: str) -> list[Finding]:
    whole = (0, len(text))
    found: list[Finding] = []
    mended = [step for step in meta.repairs if step.get("step") in _MOJIBAKE]
    if mended:
        sets = Counter(str(step.get("encoding") or "several") for step in mended)
        lines = sum(step.get("line") is not None for step in mended)
        because = {"steps": len(mended), "lines": lines, "read_as": dict(sorted(sets.items()))}
        found.append(Finding("ENC003", *whole, "note", 0.99, because))
    removed = {
        str(step["step"]): int(step.get("count", 1))
        for step in meta.repairs
        if step.get("step") in ("controls", "terminal-escapes", "surrogates")
    }
    if meta.decoding.get("zeros"):
        removed["zeros"] = int(meta.decoding["zeros"])
    if removed:
        found.append(Finding("ENC005", *whole, "note", 1.0, removed))
    return found


def _left_findings(text: str) -> list[Finding]:
    scan = scan_text(text)
    if not scan.pairs and not scan.flags & FLAGS["bad"]:
        return []
    from ftfy.badness import badness

    found: list[Finding] = []
    at = 0
    for line in text.split("\n"):
        count = 0 if line.isascii() else badness(line.replace("\ufffd", ""))  # those have findings of their own
        if count:
            found.append(Finding("ENC004", at, at + len(line), "note", 0.8, {"badness": count}))
        at += len(line) + 1
    if len(found) > _MOST:
        total = sum(int(finding.because["badness"]) for finding in found)
        return [Finding("ENC004", 0, len(text), "note", 0.8, {"badness": total, "lines": len(found)})]
    return found


def language_findings(
    text: str, *, keep: Collection[str] | None = None, backend: Backend = "auto"
) -> tuple[Language, tuple[Finding, ...]]:
    """Return the language of a text and what is to be said of it: ``LNG001`` where ``keep`` lacks it, ``LNG002``.

    >>> language, found = language_findings("Nous partirons demain matin pour la montagne.", keep={"en"})
    >>> language.code, [finding.code for finding in found]
    ('fr', ['LNG001'])
    """
    from scrubkit.ingest.language import identify

    language = identify(text, backend=backend)
    because: dict[str, Any] = {"language": language.code, "score": round(language.score, 4)}
    found: list[Finding] = []
    if language.code == "und":
        found.append(Finding("LNG002", 0, len(text), "note", 1.0, {"characters": len(text)}))
    if keep is not None and language.code not in keep:
        score = language.score if language.code != "und" else 0.5
        found.append(Finding("LNG001", 0, len(text), "reject", score, {**because, "wanted": sorted(keep)}))
    return language, tuple(found)


def mixed_findings(text: str, *, backend: Backend = "auto") -> tuple[Finding, ...]:
    """Return a note (``LNG003``) for each paragraph in another language than most of the text.

    Nothing is reported where they make up less than a fifth of it, or are not surely in another language.
    """
    from scrubkit.ingest.language import identify_paragraphs

    judged = [
        (start, end, language)
        for start, end, language in identify_paragraphs(text, backend=backend, shortest=_PARAGRAPH)
        if language.score >= _SURE
    ]
    size: Counter[str] = Counter()
    for start, end, language in judged:
        size[language.code] += end - start
    if len(size) < 2:
        return ()
    main, most = size.most_common(1)[0]
    if 1 - most / size.total() < _SHARE:
        return ()
    return tuple(
        Finding("LNG003", start, end, "note", language.score, {"language": language.code, "main": main})
        for start, end, language in judged
        if language.code != main
    )
