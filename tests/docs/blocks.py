"""The code blocks of a page of the docs, and what it means to run one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["NOT_RUN", "Block", "Step", "agrees", "blocks_of", "steps_of"]

NOT_RUN = "not run: "
"""How a title of a block begins that is not run; the reason follows, and the site shows it above the block."""

_FENCE = re.compile(r"(?P<indent> *)(?P<ticks>`{3,})(?P<language>[\w+-]*)(?P<rest>[^`]*)$")
_TITLE = re.compile(r'title="([^"]*)"')


# Said by slow machines, and by those without a compiler.
_PASSING = re.compile(r"scrubkit: (?:[a-z ]+: [\d,]+ documents, .*/s|[a-z ]+$|note: not compiled: )")


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its text, the line of its fence, the reason why it is not run."""

    page: str
    line: int
    language: str
    text: str
    title: str = ""

    @property
    def not_run(self) -> str | None:
        return self.title.removeprefix(NOT_RUN) if self.title.startswith(NOT_RUN) else None

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks_of(path: Path, page: str) -> list[Block]:
    """Return the blocks of a Markdown file, those inside lists too."""
    out: list[Block] = []
    lines = path.read_text("utf-8").split("\n")
    at = 0
    while at < len(lines):
        opened = _FENCE.match(lines[at])
        if opened is None:
            at += 1
            continue
        indent, ticks, first = opened["indent"], opened["ticks"], at + 1
        at = first
        while at < len(lines) and lines[at].strip() != ticks:
            at += 1
        body = "\n".join(line.removeprefix(indent) for line in lines[first:at]) + "\n"
        title = _TITLE.search(opened["rest"])
        out.append(Block(page, first, opened["language"], body, title[1] if title else ""))
        at += 1
    return out


@dataclass(frozen=True)
class Step:
    """A command of a console block and the output that stands below it, if any does."""

    command: str
    output: tuple[str, ...]


def steps_of(text: str) -> list[Step]:
    r"""Return the commands of a console block; a command may go on after a backslash.

    >>> steps_of("$ echo a \\\n  b\na b\n$ true\n")
    [Step(command='echo a \\\n  b', output=('a b',)), Step(command='true', output=())]
    """
    out: list[Step] = []
    going_on = False
    for line in text.rstrip("\n").split("\n"):
        if going_on:
            out[-1] = Step(f"{out[-1].command}\n{line}", ())
        elif line.startswith("$ "):
            out.append(Step(line[2:], ()))
        elif out:
            out[-1] = Step(out[-1].command, (*out[-1].output, line))
            continue
        going_on = line.endswith("\\")
    return out


def agrees(shown: Sequence[str], said: str) -> bool:
    """Return whether what a command said is what the docs show.

    A line of ``…`` alone stands for any lines, ``…`` within a line for any characters; white space at line ends and
    runs of it do not count, nor do lines that tell of progress.

    >>> agrees(["a", "…", "z … 3"], "a\\nb\\nc\\nz is 3\\n"), agrees(["a"], "b")
    (True, False)
    """
    pattern = ""
    for line in shown:
        if line.strip() == "…":
            pattern += r"(?:.*\n)*?"
        else:
            parts = (re.escape(" ".join(part.split())) for part in line.strip().split("…"))
            pattern += r"[^\n]*".join(parts).replace(r"\ ", " ") + r"\n"
    told = [line for line in said.rstrip("\n").split("\n") if not _PASSING.match(line)]
    levelled = "".join(" ".join(line.split()) + "\n" for line in told)
    # Spaces beside an elision were cut off above; they may be there or not.
    return re.fullmatch(pattern.replace(r"[^\n]*", r" ?[^\n]*? ?"), levelled) is not None
