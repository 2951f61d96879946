"""The typed rules, one file a family; listed by hand, so that importing fills no registry."""

from scrubkit.catalogue import Rule

RULES: tuple[Rule, ...] = ()
