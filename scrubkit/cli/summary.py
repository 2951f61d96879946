"""What a run says at its end, on standard error."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from rich.table import Table

    from scrubkit.engine.account import Account
    from scrubkit.engine.run import Result

__all__ = ["tell"]

_SHOWN = 20


def tell(result: Result, out: Path | str, *, quiet: bool, verbose: int, dry_run: bool) -> None:
    """Print remarks, faults, the table of rules and the account."""
    limit = None if verbose else _SHOWN
    for note in () if quiet else result.notes:
        click.echo(f"scrubkit: note: {note}", err=True)
    for row in result.faults[:limit]:
        assert row.fault is not None
        remedy = f" ({row.fault.remedy})" if row.fault.remedy else ""
        click.echo(f"scrubkit: {row.place}: {row.fault.reason}{remedy}", err=True)
    for name, places in result.twice[:limit]:
        shown = ", ".join(places[:3]) + (", …" if len(places) > 3 else "")
        click.echo(f"scrubkit: {places[0]}: id {name!r} stands {len(places)} times ({shown}); all are kept", err=True)
    for kind, number in (("broken inputs", len(result.faults)), ("ids", len(result.twice))):
        if limit is not None and number > limit:
            click.echo(f"scrubkit: … and {number - limit} more {kind} (all with -v)", err=True)
    if result.reused and not quiet:
        click.echo(f"scrubkit: {result.reused} finished pieces of work were taken over from an earlier run", err=True)
    if not quiet:
        _print(_rules(result.account))
        click.echo(account_line(result, out, dry_run=dry_run), err=True)


def account_line(result: Result, out: Path | str, *, dry_run: bool) -> str:
    """Return the account of a run in one line."""
    count = result.account.documents
    total = sum(count.values())
    tagged = result.account.tagged
    parts = [f"{count['kept']} kept" + (f" ({tagged} tagged as duplicates)" if tagged else "")]
    parts += [f"{count['duplicates']} duplicates"] if count["duplicates"] else []
    parts += [f"{count[name]} {name}" for name in ("rejected", "quarantined", "broken") if count[name]]
    taken = sum(result.account.removed.values())
    share = taken / result.account.chars_in if result.account.chars_in else 0.0
    where = "nothing was written (dry run)" if dry_run else f"results in {out}"
    return (
        f"scrubkit: {total} document{'s' * (total != 1)} in: {', '.join(parts)}; "
        f"{taken:,} of {result.account.chars_in:,} characters removed ({share:.0%}); {where}"
    )


def _rules(account: Account) -> Table | None:
    if not account.hits:
        return None
    from rich.table import Table

    from scrubkit.rulebook import all_rules

    known = all_rules()
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("rule")
    table.add_column("name")
    for name in ("documents", "hits", "characters"):
        table.add_column(name, justify="right")
    for code, _ in sorted(account.removed.items(), key=lambda item: (-item[1], item[0])):
        name = known[code].name if code in known else ""
        table.add_row(code, name, f"{account.touched[code]:,}", f"{account.hits[code]:,}", f"{account.removed[code]:,}")
    return table


def _print(table: Table | None) -> None:
    if table is None:
        return
    from rich.console import Console

    Console(stderr=True, highlight=False).print(table)
