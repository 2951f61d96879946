"""Run ``scrubkit`` with pages that hang, fill the memory or end their process, by the word that stands in them.

``python hostile_run.py FOLDER ARGUMENTS``: ``FOLDER`` takes a file for each document that was begun by its word.
"""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np  # here: on a loaded machine it takes seconds, which no document's time should be spent on

from scrubkit.engine import run
from scrubkit.page import Page
from scrubkit.pipeline import Pipeline
from scrubkit.processes import workers
from scrubkit.processes.crafts import Craft


def hang() -> None:
    """Loop in compiled code that holds the interpreter: no Python handler ever runs."""
    re.match(r"(a+)+$", "a" * 64 + "c")


def hog() -> None:
    held = []
    while True:
        held.append(bytearray(20_000_000))


def array() -> None:
    np.ones(1 << 40, np.uint8)


def crowd() -> None:
    """Be killed as the system does it when the machine's memory is gone."""
    os.kill(os.getpid(), signal.SIGKILL)


def segfault() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


ACTS: dict[str, Callable[[], None]] = {
    "HANGS": hang,
    "SLEEPS": lambda: time.sleep(1e6),
    "HOGS": hog,
    "ARRAY": array,
    "CROWDS": crowd,
    "ABORTS": os.abort,
    "FAULTS": segfault,
    "INTERRUPTS": lambda: os.kill(os.getppid(), signal.SIGINT),
}

OFTEN = {"ONCE": 1, "TWICE": 2}
"""How often a document does harm, by a word that stands in it; else each time."""

_guarded = Pipeline.guarded


def guarded(self: Pipeline, pages: Sequence[Page]) -> Sequence[Page]:
    for page in pages:
        data = page.record.data
        text = data if isinstance(data, str) else data.decode("utf-8", "replace")
        for word, act in ACTS.items():
            if word not in text:
                continue
            mark = Path(sys.argv[1]) / f"{word}-{time.monotonic_ns()}"
            mark.touch()
            times = next((n for often, n in OFTEN.items() if often in text), sys.maxsize)
            if len(list(mark.parent.glob(f"{word}-*"))) <= times:
                act()
    return _guarded(self, pages)


_ready = workers._ready


def ready(craft: Craft[Any, Any, Any]) -> object:
    """The first workers, as many as ``STILLBORN`` says, are killed before they have begun."""
    mark = Path(sys.argv[1]) / f"BORN-{time.monotonic_ns()}"
    mark.touch()
    if len(list(mark.parent.glob("BORN-*"))) <= int(os.environ.get("STILLBORN", "0")):
        crowd()
    mark.unlink()
    return _ready(craft)


if __name__ == "__main__":
    Pipeline.guarded = guarded  # type: ignore[method-assign]
    workers._ready = ready  # type: ignore[assignment]
    run.code_version = lambda: "x"  # the program may be edited while tests run
    from scrubkit.cli import main

    main(sys.argv[2:])
