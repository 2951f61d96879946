"""Templates as a file: TOML that people read, edit and commit."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from scrubkit.core.errors import ConfigError, InputError
from scrubkit.templates.match import BlockTemplate, LineTemplate, SourceTemplates, Templates

__all__ = ["dump", "load", "loads"]

VERSION = 1

_HEAD = """\
# Lines and blocks that recur on the pages of a source, learned by `scrubkit fit`.
# Review this file and commit it. What is deleted here stays in the texts. A line is taken only where it stands
# directly after one of `after` and before one of `before` ("" is the edge of the page); without them, anywhere.
"""


def dump(templates: Templates) -> str:
    """Return the templates as a file's text: sources by name; `fit` puts the most frequent lines first.

    >>> line = LineTemplate('Sign "in"', 40, after=("Menu",))
    >>> text = dump(Templates({"example.org": SourceTemplates("example.org", 42, 40, (line,))}))
    >>> loads(text).sources["example.org"].lines == (line,)
    True
    """
    out = [_HEAD, f"version = {VERSION}\n"]
    for name in sorted(templates.sources):
        source = templates.sources[name]
        out.append(
            f"\n[[source]]\nname = {_text(name)}\npages = {source.pages}\narticles = {source.articles}"
            "  # pages that are no copy of another\n"
        )
        out += _entries("source", source)
    if templates.corpus.lines:
        corpus = templates.corpus
        out.append(f"\n[corpus]  # lines of many sources\npages = {corpus.pages}\narticles = {corpus.articles}\n")
        out += _entries("corpus", corpus)
    return "".join(out)


def _entries(table: str, source: SourceTemplates) -> Iterator[str]:
    for line in source.lines:
        yield f"\n  [[{table}.line]]\n  text = {_text(line.text)}\n  articles = {line.articles}\n"
        if line.sources is not None:
            yield f"  sources = {line.sources}\n"
        for key, values in (("after", line.after), ("before", line.before)):
            if values:
                yield f"  {key} = [{', '.join(map(_text, values))}]\n"
        if line.example is not None:
            yield f"  example = {_text(line.example)}\n"
    for block in source.blocks:
        yield (
            f"\n  [[{table}.block]]\n  path = {_text(block.path)}\n  articles = {block.articles}\n"
            f"  rows = {block.rows}\n  share = {block.share:.3f}  # of them recur\n"
        )


def _text(value: str) -> str:
    """Return a basic string: JSON's escapes are TOML's, but for DEL."""
    return json.dumps(value.encode("utf-8", "replace").decode(), ensure_ascii=False).replace("\x7f", "\\u007f")


def load(path: str | Path) -> Templates:
    """Return the templates of a file. Raises :class:`ConfigError` where it is not one."""
    try:
        text = Path(path).read_text("utf-8")
    except FileNotFoundError as error:
        raise ConfigError(
            "there is no such file of templates", place=str(path), remedy="make one with scrubkit fit"
        ) from error
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot be read: {error}", place=str(path)) from error
    return loads(text, place=str(path))


def loads(text: str, *, place: str = "templates") -> Templates:
    """Return the templates that a file's text holds; unknown and missing keys are named."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"is not TOML: {error}", place=place) from error
    _refuse(data, ("version", "source", "corpus"), place, "")
    if data.get("version") != VERSION:
        raise ConfigError(
            f"templates of version {data.get('version')!r}, not {VERSION}", place=place, remedy="run scrubkit fit again"
        )
    sources = [_source(item, place, f"source {item.get('name', number)!r}") for number, item in _tables(data, place)]
    corpus = _source({"name": "", **data["corpus"]}, place, "corpus") if "corpus" in data else Templates().corpus
    return Templates({source.name: source for source in sources}, corpus)


def _tables(data: Mapping[str, Any], place: str) -> Iterable[tuple[int, Mapping[str, Any]]]:
    found = data.get("source", [])
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise ConfigError("source is no list of tables", place=place, remedy="write [[source]]")
    return enumerate(found, 1)


def _source(item: Mapping[str, Any], place: str, what: str) -> SourceTemplates:
    _refuse(item, ("name", "pages", "articles", "line", "block"), place, what)
    lines = tuple(_line(entry, place, what) for entry in item.get("line", ()))
    blocks = tuple(_block(entry, place, what) for entry in item.get("block", ()))
    name = _get(item, "name", str, place, what)
    return SourceTemplates(
        name, _get(item, "pages", int, place, what, 0), _get(item, "articles", int, place, what, 0), lines, blocks
    )


def _line(entry: Mapping[str, Any], place: str, what: str) -> LineTemplate:
    _refuse(entry, ("text", "articles", "after", "before", "example", "sources"), place, f"line of {what}")
    text = _get(entry, "text", str, place, f"line of {what}")
    where = f"line {text[:40]!r} of {what}"
    return LineTemplate(
        text,
        _get(entry, "articles", int, place, where, 0),
        _texts(entry, "after", place, where),
        _texts(entry, "before", place, where),
        _get(entry, "example", str, place, where, None),
        _get(entry, "sources", int, place, where, None),
    )


def _block(entry: Mapping[str, Any], place: str, what: str) -> BlockTemplate:
    where = f"block of {what}"
    _refuse(entry, ("path", "articles", "rows", "share"), place, where)
    return BlockTemplate(
        _get(entry, "path", str, place, where),
        _get(entry, "articles", int, place, where, 0),
        _get(entry, "rows", int, place, where, 0),
        float(_get(entry, "share", (int, float), place, where, 1.0)),
    )


def _refuse(table: Mapping[str, Any], known: Sequence[str], place: str, what: str) -> None:
    for key in table:
        if key not in known:
            raise ConfigError(
                f"unknown key {key}{f' in {what}' if what else ''}",
                place=place,
                remedy=f"known keys: {', '.join(known)}",
            )


_MISSING = object()


def _get(table: Mapping[str, Any], key: str, kind: Any, place: str, what: str, default: Any = _MISSING) -> Any:
    value = table.get(key, default)
    if value is _MISSING:
        raise ConfigError(f"{what} has no {key}", place=place)
    if value is not default and (not isinstance(value, kind) or isinstance(value, bool)):
        raise ConfigError(f"{key} of {what} is {value!r}", place=place)
    return value


def _texts(table: Mapping[str, Any], key: str, place: str, what: str) -> tuple[str, ...]:
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ConfigError(f"{key} of {what} is no list of texts", place=place)
    return tuple(value)
