"""The catalogue: what a rule is, lookup by code or name, rendering."""

from scrubkit.catalogue.rule import FAMILIES, Family, Hit, Needs, Param, Rule, each_row, families, family_of, kind_of

__all__ = ["FAMILIES", "Family", "Hit", "Needs", "Param", "Rule", "each_row", "families", "family_of", "kind_of"]
