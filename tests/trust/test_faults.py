"""Faults put into real runs: what comes out in the end is what an undisturbed run writes, to the byte."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import scrubkit

ROOT = Path(scrubkit.__file__).parent.parent
# The program may be edited while tests run: finished work is taken over all the same. And a piece of work can be made
# to take some time, so that a run is still at work when a test on a crowded machine comes to disturb it.
CODE = """
import os, time
from scrubkit.engine import run, work

def slow(*given, write=work.write_rows, **how):
    time.sleep(float(os.environ.get("SECONDS_A_PIECE", "0")))
    write(*given, **how)

run.code_version = lambda: "x"
work.write_rows = slow
from scrubkit.cli import main
main()
"""

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="faults of this system")]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of ten pieces of work, with copies and broken records in it."""
    root = tmp_path_factory.mktemp("source") / "in"
    root.mkdir()
    words = [a + b for a in ("riv", "har", "mount", "gard", "win", "mark") for b in ("er", "bour", "ain", "en", "ter")]
    for part in range(10):
        rows = []
        for i in range(120):
            number = part * 120 + i - (60 if i % 40 == 39 else 0)  # some stand twice
            prose = " ".join(random.Random(number).choices(words, k=80))
            rows.append(
                json.dumps({"id": f"{part}-{i}", "text": f"Skip to main content\n\nReport {number}: {prose}.\n"})
            )
        (root / f"{part}.jsonl").write_text("\n".join([*rows, "{broken"]) + "\n")
    return root


def command(source: Path, out: Path, *options: str, jobs: int = 2) -> list[str]:
    base = [sys.executable, "-c", CODE, "clean", str(source), "-o", str(out), "--isolated", "-q", "-j", str(jobs)]
    return [*base, *options]


ENV = {**os.environ, "PYTHONPATH": str(ROOT)}


def finish(source: Path, out: Path, *, jobs: int = 2) -> None:
    done = subprocess.run(command(source, out, jobs=jobs), env=ENV, capture_output=True, text=True, timeout=300)
    assert done.returncode == 1, done.stderr  # broken records


def digest(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def undisturbed(source: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a run writes to which nothing happens."""
    out = tmp_path_factory.mktemp("undisturbed") / "out"
    finish(source, out)
    return digest(out)


def shards(out: Path) -> int:
    return len(list(out.glob(".scrubkit/clean-*/*.rows")))


def begun(source: Path, out: Path, *options: str, jobs: int = 2) -> subprocess.Popen[str]:
    """Start a run of some seconds and return it when its first pieces are finished."""
    # who started the tests may have them ignore a hang-up (nohup does), and what is ignored is handed down
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    run = subprocess.Popen(
        command(source, out, *options, jobs=jobs), env={**ENV, "SECONDS_A_PIECE": "0.5"},
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    signal.signal(signal.SIGHUP, before)
    while run.poll() is None and shards(out) < 2:
        time.sleep(0.01)
    return run


def children(pid: int) -> list[int]:
    """Return the processes that a process started and has not seen the end of; none where it has ended itself."""
    try:
        told = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return []
    return [int(child) for child in told.split()]


def alive(pid: int) -> bool:
    """Return whether a process still runs: one that has ended may wait long for somebody to take note of it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def crowded() -> float:
    """Return how many times longer work takes now than on a machine of its own: by the load, and by trying."""
    begin, used = time.monotonic(), time.process_time()
    while time.process_time() - used < 0.05:
        pass
    tried = (time.monotonic() - begin) / 0.05
    return max(1.0, tried, os.getloadavg()[0] / len(os.sched_getaffinity(0)))


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL, signal.SIGHUP])
def test_a_run_that_is_stopped_goes_on_to_the_same_bytes(
    source: Path, undisturbed: dict[str, str], tmp_path: Path, sent: signal.Signals, jobs: int
) -> None:
    """Within two seconds (of a machine of its own) it has ended, without finishing more than it was at, and with all
    its workers; the same command uses what was finished."""
    out = tmp_path / "out"
    with begun(source, out, jobs=jobs) as run:
        workers = children(run.pid)
        assert workers
        begin = time.monotonic()
        if sent == signal.SIGINT:
            os.killpg(run.pid, sent)  # as a terminal does
        else:
            run.send_signal(sent)
        told = run.communicate(timeout=60)[1]
        took = time.monotonic() - begin
    assert took < 2 * crowded() + 1
    assert run.returncode == (130 if sent == signal.SIGINT else -sent)
    assert (sent != signal.SIGINT) or "stopped (the same command goes on from here)" in told
    until = time.monotonic() + 60  # a worker notices at the end of its piece that nobody listens any more
    while any(map(alive, workers)) and time.monotonic() < until:
        time.sleep(0.02)
    assert [pid for pid in workers if alive(pid)] == []
    assert not (out / "manifest.json").exists()
    assert 2 <= shards(out) < 10
    finish(source, out, jobs=jobs)
    assert digest(out) == undisturbed


