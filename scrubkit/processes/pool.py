"""Run pieces of work on a pool of processes, with back-pressure, and go on when a worker dies."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from multiprocessing.connection import Connection, wait
from typing import Generic, TypeVar

from scrubkit.core.errors import ScrubkitError
from scrubkit.processes.crafts import Craft
from scrubkit.processes.limits import Death
from scrubkit.processes.workers import Worker

__all__ = ["Pool", "default_jobs"]

P = TypeVar("P")
Q = TypeVar("Q")
M = TypeVar("M")

_STILLBORN = 20
"""So many workers in a row may end before they are ready; then something is wrong with them all."""

_BARREN = 200
"""So many may crash in a row over whatever they are given: two for each document that is set aside."""


def default_jobs() -> int:
    """Return the number of processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


class Pool(Generic[P, Q, M]):
    """Workers that stay from one use to the next.

    When a worker dies, its piece is run again after all others, document by document; a document that ends its worker
    again is set aside as the craft says: at once where it met a limit, else (somebody may be killing workers) when it
    does so twice.
    """

    def __init__(self, craft: Craft[P, Q, M], workers: int) -> None:
        """Take how many there may be; they are started when there is work."""
        self._craft = craft
        self._most = workers
        self._idle: list[Worker] = []
        self._busy: dict[Connection, Worker] = {}
        self._suspects: list[tuple[P, Death]] = []
        self._stillborn = self._barren = 0

    def run(self, pieces: Iterator[P]) -> Iterator[M]:
        """Yield what each piece made, as it finishes.

        Suspects come last, when all processors are free for them: first those whose time ran out, several at a time,
        then, one at a time with the memory for itself, the others.
        """
        yield from self._each(pieces, self._most, singly=False)
        suspects, self._suspects = self._suspects, []
        late = [piece for piece, death in suspects if death.limit == "seconds"]
        yield from self._each(iter(late), self._most, singly=True)
        others = [piece for piece, death in suspects if death.limit != "seconds"]
        for worker in self._idle[1:] if others else ():
            worker.stop()
        if others:
            del self._idle[1:]
        yield from self._each(iter(others), 1, singly=True)

    def stop(self) -> None:
        """End all workers now."""
        for worker in [*self._idle, *self._busy.values()]:
            worker.stop()
        self._idle.clear()
        self._busy.clear()

    def _each(self, pieces: Iterator[P], most: int, *, singly: bool) -> Iterator[M]:
        """Yield what finished. As many are read ahead as there are workers: enough to keep them at it."""
        ahead: deque[P] = deque()
        more = True
        while True:
            if more and len(ahead) < most:
                try:
                    ahead.append(next(pieces))
                except StopIteration:
                    more = False
            while ahead and (self._idle or len(self._busy) < most):
                self._give(ahead.popleft(), singly=singly)
            if not self._busy and not ahead and not more:
                return
            for line in wait(list(self._busy), timeout=0 if more and len(ahead) < most else None):
                assert isinstance(line, Connection)
                yield from self._heard(self._busy[line], singly=singly)

    def _give(self, piece: P, *, singly: bool) -> None:
        worker = self._idle.pop() if self._idle else Worker(self._craft)
        worker.parts, worker.tried = [], -1
        self._busy[worker.line] = worker
        worker.give(piece, singly=singly)

    def _heard(self, worker: Worker, *, singly: bool) -> Iterator[M]:
        """Yield what a worker made, if that is what it says."""
        answer = worker.hear()
        if answer is None:
            del self._busy[worker.line]
            yield from self._died(worker, worker.piece, singly=singly)
            return
        if answer.error is not None:
            raise answer.error
        worker.ready, self._stillborn = True, 0
        if answer.part is not None:
            worker.parts.append(answer.part)
            self._barren = 0
        if answer.last:
            self._barren = 0
            del self._busy[worker.line]
            self._idle.append(worker)
            yield self._craft.joined(worker.piece, worker.parts) if singly else answer.made

    def _died(self, worker: Worker, piece: P, *, singly: bool) -> Iterator[M]:
        """Note the piece for another try; in that one set the document aside and go on behind it."""
        death, parts, tried = worker.death(), worker.parts, worker.tried
        at = len(parts)
        self._count(death, ready=worker.ready)
        if not worker.ready:
            pass  # another takes its place
        elif not singly:
            self._suspects.append((piece, death))
            return
        elif death.certain or tried == at:
            part, on = self._craft.aside(piece, at, death)
            parts = parts if part is None else [*parts, part]
            if not on:
                yield self._craft.joined(piece, parts)
                return
        else:
            tried = at
        after = Worker(self._craft)
        after.parts, after.tried = parts, tried
        self._busy[after.line] = after
        after.give(piece, singly=singly)

    def _count(self, death: Death, *, ready: bool) -> None:
        """Count a worker that ended; raise where none comes to work, or none comes to the end of any."""
        self._stillborn += not ready
        self._barren += ready and not death.certain
        if self._stillborn >= _STILLBORN:
            raise ScrubkitError(
                f"{_STILLBORN} workers in a row ended before they had begun ({death.how})",
                remedy="see whether the machine has memory and processes left, or use -j 1 and no limits",
            )
        if self._barren >= _BARREN:
            raise ScrubkitError(
                f"{_BARREN} workers in a row ended and finished nothing ({death.how})",
                remedy="a library may be broken: install scrubkit anew; where that does not help, please report it",
            )
