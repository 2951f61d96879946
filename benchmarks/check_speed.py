"""CPU time of ``scrubkit check`` as a whole process: a few files, a thousand unchanged, a few of them changed.

``python benchmarks/check_speed.py FOLDER`` takes its texts from the ``.txt`` files of FOLDER. Figures are seconds of
CPU (user and system), the least of several runs interleaved, with the ratio to a bare ``python -c pass``.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROUNDS = 3
MANY = 1000
FEW = 5
MAIN = "from scrubkit.cli import main; main()"


def cpu(*arguments: str, cwd: Path, env: dict[str, str]) -> float:
    """Return the CPU seconds of one run of the interpreter."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], cwd=cwd, env=env, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def fill(folder: Path, texts: list[str], count: int) -> None:
    """Write ``count`` different files."""
    folder.mkdir(parents=True)
    for number in range(count):
        (folder / f"{number:04}.txt").write_text(f"{texts[number % len(texts)]}\nPage {number} of many.\n")


def main() -> None:
    """Print the table."""
    texts = [path.read_text(errors="replace") for path in sorted(Path(sys.argv[1]).glob("*.txt"))]
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        fill(root / "few", texts, FEW)
        fill(root / "many", texts, MANY)
        # Byte code must be kept, as it is in an installation; where it is kept does not matter.
        env = os.environ | {"PYTHONPYCACHEPREFIX": str(root / "pyc"), "PYTHONPATH": str(Path(__file__).parents[1])}
        env.pop("PYTHONDONTWRITEBYTECODE", None)

        def change(number: int) -> None:
            for at in range(FEW):
                path = root / "many" / f"{at:04}.txt"
                path.write_text(path.read_text() + f"Change {number}.\n")

        steps: dict[str, tuple[tuple[str, ...], Callable[[int], None] | None]] = {
            "python -c pass": (("-c", "pass"), None),
            "scrubkit --version": (("-c", MAIN, "--version"), None),
            f"{FEW} files, no cache": (("-c", MAIN, "check", "--no-cache", "few"), None),
            f"{MANY} files, none changed": (("-c", MAIN, "check", "-q", "many"), None),
            f"{MANY} files, {FEW} changed": (("-c", MAIN, "check", "-q", "many"), change),
        }
        best: dict[str, float] = {}
        cpu("-c", MAIN, "check", "many", cwd=root, env=env)
        for number in range(ROUNDS):
            for step, (arguments, prepare) in steps.items():
                if prepare is not None:
                    prepare(number)
                took = cpu(*arguments, cwd=root, env=env)
                best[step] = min(took, best.get(step, took))
    bare = best["python -c pass"]
    for step, took in best.items():
        print(f"{step:42} {took:6.3f} s  {took / bare:6.1f} x")


if __name__ == "__main__":
    main()
