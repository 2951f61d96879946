"""A check of many files: read each, ask the cache, else look; mend where asked to."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from scrubkit.catalogue.located import Located
from scrubkit.check.cache import ResultCache
from scrubkit.check.sources import Content, content_of
from scrubkit.core.errors import InputError, ScrubkitError

if TYPE_CHECKING:
    from scrubkit.check.inspect import Inspector
    from scrubkit.config import Config
    from scrubkit.processes.limits import Limits

__all__ = ["Checker", "FileResult", "Look", "ending_of", "unpacked"]

Mode = Literal["check", "fix", "diff"]


@dataclass(frozen=True, slots=True)
class FileResult:
    """What became of one file: its findings, how many were mended, the diff if one was asked for, or the failure."""

    path: str
    findings: tuple[Located, ...] = ()
    fixed: int = 0
    diff: str = ""
    failure: ScrubkitError | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """A file to look at; ``data`` are its bytes where they do not lie there."""

    path: str
    data: bytes | None = None
    content: Content | None = None


@dataclass
class _Rules:
    """What is asked where the same codes are ignored. Rules are loaded only for a file that the cache does not know."""

    config: Config
    ignored: tuple[str, ...]
    folder: Path | None
    limits: Limits | None = None

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
        settings = settings_for(self.config, self.ignored)
        return Inspector(settings) if self.limits is None else Inspector(settings, self.limits)

    def known(self, data: bytes, path: str, content: Content) -> tuple[Located, ...] | None:
        """Return the findings of a file from the cache, ``None`` where it does not know them."""
        return None if self.cache is None else self.cache.get(self._key(data, path, content), path)

    def findings(self, data: bytes, path: str, content: Content) -> tuple[Located, ...]:
        """Return the findings of a file, from the cache if it knows them; ``data`` as they lie there, packed or not."""
        found = self.known(data, path, content)
        if found is None:
            found = self.inspector.file(unpacked(data, path), path, content)
            if self.cache is not None:
                self.cache.put(self._key(data, path, content), found)
        return found

    def _key(self, data: bytes, path: str, content: Content) -> str:
        assert self.cache is not None
        return self.cache.key(data, content + ending_of(path))


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
    limits: Limits | None = None
    _rules: dict[tuple[str, ...], _Rules] = field(default_factory=dict)

    def file(self, look: Look) -> FileResult:
        """Return the result for a file; one that cannot be read is a failure, and the run goes on.

        In the mode ``fix`` the file is written.
        """
        read = self._read(look)
        if isinstance(read, FileResult):
            return read
        data, path, content = read
        rules = self._rules_at(path)
        try:
            found = rules.findings(data, path, content)
        except ScrubkitError as error:
            return self._unreadable(path, rules, error)
        mendable = not ending_of(path) and content != "html" and any(finding.fixable for finding in found)
        return self._mended(data, path, content, rules, found) if mendable else FileResult(path, found)

    def parts(self, look: Look, start: int) -> Iterator[FileResult]:
        """Yield the result for a file part by part, as :meth:`Inspector.parts` has them; nothing is mended."""
        from scrubkit.processes.limits import NO_LIMITS

        limits = self.limits or NO_LIMITS
        limits.arm()
        read = self._read(look)
        if isinstance(read, FileResult):
            limits.disarm()
            yield read
            return
        data, path, content = read
        rules = self._rules_at(path)
        try:
            for found in rules.inspector.parts(unpacked(data, path), path, content, start):
                yield FileResult(path, tuple(found))
        except ScrubkitError as error:
            limits.disarm()
            yield self._unreadable(path, rules, error)

    def known(self, path: str) -> FileResult | None:
        """Return the result for a file if the cache has it, without looking further."""
        rules = self._rules_at(path)
        if rules.cache is None or self.mode != "check":
            return None
        read = self._read(Look(path))
        found = None if isinstance(read, FileResult) else rules.known(*read)
        return None if found is None else FileResult(path, found)

    def warm(self) -> None:
        """Load what every text needs."""
        _Rules(self.config, (), None).inspector.file(b"Skip to content\n\nRain fell.\n", "-", "text")

    @staticmethod
    def _read(look: Look) -> tuple[bytes, str, Content] | FileResult:
        path = look.path
        try:
            data = Path(path).read_bytes() if look.data is None else look.data
        except OSError as error:
            return FileResult(path, failure=InputError(f"cannot be read: {error.strerror}", place=path))
        return data, path, look.content or content_of(path) or "text"

    @staticmethod
    def _unreadable(path: str, rules: _Rules, error: ScrubkitError) -> FileResult:
        if not isinstance(error, _TruncatedError):
            return FileResult(path, failure=error)
        return FileResult(path, (_cut(path, error),) if "FMT010" in rules.inspector.settings.codes else ())

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
        if self.limits is not None:
            self.limits.disarm()  # what is written is written whole
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
            self._rules[ignored] = _Rules(config, ignored, self.cache_folder, self.limits)
        return self._rules[ignored]


class _TruncatedError(InputError):
    """A compressed file ends before its end."""


def ending_of(path: str) -> str:
    """Return the ending that says how a file is compressed, nothing where it is not.

    >>> ending_of("a.jsonl.GZ"), ending_of("a.txt")
    ('.gz', '')
    """
    name = path.lower()
    return next((ending for ending in (".gz", ".zst") if name.endswith(ending)), "")


def unpacked(data: bytes, path: str) -> bytes:
    """Return a file's bytes without its compression, told by its ending.

    Raises :class:`~scrubkit.core.InputError` where they are not what the ending says, or end too early.
    """
    ending = ending_of(path)
    if ending == ".zst":
        return _unpacked_zst(data, path)
    if not ending:
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