@pytest.mark.parametrize("jobs", [1, 2])
def test_workers_that_are_killed_change_nothing(
    source: Path, undisturbed: dict[str, str], tmp_path: Path, jobs: int
) -> None:
    """kill -9 of a worker at its work, three times in one run: nothing is set aside, nothing is missing."""
    out = tmp_path / "out"
    killed, finished = 0, 0
    with begun(source, out, jobs=jobs) as run:
        while run.poll() is None and killed < 3:
            if shards(out) > finished:  # the machine may be slow: never twice over one piece of work
                finished = shards(out)
                for pid in children(run.pid)[:1]:
                    os.kill(pid, signal.SIGKILL)
                    killed += 1
            time.sleep(0.01)
        run.communicate(timeout=300)
    assert killed == 3
    assert run.returncode == 1
    assert digest(out) == undisturbed


def test_a_run_that_sleeps_longer_than_a_document_may_take(
    source: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    """Stopped (Ctrl-Z) with its workers for longer than the limit and continued: no document is set aside for it."""
    out = tmp_path / "out"
    with begun(source, out, "--max-seconds-per-document", "9") as run:
        os.killpg(run.pid, signal.SIGSTOP)
        time.sleep(10)
        os.killpg(run.pid, signal.SIGCONT)
        run.communicate(timeout=300)
    assert run.returncode == 1
    told = digest(out)
    for name in ("manifest.json", "report.html"):  # the manifest names the limit
        told.pop(name, None)
    assert told == {name: value for name, value in undisturbed.items() if name != "manifest.json"}


def _unshared(*steps: str) -> bool:
    """Return whether steps can be done in a mount namespace of their own, and do them."""
    if shutil.which("unshare") is None:
        return False
    return subprocess.run(["unshare", "-rm", "sh", "-ec", "\n".join(steps)], capture_output=True).returncode == 0


def _shell(words: list[str]) -> str:
    import shlex

    return shlex.join(words)


@pytest.mark.parametrize(
    ("options", "why"),
    [("ro,size=64m", "the file system is read-only"), ("rw,size=200k", "no room is left on the device")],
    ids=["read-only", "full"],
)
def test_an_output_that_cannot_be_written_ends_the_run_and_it_goes_on_elsewhere(
    source: Path, undisturbed: dict[str, str], tmp_path: Path, options: str, why: str
) -> None:
    """A file system that is read-only, or too small: exit code 2, one line with place and remedy, no traceback."""
    if not _unshared(f"mount -t tmpfs -o {options} none {tmp_path}"):
        pytest.skip("no mount namespace can be made here")
    mount = tmp_path / "disk"
    mount.mkdir()
    told = tmp_path / "told"
    steps = (
        f"mount -t tmpfs -o {options} none {mount}",
        f"set +e; {_shell(command(source, mount / 'out'))} 2>{told}; echo exit $? >>{told}",
        f"ls -A {mount}/out 2>/dev/null >>{told}; true",
    )
    assert _unshared(*steps)
    lines = told.read_text().splitlines()
    error = next(line for line in lines if "error:" in line)
    assert error.startswith(f"scrubkit: error: {mount}/out")
    assert f"cannot be written: {why}" in error
    assert "exit 2" in lines
    assert "Traceback" not in told.read_text()
    assert "manifest.json" not in lines
    finish(source, tmp_path / "out")
    assert digest(tmp_path / "out") == undisturbed


def test_a_folder_that_nothing_can_be_made_in(source: Path, undisturbed: dict[str, str], tmp_path: Path) -> None:
    """A folder marked immutable in the middle of a run: told with exit code 2; unmarked, the run goes on to its end."""
    out = tmp_path / "out"

    def mark(how: str, path: Path) -> bool:
        tool = shutil.which("chattr")
        return tool is not None and subprocess.run([tool, how, str(path)], capture_output=True).returncode == 0

    if not mark("+i", tmp_path) or not mark("-i", tmp_path):
        pytest.skip("no folder can be marked immutable here")
    stage: Path | None = None
    with begun(source, out) as run:
        stage = next(out.glob(".scrubkit/clean-*"))
        assert mark("+i", stage)
        try:
            told = run.communicate(timeout=60)[1]
        finally:
            assert mark("-i", stage)
    assert run.returncode == 2
    assert "cannot be written: operation not permitted" in told
    assert "Traceback" not in told
    assert not (out / "manifest.json").exists()
    finish(source, out)
    assert digest(out) == undisturbed


@pytest.mark.parametrize(
    "act", [lambda path: path.write_bytes(path.read_bytes()[:-30]), lambda path: path.write_bytes(b"")]
)
def test_finished_work_that_was_torn_by_a_loss_of_power_is_done_again(
    source: Path, undisturbed: dict[str, str], tmp_path: Path, act: Callable[[Path], object]
) -> None:
    """A shard that is cut or empty does not come into the result, nor does it end the run."""
    out = tmp_path / "out"
    with begun(source, out) as run:
        os.killpg(run.pid, signal.SIGKILL)
        run.communicate(timeout=30)
    act(next(out.glob(".scrubkit/clean-*/*.rows")))
    finish(source, out)
    assert digest(out) == undisturbed
