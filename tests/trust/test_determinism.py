"""The same input and settings give the same bytes, whatever the machine, the workers and the clock do."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

import scrubkit

PACKAGE = Path(scrubkit.__file__).parent
SAMPLES = PACKAGE.parent / "corpus_samples"

# Put on the path as sitecustomize.py: the clock goes back and forth, and nothing may open a connection.
HOSTILE = """
import random, socket, time
draw, real = random.Random(3), time.time
time.time = lambda: real() + draw.uniform(-1e9, 1e9)

def refuse(self, address):
    if self.family != socket.AF_UNIX:
        raise RuntimeError(f"a connection to {address}")

socket.socket.connect = socket.socket.connect_ex = refuse
socket.getaddrinfo = lambda *args, **more: refuse(socket.socket(), args)
"""


def run(source: Path, out: Path, *options: str, **env: str) -> dict[str, str]:
    """Clean ``source`` in a process of its own and return the digest of each file it wrote."""
    command = [sys.executable, "-m", "scrubkit", "clean", str(source), "-o", str(out), "--isolated", *options]
    paths = os.pathsep.join(filter(None, [env.pop("FIRST", ""), str(PACKAGE.parent)]))
    done = subprocess.run(command, env={**os.environ, "PYTHONPATH": paths, **env}, capture_output=True, text=True)
    assert done.returncode in (0, 1), done.stderr  # one sample is no text and is set aside
    return {
        path.relative_to(out).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(out.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What a run with one worker writes."""
    return run(SAMPLES, tmp_path_factory.mktemp("plain") / "out", "-j", "1")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("options", "env"),
    [
        (["-j", "2"], {}),
        (["-j", "4"], {}),
        (["-j", "2"], {"PYTHONHASHSEED": "1"}),
        (["-j", "1"], {"PYTHONHASHSEED": "77", "TZ": "Pacific/Kiritimati"}),
        (["-j", "2"], {"LC_ALL": "C", "PYTHONUTF8": "0"}),
        (["-j", "2"], {"LC_ALL": "C.UTF-8", "LANG": "tr_TR.UTF-8"}),
        (["-j", "2"], {"COLUMNS": "20", "NO_COLOR": "1"}),
    ],
    ids=lambda value: " ".join(value if isinstance(value, list) else [f"{k}={v}" for k, v in value.items()]) or "plain",
)
def test_the_surroundings_do_not_show(
    undisturbed: dict[str, str], tmp_path: Path, options: list[str], env: dict[str, str]
) -> None:
    """Workers, hash seed, locale, time zone and terminal leave no trace in any file."""
    assert run(SAMPLES, tmp_path / "out", *options, **env) == undisturbed


@pytest.mark.slow
def test_a_jumping_clock_and_no_network_do_not_show(undisturbed: dict[str, str], tmp_path: Path) -> None:
    """With a clock that jumps by decades and every connection refused, the same bytes come out."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site/sitecustomize.py").write_text(HOSTILE)
    assert run(SAMPLES, tmp_path / "out", "-j", "2", FIRST=str(tmp_path / "site")) == undisturbed


@pytest.mark.slow
def test_the_order_of_the_input_does_not_choose_the_survivors(tmp_path: Path) -> None:
    """Records in another order: the same documents are kept, with the same clean text, and the same go."""
    rows = [
        {"id": path.name, "text": path.read_text("utf-8", "replace")}
        for path in sorted(SAMPLES.rglob("*.txt"))
        if "gold" not in path.parts
    ]
    kept = []
    for seed in range(2):
        random.Random(seed).shuffle(rows)
        source = tmp_path / f"{seed}.jsonl"
        source.write_text("".join(json.dumps(row) + "\n" for row in rows))
        run(source, tmp_path / str(seed), "-j", "1")
        kept.append(sorted((tmp_path / str(seed) / source.name).read_text("utf-8").splitlines()))
    assert kept[0] == kept[1]


def test_no_pickle_is_read() -> None:
    """Nothing in the package can load a pickle from data: neither pickle nor its relatives are called anywhere."""
    forbidden = re.compile(
        r"\b(?:c?[pP]ickle|dill|joblib|shelve|marshal)\.loads?\b|allow_pickle\s*=\s*True|\bunpickle\b"
    )
    assert [path.name for path in PACKAGE.rglob("*.py") if forbidden.search(path.read_text("utf-8"))] == []
