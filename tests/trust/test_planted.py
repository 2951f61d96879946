"""Files among the scrapes that have the names of modules: no process of a library user's program runs them either."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import scrubkit

PROSE = "The river rose on Monday and fell again by the evening, said the man who keeps the gauge at the mill {}.\n"

PROGRAMS = {
    "clean": """
        from scrubkit.engine.run import Plan, clean_corpus
        clean_corpus(Plan(("in",), Path(sys.argv[1]), load(isolated=True, overrides=NO_DEDUP), jobs=2))
    """,
    "fit": """
        from scrubkit.engine.fit import fit_corpus
        fit_corpus(["in"], load(isolated=True), jobs=2)
    """,
    "check": """
        from scrubkit.check.apart import check_files
        from scrubkit.check.run import Checker
        files = sorted(map(str, Path("in").rglob("*.txt")))
        assert len(check_files(files, Checker(load(isolated=True)), jobs=2)) == len(files)
    """,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("threads", [0, 1])
def test_workers_of_a_library_user_import_nothing_from_the_current_folder(
    tmp_path: Path, name: str, threads: int
) -> None:
    """With workers that are copies of the program and, beside another thread, with workers that start anew."""
    scrapes = tmp_path / "scrapes"
    (scrapes / "in").mkdir(parents=True)
    for number in range(600):
        (scrapes / f"in/{number}.txt").write_text(PROSE.format(number))
    for module in ("msgspec", "scrubkit", "json", "numpy", "multiprocessing", "struct", "selectors"):
        (scrapes / f"{module}.py").write_text("import os\nopen('planted', 'w').close()\nos._exit(3)\n")
    program = tmp_path / "bin/program.py"
    program.parent.mkdir()
    body = "\n".join(f"    {line.strip()}" for line in PROGRAMS[name].strip().splitlines())
    program.write_text(
        "import sys, threading, time\nfrom pathlib import Path\nfrom scrubkit.config import load\n"
        "NO_DEDUP = {'dedup': {'enabled': False}}\n"
        "if __name__ == '__main__':\n"
        f"    for _ in range({threads}):\n"
        "        threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()\n"
        f"{body}\n    print('done')\n"
    )
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    env["PYTHONPATH"] = str(Path(scrubkit.__file__).parent.parent)
    done = subprocess.run(
        [sys.executable, str(program), str(tmp_path / "out")], cwd=scrapes, env=env, capture_output=True, text=True
    )
    assert done.stdout == "done\n", done.stderr
    assert not (scrapes / "planted").exists()
