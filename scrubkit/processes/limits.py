"""Time and memory that one document may take: held by the system in the process that cleans it, told by its death.

A page that hangs does so inside a pattern or a parser, where no Python code of ours runs. So nothing in the worker is
asked to stop: the system ends the process when its timer runs out (whatever it is doing) and refuses it memory past
the limit. Who started the process reads from its exit code which limit was met.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from scrubkit.config import Config, size_of
from scrubkit.page import Page

__all__ = ["NO_LIMITS", "OUT_OF_MEMORY", "Death", "Limits"]

OUT_OF_MEMORY = 77
"""Exit code of a worker that was refused memory."""

_WATCHDOG = 1  # exit code of a process that faulthandler ends


@dataclass(frozen=True, slots=True)
class Death:
    """How a worker ended over a document: its exit code, negative for a signal, as ``multiprocessing`` tells it."""

    code: int | None

    @property
    def limit(self) -> str | None:
        """Which limit was met, ``seconds`` or ``memory``; ``None`` for a crash.

        The system's own end of a process when the machine runs out of memory is ``SIGKILL``; a library that is
        refused memory and cannot go on aborts.
        """
        if self.code == OUT_OF_MEMORY:
            return "memory"
        if self.code == _WATCHDOG and not _TIMERS:
            return "seconds"
        if self.code is None or self.code >= 0:
            return None
        return {"SIGALRM": "seconds", "SIGKILL": "memory", "SIGABRT": "memory"}.get(self.how)

    @property
    def certain(self) -> bool:
        """Whether this was the limit itself: nobody else ends a process so, as somebody may with a signal."""
        return self.limit is not None and self.how not in ("SIGKILL", "SIGABRT")

    @property
    def how(self) -> str:
        """The signal's name, or the exit code in words."""
        if self.code is not None and self.code < 0:
            try:
                return signal.Signals(-self.code).name
            except ValueError:
                return f"signal {-self.code}"
        return "it was lost" if self.code is None else f"exit code {self.code}"


_TIMERS = hasattr(signal, "setitimer")


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds and bytes that a document may take; 0 is no limit.

    >>> Limits.of(Config()), bool(Limits())
    (Limits(seconds=60.0, memory=2147483648), False)
    """

    seconds: float = 0.0
    memory: int = 0

    @classmethod
    def of(cls, config: Config) -> Limits:
        """Return the limits of the settings."""
        return cls(float(config.max_seconds_per_document), size_of(config.max_memory_per_document))

    def __bool__(self) -> bool:
        """Whether there is any limit."""
        return bool(self.seconds or self.memory)

    def allowed(self, limit: str) -> str:
        """Return what a limit allows, for people.

        >>> Limits(2.5, 300 << 20).allowed("seconds"), Limits(2.5, 300 << 20).allowed("memory")
        ('2.5 s', '300M of memory')
        """
        if limit == "seconds":
            return f"{self.seconds:g} s"
        size, units = self.memory, iter("KMGT")
        unit = ""
        while size and size % 1024 == 0:
            size, unit = size // 1024, next(units)
        return f"{size}{unit} of memory"

    def prepare(self) -> None:
        """Let this process have so many bytes more than it has now, and end it when its timer runs out.

        Counted are pages of memory that are the process's own and can be written to (``RLIMIT_DATA``); where the
        system does not tell how many those are (anything but Linux) memory is not limited.
        """
        if _TIMERS:
            signal.signal(signal.SIGALRM, signal.SIG_DFL)
        if self.memory and sys.platform == "linux":
            import resource  # there is none on Windows

            limit = _data_bytes() + self.memory
            _, hard = resource.getrlimit(resource.RLIMIT_DATA)
            resource.setrlimit(resource.RLIMIT_DATA, (limit if hard < 0 else min(limit, hard), hard))

    def arm(self) -> None:
        """Start the clock anew."""
        if not self.seconds:
            return
        if _TIMERS:
            signal.setitimer(signal.ITIMER_REAL, self.seconds)
        else:
            faulthandler.dump_traceback_later(self.seconds, exit=True, file=_nowhere())

    def disarm(self) -> None:
        """Stop the clock."""
        if not self.seconds:
            return
        if _TIMERS:
            signal.setitimer(signal.ITIMER_REAL, 0.0)
        else:
            faulthandler.cancel_dump_traceback_later()

    def check(self, pages: Iterable[Page]) -> None:
        """Raise ``MemoryError`` where a rule or a filter was refused memory, which would pass as a crash of it."""
        if not self.memory:
            return
        for page in pages:
            for finding in page.findings:
                if finding.code != "ERR001":
                    continue
                error = str(finding.because.get("error", ""))
                if error.partition(":")[0].endswith("MemoryError"):
                    raise MemoryError(error)


NO_LIMITS = Limits()
"""Those of a process that is not a worker."""


def _data_bytes() -> int:
    """Return the bytes that the system counts against ``RLIMIT_DATA`` now."""
    for line in Path("/proc/self/status").read_text("ascii", "replace").splitlines():
        if line.startswith("VmData:"):
            return int(line.split()[1]) * 1024
    return 0


@cache
def _nowhere() -> int:
    return os.open(os.devnull, os.O_WRONLY)
