"""A check of many files: read each, ask the cache, else look; mend where asked to."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from scrubkit.catalogue.located import Located
from scrubkit.check.cache import ResultCache
from scrubkit.check.sources import Content, content_of
from scrubkit.core.errors import InputError, ScrubkitError
from scrubkit.core.processes import safe_path

if TYPE_CHECKING:
    from scrubkit.check.inspect import Inspector
    from scrubkit.config import Config

__all__ = ["Checker", "FileResult", "check_files", "unpacked"]

Mode = Literal["check", "fix", "diff"]

# A worker needs about as long to start as it takes to check this many files.
_POOL_FROM = 60


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one file: its findings, how many were mended, the diff if one was asked for, or the failure."""

    path: str
    findings: tuple[Located, ...] = ()
    fixed: int = 0
    diff: str = ""
    failure: ScrubkitError | None = None


@dataclass
class _Rules:
    """What is asked where the same codes are ignored. Rules are loaded only for a file that the cache does not know."""

    config: Config
    ignored: tuple[str, ...]
    folder: Path | None

    @cached_property
    def cache(self) -> ResultCache | None:
        if self.folder is None:
            return None
        cache = ResultCache(self.folder, f"{request_hash(self.config)}:{','.join(self.ignored)}")
        cache.open()
        return cache

    @cached_property
    def inspector(self) -> Inspector:
        from scrubkit.check.inspect import Inspector
        from scrubkit.check.select import settings_for

        self.config.use_plugins()
        return Inspector(settings_for(self.config, self.ignored))

    def findings(self, data: bytes, path: str, content: Content) -> tuple[Located, ...]:
        """Return the findings of a file, from the cache if it knows them."""
        if self.cache is None:
            return self.inspector.file(data, path, content)
        key = self.cache.key(data, content)
        found = self.cache.get(key, path)
        if found is None:
            found = self.inspector.file(data, path, content)
            self.cache.put(key, found)
        return found


def request_hash(config: Config) -> str:
    """Return a hash of what a configuration asks of a check; with the program's stamp it stands for the rules."""
    check = config.check
    asked = (check.select, check.ignore, check.extend_select)
    return blake2b(f"{config.hash}:{asked!r}".encode(), digest_size=16).hexdigest()


def _nothing(path: str) -> Collection[str]:  # noqa: ARG001
    return ()


@dataclass
class Checker:
    """Checks files with one configuration; what is ignored may differ by path.

    ``accepted`` gives the keys of the findings in a file that are not to be mended.
    """

    config: Config
    cache_folder: Path | None = None
    mode: Mode = "check"
    accepted: Callable[[str], Collection[str]] = _nothing
    _rules: dict[tuple[str, ...], _Rules] = field(default_factory=dict)

    def file(self, path: str) -> FileResult:
        """Return the result for a file; one that cannot be read is a failure, and the run goes on."""
        try:
            data = Path(path).read_bytes()
        except OSError as error:
            return FileResult(path, failure=InputError(f"cannot be read: {error.strerror}", place=path))
        return self.data(data, path, content_of(path) or "text")

    def known(self, path: str) -> FileResult | None:
        """Return the result for a file if the cache has it, without looking further."""
        cache = self._rules_at(path).cache
        if cache is None:
            return None
        try:
            data = unpacked(Path(path).read_bytes(), path)
        except (OSError, ScrubkitError):
            return None
        found = cache.get(cache.key(data, content_of(path) or "text"), path)
        return None if found is None else FileResult(path, found)

    def data(self, data: bytes, path: str, content: Content) -> FileResult:
        """Return the result for the bytes of a file; in the mode ``fix`` the file is written."""
        rules = self._rules_at(path)
        try:
            plain = unpacked(data, path)
        except _TruncatedError as error:
            return FileResult(path, (_cut(path, error),) if "FMT010" in rules.inspector.settings.codes else ())
        except ScrubkitError as error:
            return FileResult(path, failure=error)
        found = rules.findings(plain, path, content)
        mendable = plain is data and content != "html" and any(finding.fixable for finding in found)
        return self._mended(plain, path, content, rules, found) if mendable else FileResult(path, found)

    def _mended(
        self, data: bytes, path: str, content: Content, rules: _Rules, before: tuple[Located, ...]
    ) -> FileResult:
        if self.mode == "check":
            return FileResult(path, before)
        from scrubkit.check.fix import fix_bytes, replace_file

        mended = fix_bytes(data, path, content, rules.inspector, self.accepted(path))
        if mended == data:
            return FileResult(path, before)
        if self.mode == "diff":
            return FileResult(path, before, diff=_diff(data, mended, path))
        try:
            replace_file(path, mended)
        except ScrubkitError as error:
            return FileResult(path, before, failure=error)
        after = rules.findings(mended, path, content)
        return FileResult(path, after, fixed=max(1, len(before) - len(after)))

    def _rules_at(self, path: str) -> _Rules:
        config = self.config
        ignored: tuple[str, ...] = ()
        if config.per_path_ignores:
            from scrubkit.config import ignored_codes

            ignored = ignored_codes(path, config.per_path_ignores.items(), root=config.root)
        if ignored not in self._rules:
            self._rules[ignored] = _Rules(config, ignored, self.cache_folder)
        return self._rules[ignored]


