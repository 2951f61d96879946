"""The demo: clean the sample corpus, show what went and why, and score the result against its gold."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
SAMPLES = ROOT / "corpus_samples"
OUT = ROOT / "out" / "demo"


def run(*args: str) -> int:
    """Run one scrubkit command and show it as a user would type it."""
    # Relative paths, as a user in this folder would type them.
    typed = [str(Path(a).relative_to(ROOT)) if a.startswith(str(ROOT)) else a for a in args]
    sys.stdout.write(f"\n$ scrubkit {' '.join(typed)}\n")
    sys.stdout.flush()
    return subprocess.run([sys.executable, "-m", "scrubkit", *typed], check=False, cwd=ROOT).returncode


def main() -> int:
    """Return 0 when every step did what it should."""
    shutil.rmtree(OUT, ignore_errors=True)
    text = next(iter(sorted((SAMPLES / "pages").rglob("*.txt"))))
    steps = [
        run("clean", str(SAMPLES / "pages"), str(SAMPLES / "feed.jsonl"), "-o", str(OUT)) in (0, 1),
        run("check", str(text)) == 1,
        run("explain", "CMT001") == 0,
        run("restore", str(OUT), "-o", str(ROOT / "out" / "restored")) == 0,
        run("eval", str(SAMPLES)) in (0, 1),
    ]
    return 0 if all(steps) else 1


if __name__ == "__main__":
    raise SystemExit(main())
