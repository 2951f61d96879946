"""A newcomer's path: nothing but the README, in a fresh copy of the sources and an environment of its own.

Its commands are run in the order of the page in one shell, its files are written where their first line says, its
Python runs in the environment that it told to make; every output that it shows is compared. There is no compiler, as
on many a clean machine: the plain versions of the kernels serve.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from blocks import Block, agrees, blocks_of, steps_of
from worlds import ROOT

NO_NETWORK = re.compile(r"No matching distribution|Could not find a version|Temporary failure|timed out|SSLError")
PLACE = re.compile(r"# (\S+/\S+)\n")
MARK = "@@@@"


def checkout(folder: Path) -> Path:
    """Return a clone of the sources as they are, released as the version that the README names."""
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file() and not name.startswith(("tests/", "benchmarks/", "training/")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    git = ["git", "-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false"]
    for arguments in (["init", "-q"], ["add", "-A", "-f"], ["commit", "-q", "-m", "As it is"], ["tag", "v0.1.0"]):
        subprocess.run([*git, *arguments], cwd=folder, check=True)
    return folder


def commands(block: Block, folder: Path) -> list[tuple[str, tuple[str, ...] | None]]:
    """Return what a block asks of the shell, with the output shown; a file is written by a command, too."""
    place = PLACE.match(block.text)
    if place is not None:
        body = block.text if block.language != "toml" else block.text.partition("\n")[2]
        name = folder / ".parts" / f"{block.line}"
        name.parent.mkdir(exist_ok=True)
        name.write_text(body)
        return [(f"mkdir -p {Path(place[1]).parent} && cp {name} {place[1]}", None)]
    if block.language == "console":
        return [(step.command, step.output or None) for step in steps_of(block.text)]
    if block.language == "python":
        name = folder / ".parts" / f"{block.line}.py"
        name.parent.mkdir(exist_ok=True)
        name.write_text(block.text)
        return [(f"python {name}", None)]
    return []


@pytest.mark.slow
def test_readme_from_top_to_bottom(tmp_path: Path) -> None:
    """Install, clean the samples, make the report, ask about a line, restore, hook a repository, write a rule."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    folder = tmp_path / "scrubkit"
    folder.mkdir()
    checkout(folder)
    steps = [step for block in blocks_of(ROOT / "README.md", "README.md") for step in commands(block, tmp_path)]
    script = "".join(f"echo {MARK}\n{command}\necho {MARK} $?\n" for command, _ in steps)
    env = {k: v for k, v in os.environ.items() if not k.startswith(("SCRUBKIT_", "PYTHON", "GIT_", "VIRTUAL_ENV"))}
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / ".gitconfig").write_text(
        f'[url "{folder.as_uri()}"]\n\tinsteadOf = https://github.com/scrubkit/scrubkit\n[safe]\n\tdirectory = *\n'
    )
    env |= {
        "CC": "/bin/false", "CXX": "/bin/false", "COLUMNS": "100", "HOME": str(tmp_path / "home"), "NO_COLOR": "1",
        "PRE_COMMIT_COLOR": "never",
        "PRE_COMMIT_HOME": str(tmp_path / "pre-commit"), "PATH": f"{shim(tmp_path)}:{env['PATH']}",
    }  # fmt: skip
    done = subprocess.run(
        ["bash", "-c", script], cwd=folder, env=env, text=True, timeout=2400,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    if NO_NETWORK.search(done.stdout):
        pytest.skip(f"the package index is out of reach: {done.stdout[-400:]}")
    said = done.stdout.split(f"{MARK}\n")[1:]
    assert len(said) == len(steps)
    wrong = []
    for (command, shown), answer in zip(steps, said, strict=True):
        text, _, code = answer.rpartition(MARK)
        if int(code) not in (0, 1) or (shown is not None and not agrees(shown, text)):
            wrong.append(f"$ {command}\n{text}exit code{code}")
    assert not wrong, "\n".join(wrong)
    assert (folder / "report.html").stat().st_size > 100_000


def shim(folder: Path) -> Path:
    """Return a folder in which ``python3`` is the interpreter of the tests: the machine's own may be another."""
    (folder / "bin").mkdir()
    real = Path(sys.executable).resolve()
    (folder / "bin" / "python3").symlink_to(real)
    return folder / "bin"
