"""Checking in processes of their own, which a document that hangs or fills the memory may end without harm."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from scrubkit.catalogue.located import Located
from scrubkit.check.run import Checker, FileResult, Look
from scrubkit.config import Config, size_of
from scrubkit.core.errors import InputError
from scrubkit.processes.limits import NO_LIMITS, Death, Limits
from scrubkit.processes.pool import Pool

__all__ = ["check_files", "limits_of", "over_limit"]

# A worker needs about as long to start as it takes to check this many files.
_POOL_FROM = 60


def check_files(files: Sequence[str | Look], checker: Checker, *, jobs: int = 1) -> list[FileResult]:
    """Return the result of each file, in order; the same for any number of ``jobs``.

    Files that the cache knows are answered at once. The rest go to worker processes, that limits on time and memory
    can hold them to: to one, or to as many as ``jobs`` says where there are enough files to pay for starting them. Without
    limits few files are checked in this process.
    """
    looks = [Look(file) if isinstance(file, str) else file for file in files]
    found = {look: checker.known(look.path) for look in looks if look.data is None}
    unknown = [look for look in looks if found.get(look) is None]
    workers = jobs if len(unknown) >= _POOL_FROM else 1
    limits = limits_of(checker.config)
    if unknown and (limits or workers > 1):
        plain = Checker(checker.config, checker.cache_folder, checker.mode, checker.accepted, limits)
        pool = Pool(_Checking(plain, shared=workers > 1), workers)
        try:
            by_path = {result.path: result for result in pool.run(iter(unknown))}
        finally:
            pool.stop()
        found |= {look: by_path[look.path] for look in unknown}
    else:
        found |= {look: checker.file(look) for look in unknown}
    return [result for look in looks if (result := found[look]) is not None]


def limits_of(config: Config) -> Limits:
    """Return what a document may take in a check."""
    return Limits(config.check.max_seconds_per_document, size_of(config.max_memory_per_document))


@dataclass(frozen=True, slots=True)
class _Checking:
    """The craft; ``shared`` where several workers are to have the rules from one process."""

    checker: Checker
    shared: bool

    @property
    def limits(self) -> Limits:
        return self.checker.limits or NO_LIMITS

    @property
    def preload(self) -> str:
        return "scrubkit.check.inspect"

    def warm(self) -> None:
        if self.shared:
            self.checker.warm()

    def hand(self) -> _Checks:
        self.checker.warm()  # before the first document, whose time is not spent on it
        return _Checks(self.checker)

    def aside(self, piece: Look, at: int, death: Death) -> tuple[FileResult, bool]:
        return over_limit(piece.path, at, death, self.limits), at > 0

    def joined(self, piece: Look, parts: list[FileResult]) -> FileResult:
        findings = sorted((finding for part in parts for finding in part.findings), key=Located.sort_key)
        failure = next((part.failure for part in parts if part.failure is not None), None)
        return FileResult(piece.path, tuple(findings), failure=failure)


@dataclass(frozen=True, slots=True)
class _Checks:
    checker: Checker

    def whole(self, piece: Look) -> FileResult:
        limits = self.checker.limits or NO_LIMITS
        limits.arm()
        try:
            return self.checker.file(piece)
        finally:
            limits.disarm()

    def singly(self, piece: Look, start: int) -> Iterator[FileResult]:
        return self.checker.parts(piece, start)


def over_limit(path: str, at: int, death: Death, limits: Limits) -> FileResult:
    """Return what is said of a document, the file itself where ``at`` is 0, that ended the process that checked it."""
    line = max(1, at)
    if death.limit is None:
        why = f"ended the process that checked it ({death.how})"
        return FileResult(path, failure=InputError(why, place=f"{path}:{line}", remedy="please report it"))
    from scrubkit.check.inspect import rule_of, text_hash

    rule = rule_of("ERR002")
    table = "[check] " if death.limit == "seconds" else ""
    message = (
        f"{rule.summary.partition(';')[0]} ({limits.allowed(death.limit)}); "
        f"leave the file out with exclude, or raise {table}max-{death.limit}-per-document"
    )
    because = {"limit": death.limit, "allowed": limits.seconds if death.limit == "seconds" else limits.memory}
    found = Located(path, line, 1, line, 1, rule.code, message, rule.action, text_hash=text_hash(""), because=because)
    return FileResult(path, (found,))
