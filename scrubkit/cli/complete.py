"""Completion of rule codes and names in the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem

__all__ = ["complete_codes", "complete_rules"]


def complete_rules(context: click.Context, option: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the codes, families and names that begin with what was typed, with what they stand for."""
    del context, option
    from click.shell_completion import CompletionItem

    from scrubkit.catalogue import families
    from scrubkit.rulebook import all_rules

    typed = incomplete.casefold()
    found = [(prefix, family.title) for prefix, family in families().items()]
    found += [(code, rule.summary) for code, rule in all_rules().items()]
    if typed:  # names only once something was typed: they would hide the codes
        found += [(rule.name, rule.summary) for rule in all_rules().values()]
    return [CompletionItem(word, help=told) for word, told in found if word.casefold().startswith(typed)]


def complete_codes(context: click.Context, option: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Return the same for a list with commas: what stands before the last comma is kept."""
    from click.shell_completion import CompletionItem

    before, comma, last = incomplete.rpartition(",")
    found = complete_rules(context, option, last)
    return [CompletionItem(f"{before}{comma}{item.value}", help=item.help) for item in found]
