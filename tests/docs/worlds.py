"""The folder in which the blocks of a page run: what its text takes to be there."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

__all__ = ["PREAMBLES", "ROOT", "make_world"]

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "corpus_samples"

PROSE = "The bridge over the river reopened on Monday after two years of repairs, the town council said."
MORE = "Two lanes are open to cars and one to bicycles; lorries are to use the old crossing until May."
NOISY = f"Skip to main content\n\nBridge open again\n\n{PROSE}\n\n{MORE}\n\nShare this article\n"
PAGE = (
    f"<html><head><title>Bridge</title></head><body><nav><a href=/>Home</a></nav><h1>Bridge</h1><p>{PROSE}</p></body>"
)


# What the text of a page takes as given, where showing it would only be in the way.
PREAMBLES = {
    "docs/algorithms/near-duplicates.md": f"texts = [{PROSE!r}, {MORE!r}, {PROSE!r}]; ids = ['a', 'b', 'c']",
    "docs/text-layer.md": "data = 'Das Wetter in Köln war gestern besser als heute, sagte der Wirt.'.encode('latin-1')",
}
# Pages about a corpus in git begin with one; the others make theirs.
IN_GIT = {"docs/check.md", "docs/pre-commit.md"}


def make_world(folder: Path, page: str) -> Path:
    """Fill a folder with what a page speaks of: samples, scrapes, a page, gold, or a corpus in git."""
    if page in IN_GIT:
        (folder / "corpus").mkdir()
        (folder / "corpus" / "a.txt").write_text(f"Skip to main content\n\n{PROSE}")
        (folder / "corpus" / "b.txt").write_text(f"{MORE}\n")
        subprocess.run(["git", "init", "-q"], cwd=folder, check=True)
        return folder
    shutil.copytree(SAMPLES, folder / "corpus_samples")
    (folder / "scrapes").mkdir()
    (folder / "scrapes" / "noisy.txt").write_text(NOISY)
    (folder / "scrapes" / "page.html").write_text(PAGE)
    for name in ("rovers-third-manager.txt", "baths-without-water.txt"):
        shutil.copy(SAMPLES / "pages" / "northmark-post" / name, folder / "scrapes" / name)
    (folder / "page.html").write_text(PAGE)
    (folder / "feed.jsonl").write_text(json.dumps({"id": "1", "text": NOISY}) + "\n")
    for name in ("gold", "my_scrapes"):
        gold = {"file": "a.txt", "line_no": 1, "text": "Home | News | Sport", "label": "nav", "keep": False}
        (folder / name).mkdir()
        (folder / name / "gold.jsonl").write_text(json.dumps(gold) + "\n")
        (folder / name / "a.txt").write_text("Home | News | Sport\n")
    return folder
