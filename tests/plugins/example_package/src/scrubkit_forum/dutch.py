"""Dutch cues, for scrubkit's own rules and for those of this package."""

from __future__ import annotations

from importlib import resources

CUES = resources.files("scrubkit_forum") / "nl.toml"
