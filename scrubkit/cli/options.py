"""Options that several commands share, and the settings they amount to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scrubkit.core.errors import ConfigError

if TYPE_CHECKING:
    from scrubkit.config import Config

__all__ = ["Codes", "cleaning_options", "input_options", "limit_options", "settings", "split_codes"]


def split_codes(value: str, option: str) -> tuple[str, ...]:
    """Return the parts of ``NAV,TCK003``; that there are none is told, for it would switch everything off unseen.

    >>> split_codes("NAV, menu-run", "--select")
    ('NAV', 'menu-run')
    """
    found = tuple(part.strip() for part in value.split(",") if part.strip())
    if not found:
        what = "languages such as en,de" if "language" in option else "codes such as NAV,TCK003"
        raise ConfigError(f"{option} names nothing", place="command line", remedy=f"give {what}, or leave it out")
    return found


class Codes(click.ParamType[tuple[str, ...]]):
    """Rule codes, families or names, separated by commas."""

    name = "codes"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, ...]:
        """Return the parts of ``NAV,TCK003``."""
        del ctx
        if isinstance(value, tuple):
            return value
        return split_codes(str(value), param.opts[0] if param is not None else "codes")


def _stack(*decorators: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def apply(function: Any) -> Any:
        for decorate in reversed(decorators):
            function = decorate(function)
        return function

    return apply


input_options = _stack(
    click.option("--config", "file", type=click.Path(), help="Settings file; default: the nearest one upward."),
    click.option("--isolated", is_flag=True, help="Read no settings file."),
    click.option("--include", multiple=True, metavar="GLOB", help="Read these files of a folder too."),
    click.option("--exclude", multiple=True, metavar="GLOB", help="Leave these files of a folder out."),
    click.option("--text-field", metavar="NAME", help="Field that holds the text.  [text]"),
    click.option("--id-field", metavar="NAME", help="Field that holds the id.  [id]"),
    click.option("--url-field", metavar="NAME", help="Field that holds the address.  [url]"),
)
"""Where settings and records are read from."""

cleaning_options = _stack(
    click.option("--select", type=Codes(), help="Rules to use: codes, families or names.  [all stable rules]"),
    click.option("--ignore", type=Codes(), help="Rules not to use."),
    click.option("--extend-select", type=Codes(), help="Rules to use besides, e.g. those in preview."),
    click.option(
        "--keep",
        type=click.Choice(["precision", "balanced", "recall"]),
        help="precision: what stays is content; recall: no content goes.  [balanced]",
    ),
    click.option("--language", type=Codes(), metavar="CODES", help="Keep documents in these languages only."),
    click.option("--min-words", type=click.IntRange(0), help="Reject documents with fewer words left."),
    click.option("--templates", type=click.Path(), metavar="FILE", help="Take out what scrubkit fit learned."),
)
"""What is taken out and which documents are kept."""

limit_options = _stack(
    click.option(
        "--max-seconds-per-document", type=click.FloatRange(0), metavar="S", help="Set slower ones aside.  [60]"
    ),
    click.option("--max-memory-per-document", metavar="SIZE", help="Set those that take more aside; 0: none.  [2G]"),
)
"""What one document may take."""

_PLAIN = (
    "select", "ignore", "extend_select", "keep", "language", "min_words", "text_field", "id_field", "url_field",
    "templates", "max_seconds_per_document", "max_memory_per_document",
)  # fmt: skip


def settings(given: Mapping[str, Any], start: str | None, dedup: Mapping[str, Any] | None = None) -> Config:
    """Return the settings of a command: its options over the nearest settings file over the defaults.

    ``given`` are the command's parameters, ``start`` the source the search for a file begins at.
    """
    from scrubkit import config

    overrides: dict[str, Any] = {key.replace("_", "-"): given.get(key) for key in _PLAIN}
    for key in ("include", "exclude"):
        overrides[key] = given.get(key) or None
    table = {key: value for key, value in (dedup or {}).items() if value is not None}
    overrides["dedup"] = table or None
    where = start if start is not None and start != "-" and Path(start).exists() else None
    return config.load(where, file=given.get("file"), overrides=overrides, isolated=bool(given.get("isolated")))