def check_files(paths: Sequence[str], checker: Checker, *, jobs: int = 1) -> list[FileResult]:
    """Return the result of each file, in order; the same for any number of ``jobs``.

    Files that the cache knows are answered at once. The rest go to worker processes where there are enough of
    them to pay for starting any.
    """
    found = {path: checker.known(path) for path in paths} if jobs > 1 and checker.mode == "check" else {}
    unknown = [path for path in paths if found.get(path) is None]
    if jobs > 1 and len(unknown) >= _POOL_FROM:
        found |= zip(unknown, _in_pool(unknown, checker, jobs), strict=True)
    else:
        found |= {path: checker.file(path) for path in unknown}
    return [result for path in paths if (result := found[path]) is not None]


def _in_pool(paths: Sequence[str], checker: Checker, jobs: int) -> list[FileResult]:
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool
    from multiprocessing import get_context

    # Spawned: a forked process would share whatever locks the parent's libraries hold.
    plain = Checker(checker.config, checker.cache_folder, checker.mode, checker.accepted)
    size = max(1, min(32, len(paths) // (4 * jobs)))
    try:
        with safe_path(), ProcessPoolExecutor(jobs, get_context("spawn"), _start, (plain,)) as pool:
            return list(pool.map(_work, paths, chunksize=size))
    except BrokenProcessPool:
        # A worker was killed, for want of memory as a rule: one process needs the least of it.
        return [checker.file(path) for path in paths]


_worker: list[Checker] = []  # a worker process has one checker, so that rules are loaded once


def _start(checker: Checker) -> None:
    _worker[:] = [checker]


def _work(path: str) -> FileResult:
    return _worker[0].file(path)


class _TruncatedError(InputError):
    """A compressed file ends before its end."""


def unpacked(data: bytes, path: str) -> bytes:
    """Return a file's bytes without its compression, told by its ending.

    Raises :class:`~scrubkit.core.InputError` where they are not what the ending says, or end too early.
    """
    name = path.lower()
    if name.endswith(".zst"):
        return _unpacked_zst(data, path)
    if not name.endswith(".gz"):
        return data
    import gzip

    try:
        return gzip.decompress(data)
    except EOFError as error:
        raise _TruncatedError("gzip data ends too early", place=path) from error
    except (gzip.BadGzipFile, zlib.error) as error:
        remedy = "the ending says gzip; rename the file or compress it again"
        raise InputError("is not gzip data", place=path, remedy=remedy) from error


def _unpacked_zst(data: bytes, path: str) -> bytes:
    import zstandard

    out = []
    try:
        while data:
            frame = zstandard.ZstdDecompressor().decompressobj()
            out.append(frame.decompress(data))
            if not frame.eof:
                raise _TruncatedError("zstandard data ends too early", place=path)
            data = frame.unused_data
    except zstandard.ZstdError as error:
        remedy = "the ending says zstandard; rename the file or compress it again"
        raise InputError("is not zstandard data", place=path, remedy=remedy) from error
    return b"".join(out)


def _cut(path: str, error: _TruncatedError) -> Located:
    from scrubkit.catalogue.render import message_of
    from scrubkit.check.inspect import rule_of, text_hash

    because = {"inside": error.message.partition(" ")[0]}
    message = message_of(rule_of("FMT010"), because)
    return Located(path, 1, 1, 1, 1, "FMT010", message, text_hash=text_hash(""), because=because)


def _diff(before: bytes, after: bytes, path: str) -> str:
    from difflib import unified_diff

    from scrubkit.catalogue.render import visible

    old, new = (_lines(data) for data in (before, after))
    out = []
    for line in unified_diff(old, new, f"a/{path}", f"b/{path}", n=1):
        body = line.removesuffix("\n")
        out.append(visible(body).replace("\\t", "\t") + "\n")
        if body == line:
            out.append("\\ No newline at end of file\n")
    return "".join(out)


def _lines(data: bytes) -> list[str]:
    text = data.decode("utf-8", "backslashreplace")
    parts = text.split("\n")
    return [f"{part}\n" for part in parts[:-1]] + ([parts[-1]] if parts[-1] else [])
