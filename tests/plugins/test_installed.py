"""The example package, really installed: what the page on plug-ins tells is tried as it is told."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NO_NETWORK = re.compile(r"No matching distribution|Could not find a version|Temporary failure|timed out|SSLError")


@pytest.mark.slow
def test_example_package_is_installed_and_acts(tmp_path: Path) -> None:
    """``pip install`` in an environment of its own; the rules act, the package's tests pass, removed they are gone."""
    home = tmp_path / "env"
    venv.create(home, with_pip=True)
    python = home / "bin" / "python"
    # scrubkit and what it needs are taken from here: what is tried is the plug-in, not the package index.
    site = next((home / "lib").glob("python*")) / "site-packages"
    paths = [str(ROOT), *(p for p in sys.path if p.endswith("site-packages"))]
    (site / "scrubkit-here.pth").write_text("\n".join(paths) + "\n")
    env = {k: v for k, v in os.environ.items() if not k.startswith(("SCRUBKIT_", "PYTHON"))}

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([python, *arguments], cwd=tmp_path, env=env, text=True, capture_output=True)

    package = str(ROOT / "tests" / "plugins" / "example_package")
    done = run("-m", "pip", "install", "-q", "--no-deps", package)
    if done.returncode and NO_NETWORK.search(done.stderr):
        pytest.skip("the package index is out of reach")
    assert done.returncode == 0, done.stderr
    listed = run("-m", "scrubkit", "plugins")
    assert "scrubkit-forum  0.2.0  scrubkit.rules  forum = scrubkit_forum:RULES  on" in listed.stdout, listed.stderr
    (tmp_path / "a.txt").write_text("The ferry runs again from May, the town said.\n\nVerzonden vanaf mijn telefoon\n")
    checked = run("-m", "scrubkit", "check", "-q", "a.txt")
    assert "a.txt:3:1 XFO001" in checked.stdout, checked.stderr
    tested = run("-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, f"{package}/tests")
    assert "2 passed" in tested.stdout, tested.stdout + tested.stderr
    assert run("-m", "pip", "uninstall", "-q", "-y", "scrubkit-forum").returncode == 0
    assert "XFO001" not in run("-m", "scrubkit", "check", "-q", "a.txt").stdout
