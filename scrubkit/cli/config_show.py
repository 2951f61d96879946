"""``scrubkit config``: which settings are in force, and where each comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

__all__ = ["config"]


@click.group()
def config() -> None:
    """Look at the settings."""


@config.command()
@click.argument("start", required=False, metavar="[PATH]")
@click.option("--config", "config_file", type=click.Path(dir_okay=False, path_type=Path), help="Settings file.")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
def show(start: str | None, config_file: Path | None, form: str) -> None:
    """Print every setting as resolved for PATH (default: this folder), with the origin of its value."""
    from scrubkit.config import load

    found = load(start, file=config_file)
    rows = [(key, value, _origin(key, found.origins)) for key, value in _flat(found.resolved())]
    if form == "json":
        told = {key: {"value": value, "origin": origin} for key, value, origin in rows}
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
        return
    width = max(len(f"{key} = {_written(value)}") for key, value, _ in rows)
    for key, value, origin in rows:
        click.echo(f"{f'{key} = {_written(value)}':{min(width, 60)}}  # {origin}")


def _origin(key: str, origins: Mapping[str, str]) -> str:
    if key in origins:
        return origins[key]
    return next((place for name, place in origins.items() if name.startswith(f"{key}.")), "default")


def _flat(settings: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in settings.items():
        if isinstance(value, Mapping) and value:
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key, value


def _written(value: Any) -> str:
    """Return a value as TOML writes it; ``None``, which TOML has not, as unset."""
    if value is None:
        return "(unset)"
    return json.dumps(value, ensure_ascii=False)
