"""Fuzz with coverage feedback: ``python fuzz/run.py [TARGET …] --seconds 15 [--corpus DIR] [--seed N]``.

Each target runs in a process of its own, started from the seeds and the kept cases. New inputs that reach new code are
kept in the corpus folder, so a later run goes on from there; a short run in CI gives a seed, so that it tries what it
tried before, and the long runs look for what is new. Prints executions, coverage (edges of the instrumented
Python code) and findings; ends with 1 where there is one, and leaves its input in the corpus folder.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import subprocess
import sys
from pathlib import Path

from seeds import write_seeds

HERE = Path(__file__).parent
CASES = HERE.parent / "tests/fuzz/cases"
_RUNS_A_SECOND = 150
MOST_BYTES = {"decode": 4096, "repair": 1024, "html": 2048, "clean": 2048, "index": 256, "report": 512}


def drive(name: str, arguments: list[str]) -> None:
    """Fuzz one target in this process; does not return."""
    import atheris

    with atheris.instrument_imports(include=["scrubkit", "targets", "targets_check", "targets_run"]):
        import targets

        warm = b"\x00<p>a\n"
        targets.TARGETS[name](warm)  # what is imported at first use is instrumented too
    atheris.Setup([sys.argv[0], *arguments], targets.TARGETS[name])
    atheris.Fuzz()


def fuzz(name: str, seconds: int, corpus: Path, seed: int) -> bool:
    """Run one target for so many seconds; return whether it kept its promises."""
    own, first = corpus / name, corpus / f"{name}-seeds"
    own.mkdir(parents=True, exist_ok=True)
    write_seeds(name, first)
    given = [str(folder) for folder in (first, CASES / name) if folder.is_dir()]
    # With a seed a fast machine tries no more than a slow one: what passed here passes there.
    most = [f"-runs={_RUNS_A_SECOND * seconds}"] if seed else []
    options = [
        *most, f"-max_total_time={seconds}", f"-max_len={MOST_BYTES.get(name, 1024)}", "-timeout=30", "-rss_limit_mb=4096",
        f"-seed={seed}", "-print_final_stats=1", f"-artifact_prefix={own.parent}/{name}-found-",
    ]  # fmt: skip
    command = [sys.executable, __file__, "--drive", name, str(own), *given, *options]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(HERE.parent), str(HERE)])}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", env=environment, check=False)
    told = done.stdout + done.stderr
    runs = re.findall(r"number_of_executed_units: (\d+)", told) or re.findall(r"^#(\d+)", told, re.M)
    edges = re.findall(r"cov: (\d+)", told)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    state = "sound" if done.returncode == 0 else "FOUND"
    print(f"{name:8s} {state}  {runs[-1] if runs else 0:>9s} runs  {edges[-1] if edges else '?':>6s} edges  "
          f"{len(list(own.iterdir())):5d} inputs kept  {took:6.0f} s CPU", flush=True)  # fmt: skip
    if done.returncode:
        at = told.find("=== Uncaught Python exception")
        shown = told[at:] if at >= 0 else told
        print("\n".join([line for line in shown.splitlines() if not line.startswith("#")][-40:]), flush=True)
    return done.returncode == 0


def main(argv: list[str]) -> int:
    if argv[:1] == ["--drive"]:
        drive(argv[1], argv[2:])
    sys.path.insert(0, str(HERE.parent))
    from targets import TARGETS

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", help=f"any of {', '.join(TARGETS)}; all where none is named")
    parser.add_argument("--seconds", type=int, default=15, help="for each target")
    parser.add_argument("--seed", type=int, default=0, help="of the changes to inputs; 0 takes another each time")
    parser.add_argument("--corpus", type=Path, default=HERE.parent / "out/fuzz")
    options = parser.parse_args(argv)
    names = options.targets or list(TARGETS)
    sound = [fuzz(name, options.seconds, options.corpus, options.seed) for name in names]
    return 0 if all(sound) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
