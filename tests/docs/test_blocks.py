"""Every code block of the docs runs: Python is executed, commands are run and compared, settings are read."""

from __future__ import annotations

import doctest
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from blocks import NOT_RUN, Block, agrees, blocks_of, steps_of
from worlds import PREAMBLES, ROOT, make_world

PAGES = ["README.md", *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md"))]
# Pages whose commands take long, or install something.
SLOW = {"docs/tutorial.md"}
# Pages whose blocks another test runs.
ELSEWHERE = {"README.md": "test_newcomer.py"}
PLAIN = {"", "text", "html", "diff", "xml", "ini", "csv", "css"}
KNOWN = PLAIN | {"python", "pycon", "console", "sh", "bash", "toml", "yaml", "json", "jsonl"}

ALL = {page: blocks_of(ROOT / page, page) for page in PAGES}
# Commands that change the machine beyond the folder; the newcomer's path runs those that install.
NOT_HERE = re.compile(r"(?:\S*pip|apt|python3? -m (?:venv|pip)|make|git clone|pre-commit|\. |source|eval|cd|ray) ")


def marked(page: str) -> Any:
    return pytest.param(page, marks=[pytest.mark.slow] if page in SLOW else [])


def test_every_block_has_a_known_language() -> None:
    """So that none is passed over because nobody knows how to run it."""
    assert [str(block) for blocks in ALL.values() for block in blocks if block.language not in KNOWN] == []


def test_what_is_not_run_says_why() -> None:
    """The reason stands above the block for every reader, and there are few such blocks."""
    left_out = [block for blocks in ALL.values() for block in blocks if block.not_run is not None]
    assert all(len(block.not_run or "") > 10 for block in left_out)
    assert len(left_out) <= 25, [str(block) for block in left_out]


@pytest.fixture
def world(page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Return the folder that is the current one while blocks run; what is on the path there is as it was before."""
    path, modules = list(sys.path), set(sys.modules)
    for name in ("NO_COLOR", "FORCE_COLOR", "SCRUBKIT_CACHE_DIR", "SCRUBKIT_PLUGINS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.chdir(make_world(tmp_path, page))
    yield tmp_path
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        if not name.startswith(("scrubkit", "numpy", "pyarrow")):
            origin = getattr(sys.modules[name], "__file__", None) or ""
            if origin.startswith(str(tmp_path)):
                del sys.modules[name]


def run_command(command: str) -> str:
    """Return what a command says, both outputs as they come; commands of scrubkit run in this process."""
    if re.fullmatch(r"scrubkit [^|<>&;$`*\n]*", command):
        import shlex

        from click.testing import CliRunner

        from scrubkit.cli import main

        words = shlex.split(command, comments=True)[1:]
        result = CliRunner().invoke(main, words)
        assert result.exit_code in (0, 1), f"{command}: {result.output}"
        return result.output
    here = f'scrubkit() {{ "{sys.executable}" -m scrubkit "$@"; }}\n'
    here += f'python() {{ "{sys.executable}" "$@"; }}\n'
    done = subprocess.run(
        ["bash", "-c", f"{here}{command}"], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    assert done.returncode in (0, 1), f"{command}: {done.stdout}"
    return done.stdout


def run_console(block: Block) -> None:
    for step in steps_of(block.text):
        if NOT_HERE.match(step.command):
            continue
        said = run_command(step.command)
        if step.output:
            assert agrees(step.output, said), f"{block}: $ {step.command}\n{said}"


def run_shell(block: Block) -> None:
    for line in block.text.replace("\\\n", " ").split("\n"):
        if line.strip() and not line.startswith("#") and not NOT_HERE.match(line):
            run_command(line)


def run_pycon(block: Block, names: dict[str, Any]) -> None:
    test = doctest.DocTestParser().get_doctest(block.text, names, str(block), block.page, block.line)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    said: list[str] = []
    runner.run(test, out=said.append, clear_globs=False)
    assert not runner.failures, "".join(said)
    names.update(test.globs)


def read_toml(block: Block, folder: Path) -> None:
    """Settings are read as settings; files of a package are read as TOML."""
    from scrubkit.config import load

    told = tomllib.loads(block.text)
    if "project" in told or "build-system" in told or any(isinstance(v, dict) and _is_cues(v) for v in told.values()):
        return
    name = "pyproject.toml" if "tool" in told else "scrubkit.toml"
    (folder / "settings").mkdir(exist_ok=True)
    (folder / "settings" / name).write_text(block.text)
    load(file=folder / "settings" / name)


def _is_cues(table: dict[str, Any]) -> bool:
    from scrubkit.rules.cues import WHERE

    return bool(table) and set(table) <= set(WHERE)


def read_yaml(block: Block) -> None:
    """A pre-commit configuration names hooks that there are."""
    yaml = pytest.importorskip("yaml")
    told = yaml.safe_load(block.text)
    hooks = {hook["id"] for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())}
    for repository in told.get("repos", ()) if isinstance(told, dict) else ():
        if repository["repo"].rstrip("/").endswith(("scrubkit", "scrubkit-pre-commit")):
            assert {hook["id"] for hook in repository["hooks"]} <= hooks


@pytest.mark.parametrize("page", [marked(page) for page in PAGES if page not in ELSEWHERE])
def test_blocks_of_a_page_run(page: str, world: Path) -> None:
    """In their order, in one folder, with one set of names, as somebody who reads the page would run them."""
    names: dict[str, Any] = {"__name__": "page"}
    exec(PREAMBLES.get(page, ""), names)
    for block in ALL[page]:
        if block.not_run is not None:
            continue
        if block.language == "python":
            exec(compile("\n" * block.line + block.text, str(ROOT / page), "exec"), names)
        elif block.language == "pycon":
            run_pycon(block, names)
        elif block.language == "console":
            run_console(block)
        elif block.language in ("sh", "bash"):
            run_shell(block)
        elif block.language == "toml":
            read_toml(block, world)
        elif block.language == "yaml":
            read_yaml(block)
        elif block.language in ("json", "jsonl"):
            for line in [block.text] if block.language == "json" else block.text.splitlines():
                json.loads(line)


def test_a_wrong_block_is_found(tmp_path: Path) -> None:
    """The comparison sees another word, another number, a line more."""
    assert agrees(["1 file checked: … findings"], "1 file checked: 3 findings\n")
    assert not agrees(["1 file checked: 3 findings"], "1 file checked: 4 findings\n")
    assert not agrees(["a"], "a\nb\n")
    (tmp_path / "p.md").write_text(f'```python title="{NOT_RUN}needs a bucket of yours"\nx\n```\n')
    assert blocks_of(tmp_path / "p.md", "p")[0].not_run == "needs a bucket of yours"
