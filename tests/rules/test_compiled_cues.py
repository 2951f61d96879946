"""The compiled cue file is what the sources say."""

from importlib import resources

from scrubkit.rules.cues import compile_cues, read_sources, shipped_cues


def test_compiled_cues_are_in_step_with_their_sources() -> None:
    """Whoever edits a cue file must run scripts/compile_cues.py; this says so."""
    shipped = (resources.files("scrubkit.rules") / "cues" / "compiled.json").read_text("utf-8")
    assert shipped == compile_cues(), "run: python scripts/compile_cues.py"
    assert sorted(shipped_cues()) == sorted(read_sources())
