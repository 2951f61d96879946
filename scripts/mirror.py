"""Fill a mirror for pre-commit: a repository whose hooks install a released wheel.

usage: python scripts/mirror.py VERSION FOLDER

Copies ``mirror/`` to FOLDER, with VERSION in its ``pyproject.toml``; in a git repository the change is committed.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

TEMPLATE = Path(__file__).resolve().parent.parent / "mirror"
FILES = (".pre-commit-hooks.yaml", "README.md", "pyproject.toml")


def fill(version: str, folder: Path) -> None:
    """Write the files of the mirror for one version."""
    if not re.fullmatch(r"\d+(\.\d+)*((a|b|rc)\d+)?", version):
        raise SystemExit(f"{version!r} is no version such as 0.1.0")
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copy(TEMPLATE / name, folder / name)
    settings = folder / "pyproject.toml"
    text = re.sub(r'^version = ".*"$', f'version = "{version}"', settings.read_text(), flags=re.MULTILINE)
    settings.write_text(re.sub(r'"scrubkit==.*?"', f'"scrubkit=={version}"', text))
    if (folder / ".git").exists():
        for arguments in (["add", *FILES], ["commit", "-q", "-m", f"scrubkit {version}"]):
            subprocess.run(["git", *arguments], cwd=folder, check=True)  # noqa: S607


if __name__ == "__main__":
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    fill(sys.argv[1], Path(sys.argv[2]))
