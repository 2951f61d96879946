"""The command line: one group, one file a command, each loaded when it is asked for.

Data goes to standard output, messages to standard error. Exit code 0: done; 1: something was found or set aside
because of a fault; 2: wrong use, or an error. An error a user can mend is told in one line, without a traceback.
"""

from __future__ import annotations

import atexit
import gc
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import click

from scrubkit import __version__
from scrubkit.core.errors import ScrubkitError

__all__ = ["COMMANDS", "main"]

COMMANDS: dict[str, tuple[str, str]] = {
    "clean": ("clean:clean", "Clean scrapes into a corpus, with a reason for everything that went."),
    "check": ("check:check", "Check a corpus and report what is wrong with it; for hooks and CI."),
    "dedup": ("dedup:dedup", "Find documents that say the same."),
    "fit": ("fit:fit", "Learn the templates of a corpus, to take out with --templates."),
    "diff": ("diff:diff", "Show what cleaning takes out of a page."),
    "restore": ("restore:restore", "Rebuild the texts before cleaning from a cleaned corpus."),
    "explain": ("explain:explain", "Say what a rule looks for, or what was found on a line."),
    "rules": ("rules:rules", "List the rules."),
    "report": ("report:report", "Write a page that shows what a run kept and removed."),
    "index": ("index:index", "Keep an index of a corpus to look duplicates up in."),
    "eval": ("evaluate:evaluate", "Score cleaning against gold lines and clusters."),
    "plugins": ("plugins:plugins", "List the plug-ins that are installed."),
    "config": ("config_show:config", "Show the settings in force and where each comes from."),
}
"""Verb: (module:name below ``scrubkit.cli``, what it does)."""


class _Group(click.Group):
    """A group that imports a command at its first use and tells errors in one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return [verb for verb, (target, _) in COMMANDS.items() if find_spec(_module(target)) is not None]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        target = COMMANDS[cmd_name][0]
        command = getattr(import_module(_module(target)), target.partition(":")[2])
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(verb, COMMANDS[verb][1]) for verb in self.list_commands(ctx)])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] in _HEAVY and not {"-q", "--quiet", "-h", "--help"}.intersection(args):
            _tell_slowness()
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            from difflib import get_close_matches

            close = get_close_matches(args[0], self.list_commands(ctx), n=1)
            hint = f" (did you mean {close[0]}?)" if close else ""
            raise click.UsageError(f"{error.message.rstrip('.')}{hint}", ctx) from None

    def main(self, *args: Any, **kwargs: Any) -> Any:
        with _inherited(), _patient_collector():
            return self._main(*args, **kwargs)

    def _main(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().main(*args, **kwargs)
        except ScrubkitError as error:
            click.echo(f"scrubkit: error: {error}", err=True)
            sys.exit(2)
        except BrokenPipeError:
            # Whoever read the output has gone; Python would complain again while it flushes at the end.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(0)
        except MemoryError:
            click.echo("scrubkit: error: out of memory (use fewer --jobs, or split the input)", err=True)
            sys.exit(2)


_HEAVY = ("clean", "dedup", "index", "eval")


@contextmanager
def _inherited() -> Iterator[None]:
    """Set what worker processes inherit while a command runs.

    They begin as ``python -c``, which would look for modules in the current folder first: there lie scrapes, and
    anything may be among them. A kernel that is missing is told once by this process, not by each of them. No command
    multiplies matrices: the threads that NumPy's library starts for that would spin and do nothing.
    """
    before = {name: os.environ.get(name) for name in ("OPENBLAS_NUM_THREADS", "PYTHONSAFEPATH", "PYTHONWARNINGS")}
    os.environ["OPENBLAS_NUM_THREADS"] = before["OPENBLAS_NUM_THREADS"] or "1"
    os.environ["PYTHONSAFEPATH"] = before["PYTHONSAFEPATH"] or "1"
    os.environ["PYTHONWARNINGS"] = ",".join(
        filter(None, (before["PYTHONWARNINGS"], f"ignore:{_KERNEL}:RuntimeWarning"))
    )
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=_KERNEL, category=RuntimeWarning)
            yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


_NEW = 150_000


@contextmanager
def _patient_collector() -> Iterator[None]:
    """Let a command make more objects before the collector looks for cycles among them.

    Loading modules makes some hundred thousand that stay; looking through them again and again is a tenth of a start.
    """
    before = gc.get_threshold()
    gc.set_threshold(_NEW, 20, 50)
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)  # nor at the end of the process, through all that ends with it
    try:
        yield
    finally:
        gc.set_threshold(*before)


_KERNEL = "scrubkit's compiled kernel"


def _tell_slowness() -> None:
    from scrubkit.kernels import missing

    names = missing()
    if names:
        how = "install a C compiler and then: pip install --no-cache-dir --force-reinstall scrubkit"
        click.echo(
            f"scrubkit: note: not compiled: {', '.join(names)}; the plain versions work, slower ({how})", err=True
        )


def _module(target: str) -> str:
    return f"scrubkit.cli.{target.partition(':')[0]}"


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, "-V", "--version", prog_name="scrubkit")
def main() -> None:
    """Turn noisy web scrapes into a clean, deduplicated corpus, with a reason for everything that went."""
