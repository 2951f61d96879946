"""The rules hold their own examples, as scrubkit's do."""

from __future__ import annotations

import tomllib

import pytest
from scrubkit_forum import RULES
from scrubkit_forum.dutch import CUES

from scrubkit.plugins import Rule, example_failures


@pytest.mark.parametrize("rule", [item for item in RULES if isinstance(item, Rule)], ids=lambda rule: rule.code)
def test_example(rule: Rule) -> None:
    """Each line is found or passed over as the example says."""
    assert not example_failures(rule, tomllib.loads(CUES.read_text("utf-8")))
