"""Worker processes: how one is started, asked, listened to and ended."""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading
import traceback
import warnings
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from scrubkit.core.processes import safe_path
from scrubkit.processes.crafts import Craft, Hand
from scrubkit.processes.limits import OUT_OF_MEMORY, Death
from scrubkit.processes.memory import collect, settle

__all__ = ["METHOD", "Answer", "Worker"]

METHOD = "forkserver" if os.name == "posix" else "spawn"
"""How a worker is started that is no copy of this process."""

_PATIENCE = 1.0  # seconds a worker has to end when it is told to


@dataclass(frozen=True, slots=True)
class Answer:
    """What a worker says: that it is ready, what one document made, what a piece made, or an error of ours."""

    part: Any = None
    made: Any = None
    last: bool = False
    error: BaseException | None = None


class Worker:
    """A process that works on one piece after the other.

    It is given one when it asks, never two, so that its death says over which it died.
    """

    def __init__(self, craft: Craft[Any, Any, Any]) -> None:
        """Start it."""
        fork = _may_fork()
        if fork:
            craft.warm()
        context: Any = get_context("fork" if fork else METHOD)
        if not fork and METHOD == "forkserver":
            context.set_forkserver_preload([craft.preload])
        theirs: Connection
        self.line: Connection
        self.line, theirs = context.Pipe()
        # Ended with this process whatever happens to it: a daemon in the words of the library.
        self._process = context.Process(
            target=_work, args=(theirs, craft), kwargs={"forked": fork}, daemon=True, name="scrubkit"
        )
        _lines.add(self.line)
        with safe_path(), warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # of the threads that know of forks
            self._process.start()
        theirs.close()
        self.ready = False  # it has said so: whatever ends it before, it was no document
        self.piece: Any = None
        self.parts: list[Any] = []
        self.tried = -1  # the part at which one before it was ended, by we do not know whom

    def give(self, piece: Any, *, singly: bool) -> None:
        """Hand over a piece of work; singly: from the document on of which no part came yet."""
        self.piece = piece
        with suppress(OSError):  # it has died: that is noticed where it is listened to
            self.line.send((piece, len(self.parts) if singly else None))

    def hear(self) -> Answer | None:
        """Return what it says, ``None`` where it died."""
        try:
            answer: Answer = self.line.recv()
        except (EOFError, OSError):
            return None
        return answer

    def death(self) -> Death:
        """Return how it died."""
        self._process.join(_PATIENCE)
        self.stop()
        return Death(self._process.exitcode)

    def stop(self) -> None:
        """End it now: what it has not finished is lost."""
        if self._process.is_alive():
            self._process.terminate()
            self._process.join(_PATIENCE)
            if self._process.is_alive():
                self._process.kill()
                self._process.join(_PATIENCE)
        _lines.discard(self.line)
        self.line.close()


_lines: set[Connection] = set()  # this process's ends: a forked worker that held them would outlive it


def _may_fork() -> bool:
    """Return whether a copy of this process can go on as a worker, which costs a hundredth of a new interpreter.

    Not where another thread of Python may hold a lock at this moment, nor where system libraries do not stand it.
    (Those of NumPy and Arrow have threads that know of forks.)
    """
    return sys.platform == "linux" and threading.active_count() == 1


def _work(line: Connection, craft: Craft[Any, Any, Any], *, forked: bool) -> None:
    """Work on what comes down the line until it is closed; an interrupt is the parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    if forked:  # it holds what its parent has open
        for other in _lines:
            other.close()
        _lines.clear()
        gc.freeze()  # what was inherited stays shared: looking through it for garbage would copy it
    settle()
    try:
        with suppress(EOFError, OSError):  # the parent has gone: nothing else is done on the line here
            hand, error = _ready(craft)
            line.send(Answer(error=error))
            if hand is not None:
                craft.limits.prepare()
                while True:
                    piece, start = line.recv()
                    line.send(_answer(hand, piece, start, line))
                    collect()
    except MemoryError:
        os._exit(OUT_OF_MEMORY)  # now: nothing here can be relied on any more


def _ready(craft: Craft[Any, Any, Any]) -> tuple[Hand[Any, Any, Any] | None, Exception | None]:
    """Return what does the work, or why there is nothing."""
    try:
        return craft.hand(), None
    except Exception as error:  # noqa: BLE001  raised again by the parent
        error.add_note(traceback.format_exc())
        return None, error


def _answer(hand: Hand[Any, Any, Any], piece: Any, start: int | None, line: Connection) -> Answer:
    """Return what is to be said at the end of a piece of work; errors of reading and writing files are told, too."""
    try:
        if start is None:
            return Answer(made=hand.whole(piece), last=True)
        for part in hand.singly(piece, start):
            line.send(Answer(part=part))
        return Answer(last=True)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  raised again by the parent
        error.add_note(traceback.format_exc())
        return Answer(error=error)
