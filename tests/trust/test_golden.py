"""The output does not change unseen between two versions of the program."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from scrubkit.config import load
from scrubkit.engine.run import Plan, clean_corpus
from scrubkit.engine.version import OUTPUT_VERSION

sys.path.insert(0, str(Path(__file__).parent))
import golden


@pytest.mark.slow
def test_the_same_output_version_gives_the_same_corpus() -> None:
    """Samples and hostile pages come out as was recorded for this version, or the version was raised and recorded."""
    version, before = golden.recorded()
    assert version == OUTPUT_VERSION, "OUTPUT_VERSION was raised: record with python tests/trust/golden.py"
    now = golden.made()
    changed = sorted(name for name in {*before, *now} if before.get(name) != now.get(name))
    assert changed == [], (
        f"{len(changed)} documents come out otherwise than output version {version} made them: where that is wanted, "
        "raise OUTPUT_VERSION in scrubkit/engine/version.py, run python tests/trust/golden.py, and say so under "
        "Output in the changelog"
    )


def test_the_manifest_names_the_output_version(tmp_path: Path) -> None:
    """So that corpora of two programs can be told apart without comparing them."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.txt").write_text("The river rose on Monday and fell again by the evening, said the miller.\n")
    clean_corpus(Plan((str(tmp_path / "in"),), tmp_path / "out", load(isolated=True), jobs=1))
    assert json.loads((tmp_path / "out/manifest.json").read_text())["output_version"] == OUTPUT_VERSION


def test_a_change_under_the_same_version_cannot_be_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The recorder refuses it, takes further documents, and takes anything under a higher version."""
    path = tmp_path / "golden.json"
    path.write_text(json.dumps({"output_version": OUTPUT_VERSION, "documents": {"a": "1"}}))
    monkeypatch.setattr(golden, "RECORD", path)
    monkeypatch.setattr(golden, "made", lambda: {"a": "2"})
    with pytest.raises(SystemExit, match="1 documents came out otherwise"):
        golden.main()
    monkeypatch.setattr(golden, "made", lambda: {"a": "1", "b": "3"})
    golden.main()
    assert golden.recorded() == (OUTPUT_VERSION, {"a": "1", "b": "3"})
    monkeypatch.setattr(golden, "made", lambda: {"a": "2"})
    monkeypatch.setattr(golden, "OUTPUT_VERSION", OUTPUT_VERSION + 1)
    golden.main()
    assert golden.recorded() == (OUTPUT_VERSION + 1, {"a": "2"})
