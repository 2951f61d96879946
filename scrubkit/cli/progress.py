"""Progress on standard error: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import Any

import click

__all__ = ["Shown"]

_EVERY = 10.0  # seconds between log lines


class Shown:
    """Shows the steps of a run while it lasts."""

    def __init__(self, *, quiet: bool = False) -> None:
        """Choose a bar, lines, or silence."""
        self._quiet = quiet
        self._bar: Any = None
        self._task: Any = None
        self._stage = ""
        self._said = self._begun = time.monotonic()

    def __enter__(self) -> Shown:
        """Draw the bar where there is a terminal."""
        if not self._quiet and sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

            columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.fields[told]}"))
            self._bar = Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True)
            self._task = self._bar.add_task("start", total=None, told="")
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the bar away."""
        if self._bar is not None:
            self._bar.stop()

    def step(self, stage: str, documents: int, share: float) -> None:
        """Tell how far a stage is; ``share`` of the input is done, 0 where that is not known."""
        now = time.monotonic()
        spent = max(now - self._begun, 1e-9)
        told = f"{documents:,} documents, {documents / spent:,.0f}/s" if documents else ""
        if share and documents:
            left = spent / share - spent
            told += f", {share:.0%}, {int(left) // 60}:{int(left) % 60:02} left"
        if self._bar is not None:
            self._bar.update(self._task, description=stage, told=told)
        elif not self._quiet and now - self._said >= _EVERY:
            self._said = now
            click.echo(f"scrubkit: {stage}{': ' if told else ''}{told}", err=True)
