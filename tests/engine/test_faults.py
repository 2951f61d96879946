"""Workers that die: the pieces under way are done again, the culprit alone is set aside."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import scrubkit

SCRIPT = '''
import json, os, sys
from dataclasses import dataclass
from pathlib import Path

from scrubkit.config import load
from scrubkit.engine.pool import run_jobs
from scrubkit.engine.rows import read_rows
from scrubkit.engine.work import Job
from scrubkit.page import Record


class Bomb(str):
    """A media type that kills the process that looks at it."""

    def split(self, *args):
        os._exit(9)


@dataclass(frozen=True)
class Deadly:
    """Three records, of which those listed kill the process that cleans them."""

    number: int
    deadly: tuple = ()

    def weight(self):
        return 1

    def key(self):
        return str(self.number)

    def records(self, fields):
        for i in range(3):
            text = f"Report {self.number} of part {i}: the river rose on Monday and fell again by the evening."
            yield f"{self.number}.jsonl", i + 1, Record(f"{self.number}-{i}", text, media_type=(Bomb if i in self.deadly else str)("text/plain"))


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    jobs = [Job(n, Deadly(n, (1,) if n == 2 else ()), folder / f"{n}.rows") for n in range(4)]
    config = load(isolated=True, overrides={"select": ["NAV001"]})
    made = sorted(run_jobs(iter(jobs), config, workers=2), key=lambda item: item.number)
    print(json.dumps([[(row.id, row.status) for row in read_rows(item.shard)] for item in made]))
    print(json.dumps(sorted(path.name for path in folder.iterdir())))
'''


@pytest.mark.slow
def test_a_record_that_kills_its_worker_is_the_only_one_set_aside(tmp_path: Path) -> None:
    """The other records of its piece, and the pieces that were under way, are cleaned."""
    (tmp_path / "script.py").write_text(SCRIPT)
    (tmp_path / "work").mkdir()
    command = [sys.executable, str(tmp_path / "script.py"), str(tmp_path / "work")]
    env = {**os.environ, "PYTHONPATH": str(Path(scrubkit.__file__).parent.parent)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=env)
    rows, left = map(json.loads, done.stdout.splitlines())
    assert rows == [
        [[f"{n}-{i}", "broken" if (n, i) == (2, 1) else "kept"] for i in range(3)] for n in range(4)
    ]  # fmt: skip
    assert left == ["0.rows", "1.rows", "2.rows", "3.rows"]


@pytest.mark.slow
def test_an_interrupt_ends_the_run_and_leaves_its_work(tmp_path: Path) -> None:
    """Ctrl-C: one line, exit code 130, finished pieces stay for the next run, no worker goes on."""
    (tmp_path / "in").mkdir()
    text = "Report {}: the river rose on Monday and fell again by the evening of the day."
    rows = [json.dumps({"id": str(i), "text": text.format(i)}) for i in range(20_000)]
    (tmp_path / "in/a.jsonl").write_text("\n".join(rows) + "\n")
    command = [sys.executable, "-m", "scrubkit", "clean", str(tmp_path / "in"), "-o", str(tmp_path / "out"), "-j", "2"]
    env = {**os.environ, "PYTHONPATH": str(Path(scrubkit.__file__).parent.parent)}
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=env, start_new_session=True) as run:
        while run.poll() is None and not list(tmp_path.glob("out/.scrubkit/clean-*/*.rows")):
            time.sleep(0.02)
        os.killpg(run.pid, signal.SIGINT)
        told = run.communicate(timeout=60)[1]
    assert run.returncode == 130
    assert "scrubkit: stopped (the same command goes on from here)" in told
    assert list(tmp_path.glob("out/.scrubkit/clean-*/*.rows"))
    assert not (tmp_path / "out/manifest.json").exists()
