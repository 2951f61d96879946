"""Documents of a corpus that repeat others: the check of the corpus as a whole.

What is compared are clean texts, and cleaning is what costs: the clean texts of a file are cached by its bytes, and
the result by all files together. Where nothing changed the files are read and hashed and no more.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scrubkit.catalogue.located import Located
from scrubkit.catalogue.render import excerpt_of, message_of
from scrubkit.check.apart import limits_of
from scrubkit.check.cache import ResultCache, tool_stamp
from scrubkit.check.inspect import Settings, rule_of, text_hash
from scrubkit.check.run import FileResult, Look, ending_of
from scrubkit.check.select import settings_for
from scrubkit.check.sources import content_of
from scrubkit.check.texts import Cleaned, clean_texts
from scrubkit.config import ignored_codes
from scrubkit.core.errors import InputError
from scrubkit.dedup.rules import CODES

if TYPE_CHECKING:
    from scrubkit.config import Config
    from scrubkit.dedup.index import Match

__all__ = ["check_against_index", "check_duplicates"]


@dataclass(frozen=True, slots=True)
class _Text:
    """A clean text and where it stands; ``record`` is the record's id, ``None`` for a page."""

    path: str
    line: int
    text: str
    record: str | None = None
    date: str | None = None
    source: str | None = None

    @property
    def place(self) -> str:
        return self.path if self.record is None else f"{self.path}:{self.line}"


def check_duplicates(files: Sequence[str], config: Config, cache_folder: Path | None) -> list[FileResult]:
    """Return a result for each file: ``DUP`` findings where a document repeats one that stays.

    A document that its keeper does not cover is not reported. The corpus is compared whole, so this cannot be
    given a few changed files; what it costs then is the comparison, not the cleaning.
    """
    settings, cache = _prepared(config, cache_folder)
    sources, results = _read_all(files)
    wrong: dict[str, Cleaned] = {}
    key = cache.key(_whole(sources), f"corpus-{config.dedup!r}") if cache is not None else ""
    found = cache.get_many(key) if cache is not None else None
    if found is None:
        texts, wrong = _texts(sources, config, settings, cache)
        found = list(_findings(texts, config))
        if cache is not None and not wrong:
            cache.put_many(key, found)
    codes = _codes(config)
    by_path: dict[str, list[Located]] = {}
    for finding in found:
        if finding.code in codes and not _ignored(finding, config):
            by_path.setdefault(finding.path, []).append(finding)
    for path, _ in sources:
        what = wrong.get(path, Cleaned(path))
        results.append(FileResult(path, (*what.aside, *by_path.get(path, ())), failure=what.failure))
    return sorted(results, key=lambda result: result.path)


def check_against_index(results: Sequence[FileResult], config: Config, cache_folder: Path | None) -> list[FileResult]:
    """Return the results with ``DUP`` findings where a document is in the index ``check.index`` already.

    A document is not held against itself: matches are passed over whose id is its own, or its path or the end of it
    (an index names pages by their place in the folder that was added). Where an id is the end of several checked
    paths it is one document's: the one that is most alike. Nor is one reported that the match does not cover, or whose
    verdict's code is ignored. The answers are not cached, since the index changes without the files; clean texts are.
    """
    from scrubkit.dedup.index import open_index

    settings, cache = _prepared(config, cache_folder)
    codes = _codes(config)
    sources, _ = _read_all([result.path for result in results if result.failure is None])
    texts, wrong = _texts(sources, config, settings, cache)
    by_path: dict[str, list[Located]] = {}
    with open_index(Path(config.root) / str(config.check.index)) as index:
        answers = index.query([text.text for text in texts], dates=[text.date for text in texts])
        found = [[match for match in matches if match.duplicate] for matches in answers]
        owners = _owners(texts, found)
        for at, (text, matches) in enumerate(zip(texts, found, strict=True)):
            others = (match for match in matches if owners.get(match.id) != at)
            match = next((match for match in others if match.coverage >= config.dedup.min_coverage), None)
            if match is None or CODES[match.verdict] not in codes:
                continue
            because = {
                "keeper": match.id,
                "verdict": match.verdict,
                "score": match.score,
                "coverage": match.coverage,
                "index": config.check.index,
            }
            finding = _located(text, CODES[match.verdict], match.score, because)
            if not _ignored(finding, config):
                by_path.setdefault(text.path, []).append(finding)
    return [_with(result, wrong.get(result.path), by_path.get(result.path, ())) for result in results]


def _with(result: FileResult, wrong: Cleaned | None, more: Sequence[Located]) -> FileResult:
    """Return a result with what the comparison found; what the check itself said of the same line is not said again."""
    said = {(finding.line, finding.code) for finding in result.findings}
    aside = () if wrong is None else [f for f in wrong.aside if (f.line, f.code) not in said]
    failure = result.failure or (wrong.failure if wrong is not None else None)
    return replace(result, findings=(*result.findings, *aside, *more), failure=failure)


def _owners(texts: Sequence[_Text], found: Sequence[Sequence[Match]]) -> dict[str, int]:
    """Return by id of the index which of the documents it is, if any: of those it may be, the one most like it."""
    best: dict[str, tuple[bool, float, float, int]] = {}
    for at, (text, matches) in enumerate(zip(texts, found, strict=True)):
        own = _own_ids(text)
        for match in matches:
            if match.id in own:
                claim = (match.verdict == "exact", match.score, match.coverage, -at)
                best[match.id] = max(best.get(match.id, claim), claim)
    return {name: -claim[-1] for name, claim in best.items()}


