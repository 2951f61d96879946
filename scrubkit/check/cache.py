"""Results of earlier checks, by what they depend on: the bytes, the settings, the program.

One small file a result, written beside its place and moved there, so that any number of processes may share the
folder: the worst that can happen is that two work out the same result. The name of a file that is checked is not
part of the key; a moved file is still known.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, cached_property
from hashlib import blake2b
from importlib.util import find_spec
from pathlib import Path

from scrubkit import entrypoints
from scrubkit.catalogue.located import Located

__all__ = ["ResultCache", "tool_stamp"]

_DAY = 86_400
_FOLDERS = (
    "", "check", "core", "catalogue", "ingest", "ingest/data", "io", "kernels", "model", "rules", "rules/cues",
    "templates",
)  # fmt: skip
_KEPT_DAYS = 30


def tool_stamp() -> str:
    """Return a hash of the program and its plug-ins."""
    return _program() + entrypoints.stamp()


@cache
def _program() -> str:
    """Return a hash of the program: its version, size and time of each of its files, and what is installed beside it.

    The version alone would keep old results alive where the package is installed for editing, or where a library
    that decodes, repairs or parses was changed for another version.
    """
    import scrubkit

    root = Path(scrubkit.__file__).parent
    stamp = blake2b(scrubkit.__version__.encode(), digest_size=16)
    spec = find_spec("ftfy")
    if spec is not None and spec.origin is not None:
        installed = Path(spec.origin).parents[1]  # its time changes with every installation
        stamp.update(f"{installed}:{installed.stat().st_mtime_ns};".encode())
    for folder in _FOLDERS:
        with suppress(FileNotFoundError), os.scandir(root / folder) as entries:
            for entry in sorted(entries, key=lambda e: e.name):
                if entry.is_file() and not entry.name.endswith((".pyc", ".c")):
                    told = entry.stat()
                    stamp.update(f"{folder}/{entry.name}:{told.st_size}:{told.st_mtime_ns};".encode())
    return stamp.hexdigest()


@dataclass(frozen=True)
class ResultCache:
    """A folder of results for one set of settings; a cache that cannot be read or written is an empty one."""

    folder: Path
    fingerprint: str

    def key(self, data: bytes, content: str) -> str:
        """Return the key of a file's bytes."""
        whole = blake2b(data, digest_size=20)
        whole.update(f"{content}:{self.fingerprint}:{self._stamp}".encode())
        return whole.hexdigest()

    @cached_property
    def _stamp(self) -> str:
        return tool_stamp()

    def get(self, key: str, path: str) -> tuple[Located, ...] | None:
        """Return the findings stored under a key, with ``path`` as their file, or ``None``."""
        found = self.get_many(key)
        return None if found is None else tuple(replace(finding, path=path) for finding in found)

    def get_many(self, key: str) -> list[Located] | None:
        """Return the findings stored under a key as they were stored, or ``None``."""
        place = self.place(key)
        try:
            raw = place.read_bytes()
            rows = json.loads(raw) if raw != b"[]" else []
            found = [Located(*row) for row in rows] if isinstance(rows, list) else None
        except (OSError, ValueError, TypeError, RecursionError):
            return None
        self._touch(place)
        return found

    def put(self, key: str, findings: Sequence[Located]) -> None:
        """Store findings under a key; their path is not stored."""
        self.put_many(key, [replace(finding, path="") for finding in findings])

    def put_many(self, key: str, findings: Sequence[Located]) -> None:
        """Store findings of several files under a key."""
        with suppress(TypeError, ValueError):  # evidence that JSON cannot hold is worked out again
            rows = [list(finding.as_dict().values()) for finding in findings]
            self.write(key, json.dumps(rows, separators=(",", ":")).encode())

    def write(self, key: str, data: bytes) -> None:
        """Store bytes under a key; where that fails nothing is stored."""
        place = self.place(key)
        part = place.with_name(f"{place.name}.{os.getpid()}.part")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(data)
            part.replace(place)
        except OSError:
            with suppress(OSError):
                part.unlink(missing_ok=True)

    def open(self) -> None:
        """Make the folder, keep it out of version control and backups, and clear what was not used for a month."""
        marker = self.folder / "CACHEDIR.TAG"
        with suppress(OSError):
            if not marker.exists():
                self.folder.mkdir(parents=True, exist_ok=True)
                (self.folder / ".gitignore").write_text("*\n", encoding="utf-8")
                marker.write_text("Signature: 8a477f597d28d172789f06886806bc55\n", encoding="utf-8")
            elif time.time() - marker.stat().st_mtime > _DAY:
                os.utime(marker)
                self._prune()

    def _prune(self) -> None:
        oldest = time.time() - _KEPT_DAYS * _DAY
        for place in self.folder.glob("??/*"):
            with suppress(OSError):
                if place.stat().st_mtime < oldest:
                    place.unlink()

    def place(self, key: str) -> Path:
        """Return the file that holds, or would hold, what is stored under a key."""
        return self.folder / key[:2] / key[2:]

    @staticmethod
    def _touch(place: Path) -> None:
        with suppress(OSError):
            if time.time() - place.stat().st_mtime > _DAY:
                os.utime(place)
