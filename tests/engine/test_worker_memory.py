"""What workers leave in memory between pieces of work."""

from __future__ import annotations

import ctypes
import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest

from scrubkit.processes.limits import NO_LIMITS, Death, Limits
from scrubkit.processes.pool import Pool


class Knot:
    """What only the collector lets go."""

    def __init__(self) -> None:
        self.itself = self


@dataclass
class Ties:
    """Makes a knot at each piece, and says how many of earlier ones are still there."""

    seen: list[weakref.ref[Knot]] = field(default_factory=list)

    def whole(self, piece: int) -> int:
        left = sum(ref() is not None for ref in self.seen)
        self.seen += [weakref.ref(Knot()) for _ in range(piece)]
        return left

    def singly(self, piece: int, start: int) -> Iterator[int]:
        raise NotImplementedError


@dataclass(frozen=True)
class Tying:
    limits: Limits = NO_LIMITS
    preload = "scrubkit.processes.workers"

    def warm(self) -> None:
        """Nothing has to be loaded."""

    def hand(self) -> Ties:
        return Ties()

    def aside(self, piece: int, at: int, death: Death) -> tuple[int, bool]:
        raise NotImplementedError

    def joined(self, piece: int, parts: list[int]) -> int:
        raise NotImplementedError


def test_what_only_the_collector_frees_goes_with_its_piece() -> None:
    """Pages of a filter that makes cycles do not pile up, though the collector is seldom asked in between."""
    pool = Pool(Tying(), 1)
    try:
        assert list(pool.run(iter([100, 100, 0]))) == [0, 0, 0]
    finally:
        pool.stop()


def test_this_process_stays_as_it_is() -> None:
    """Only workers are told to collect seldom: the caller's process is the caller's."""
    before = gc.get_threshold()
    test_what_only_the_collector_frees_goes_with_its_piece()
    assert gc.get_threshold() == before


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "mallopt"), reason="has another C library")
def test_memory_that_was_let_go_is_taken_again_without_the_system() -> None:
    """Blocks of a page's size, made and dropped over and over, cost next to no page faults."""
    code = """
import resource
from scrubkit.processes.memory import settle
settle()
def work():
    for _ in range(20):
        held = [bytearray(b'x') * 1_000_000 for _ in range(16)]
work()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
work()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 1000