def _own_ids(text: _Text) -> set[str]:
    """Return how the index may know this document: by its record's id, or by its path or the end of its path."""
    if text.record is not None and text.record != f"line {text.line}":
        return {text.record}
    parts = Path(text.path).parts
    tail = "" if text.record is None else f":{text.line}"
    return {f"{'/'.join(parts[at:])}{tail}" for at in range(len(parts))}


def _prepared(config: Config, cache_folder: Path | None) -> tuple[Settings, ResultCache | None]:
    """Return how the files are cleaned, and the cache of clean texts, which depend on nothing else of the settings."""
    settings = settings_for(config)
    cache = None
    if cache_folder is not None:
        cache = ResultCache(cache_folder / "duplicates", f"{settings.fingerprint()}:{_dedup_stamp()}")
        cache.open()
    return settings, cache


def _codes(config: Config) -> set[str]:
    """Return the codes of duplicates that are not ignored."""
    from scrubkit.rulebook import select_rules

    return {rule.code for rule in select_rules(["DUP"], (*config.ignore, *config.check.ignore))}


def _ignored(finding: Located, config: Config) -> bool:
    """Say whether a finding does not count where it stands."""
    codes = ignored_codes(finding.path, config.per_path_ignores.items(), root=config.root)
    return bool(codes) and finding.code.startswith(codes)


def _dedup_stamp() -> str:
    """Return a hash of the part of the program that the stamp of single-file results leaves out."""
    import scrubkit

    folder = Path(scrubkit.__file__).parent / "dedup"
    stamp = blake2b(tool_stamp().encode(), digest_size=16)
    for place in sorted(folder.iterdir()):
        if place.is_file():
            told = place.stat()
            stamp.update(f"{place.name}:{told.st_size}:{told.st_mtime_ns};".encode())
    return stamp.hexdigest()


def _read_all(files: Sequence[str]) -> tuple[list[tuple[str, bytes]], list[FileResult]]:
    sources: list[tuple[str, bytes]] = []
    failed: list[FileResult] = []
    for path in files:
        try:
            sources.append((path, Path(path).read_bytes()))
        except OSError as error:
            failed.append(FileResult(path, failure=InputError(f"cannot be read: {error.strerror}", place=path)))
    return sources, failed


def _whole(sources: Sequence[tuple[str, bytes]]) -> bytes:
    """Return what stands for the corpus: every file's name and the hash of its bytes."""
    told = blake2b(digest_size=32)
    for path, data in sources:
        told.update(path.encode("utf-8", "surrogateescape") + b"\0" + blake2b(data, digest_size=20).digest())
    return told.digest()


def _texts(
    sources: Sequence[tuple[str, bytes]], config: Config, settings: Settings, cache: ResultCache | None
) -> tuple[list[_Text], dict[str, Cleaned]]:
    """Return the clean texts of all files, and by path what met a limit or could not be read, which is not cached."""
    rows: dict[str, Sequence[Any]] = {}
    keys: dict[str, str] = {}
    for path, data in sources:
        content = content_of(path) or "text"
        keys[path] = cache.key(data, f"clean-{content}{ending_of(path)}") if cache is not None else ""
        known = _load(cache.place(keys[path])) if cache is not None else None
        if known is not None:
            rows[path] = known
    looks = [Look(path, data) for path, data in sources if path not in rows]
    wrong: dict[str, Cleaned] = {}
    for made in clean_texts(looks, settings, limits_of(config)) if looks else ():
        rows[made.path] = made.rows
        if made.aside or made.failure is not None:
            wrong[made.path] = made
        elif cache is not None:
            cache.write(keys[made.path], zlib.compress(json.dumps(made.rows).encode(), 1))
    return [_Text(path, *row) for path, _ in sources for row in rows[path]], wrong


def _load(place: Path) -> list[Any] | None:
    with suppress(OSError, ValueError, zlib.error, RecursionError):
        rows = json.loads(zlib.decompress(place.read_bytes()))
        if isinstance(rows, list) and all(isinstance(row, list) and len(row) == 5 for row in rows):
            return rows
    return None


def _findings(texts: Sequence[_Text], config: Config) -> Iterator[Located]:
    if len(texts) < 2:
        return
    from scrubkit.dedup import find_duplicates, findings

    asked = config.dedup
    clusters = find_duplicates(
        [text.text for text in texts],
        ids=[text.place for text in texts],
        dates=[text.date for text in texts],
        sources=[text.source for text in texts],
        jaccard=asked.jaccard,
        keep=asked.keep,
        preferred=asked.preferred_source,
        min_coverage=asked.min_coverage,
    )
    # A check drops nothing, so there is nothing to guard against.
    for at, finding in sorted(findings(clusters, max_drop=1.0).items()):
        if finding.action != "reject":
            continue
        yield _located(texts[at], finding.code, finding.score, finding.because)


def _located(text: _Text, code: str, score: float, because: Mapping[str, Any]) -> Located:
    message = message_of(rule_of(code), because, excerpt_of(text.text))
    return Located(
        text.path, text.line, 1, text.line, 1, code, message, "reject", score,
        text_hash=text_hash(text.text), excerpt=excerpt_of(text.text), record=text.record, because=dict(because),
    )  # fmt: skip
