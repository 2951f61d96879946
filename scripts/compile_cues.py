"""Write scrubkit/rules/cues/compiled.json from the TOML sources: run after changing a cue."""

from pathlib import Path

from scrubkit.rules.cues import compile_cues

target = Path(__file__).parent.parent / "scrubkit" / "rules" / "cues" / "compiled.json"
target.write_text(compile_cues(), encoding="utf-8")
