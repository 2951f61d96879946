"""Workers that end over what they are given: a run comes to its end all the same."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from scrubkit.core.errors import ScrubkitError
from scrubkit.processes.limits import NO_LIMITS, Death, Limits
from scrubkit.processes.pool import Pool

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX systems")


@dataclass(frozen=True)
class Fragile:
    """Gives each document of a piece back; a worker ends at the one whose number is ``deadly``, or behind the last."""

    deadly: int | None

    def whole(self, piece: int) -> list[str]:
        return list(self.singly(piece, 0))

    def singly(self, piece: int, start: int) -> Iterator[str]:
        for number in range(start, piece):
            if number == self.deadly:
                os.kill(os.getpid(), signal.SIGKILL)
            yield f"{number} done"
        if self.deadly is None or self.deadly >= piece:
            os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class Glass:
    """The craft of fragile hands."""

    deadly: int | None
    endless: bool = False
    limits: Limits = NO_LIMITS
    preload = "scrubkit.processes.workers"

    def warm(self) -> None:
        """Nothing has to be loaded."""

    def hand(self) -> Fragile:
        return Fragile(self.deadly)

    def aside(self, piece: int, at: int, death: Death) -> tuple[str | None, bool]:
        return (f"{at} aside", True) if at < piece or self.endless else (None, False)

    def joined(self, piece: int, parts: list[str]) -> list[str]:
        return parts


def made(craft: Glass, *pieces: int) -> list[list[str]]:
    """Return what a pool of one worker makes of some pieces."""
    pool = Pool(craft, 1)
    try:
        return list(pool.run(iter(pieces)))
    finally:
        pool.stop()


def test_a_document_that_ends_its_worker_twice_is_set_aside() -> None:
    """Those in front of it and behind it are done."""
    assert made(Glass(1), 3) == [["0 done", "1 aside", "2 done"]]


def test_a_worker_that_ends_behind_the_last_document_costs_none() -> None:
    """Every document was done, so nothing is set aside, and the run ends."""
    assert made(Glass(None), 2, 1) == [["0 done", "1 done"], ["0 done"]]


def test_workers_that_always_end_end_the_run() -> None:
    """Where no worker finishes anything, the run says so instead of starting workers for ever."""
    with pytest.raises(ScrubkitError, match="workers in a row ended and finished nothing"):
        made(Glass(0, endless=True), 0, 1)
