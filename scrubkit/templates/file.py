"""Templates as a file: TOML that people read, edit and commit."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

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
    """Return the templates that a file's text holds.

    Raises :class:`ConfigError` that names what is wrong and where: an unknown or missing key, a value of another type.
    """
    try:
        data = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # the parser's own, a number of 5,000 digits, lists without end
        what = "is nested too deeply" if isinstance(error, RecursionError) else f"is not TOML: {error}"
        raise ConfigError(what, place=place) from error
    if data.get("version") != VERSION:
        raise ConfigError(
            f"templates of version {data.get('version')!r}, not {VERSION}", place=place, remedy="run scrubkit fit again"
        )
    try:
        told = msgspec.convert(data, _File)
    except msgspec.ValidationError as error:
        raise _explained(str(error), data, place) from error
    corpus = Templates().corpus if told.corpus is None else _source(told.corpus)
    return Templates({source.name: _source(source) for source in told.source}, corpus)


class _Table(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table of the file; unknown keys are refused, for one that is misspelt would be ignored."""


class _Line(_Table, frozen=True, kw_only=True):
    text: str
    articles: int = 0
    after: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    example: str | None = None
    sources: int | None = None


class _Block(_Table, frozen=True, kw_only=True):
    path: str
    articles: int = 0
    rows: int = 0
    share: float = 1.0


class _Corpus(_Table, frozen=True, kw_only=True):
    name: str = ""
    pages: int = 0
    articles: int = 0
    line: tuple[_Line, ...] = ()
    block: tuple[_Block, ...] = ()


class _Source(_Corpus, frozen=True, kw_only=True):
    name: str


class _File(_Table, frozen=True, kw_only=True):
    version: int
    source: tuple[_Source, ...] = ()
    corpus: _Corpus | None = None


def _source(told: _Corpus) -> SourceTemplates:
    lines = (LineTemplate(e.text, e.articles, e.after, e.before, e.example, e.sources) for e in told.line)
    blocks = (BlockTemplate(e.path, e.articles, e.rows, e.share) for e in told.block)
    return SourceTemplates(told.name, told.pages, told.articles, tuple(lines), tuple(blocks))


_TABLES: dict[str, type[Struct]] = {"": _File, "source": _Source, "corpus": _Corpus, "line": _Line, "block": _Block}
_ARTICLE = {"str": "a text", "int": "a whole number", "float": "a number", "array": "a list", "object": "a table"}


def _explained(message: str, data: Mapping[str, Any], place: str) -> ConfigError:
    """Return the error for what msgspec refused (``Expected `int`, got `str` - at `$.source[0].pages` ``)."""
    what, _, where = message.partition(" - at ")
    steps = re.findall(r"[a-z]+|[0-9]+", where)
    named = re.findall(r"`([^`]*)`", what)
    if "unknown field" in what or "missing required field" in what:
        table = _named(data, steps)
        if "missing" in what:
            return ConfigError(f"{table or 'the file'} has no {named[0]}", place=place)
        known = msgspec.structs.fields(_TABLES[next((step for step in reversed(steps) if not step.isdigit()), "")])
        remedy = f"known keys: {', '.join(field.name for field in known)}"
        return ConfigError(f"unknown key {named[0]}{f' in {table}' if table else ''}", place=place, remedy=remedy)
    while steps[-1].isdigit():  # an item of a list: the list is what is wrong
        steps.pop()
    *outer, key = steps
    of = f" of {table}" if (table := _named(data, outer)) else ""
    if key in ("after", "before"):
        return ConfigError(f"{key}{of} is no list of texts", place=place, remedy=f'write {key} = ["…"]')
    if key in ("source", "line", "block"):
        path = ".".join(step for step in steps if not step.isdigit())
        return ConfigError(f"{key}{of} is no list of tables", place=place, remedy=f"write [[{path}]]")
    kind = _ARTICLE.get(named[0].removesuffix(" | null"), named[0])
    return ConfigError(f"{key}{of} is {_at(data, steps)!r}, not {kind}", place=place, remedy=f"write {kind}")


def _named(data: Mapping[str, Any], steps: Sequence[str]) -> str:
    """Return what people call a table of the file: by its name or text, else by its number; the file itself by nothing.

    >>> _named({"source": [{"name": "a", "line": [{"text": "b"}, {}]}]}, ["source", "0", "line", "1"])
    "line 2 of source 'a'"
    """
    out: list[str] = []
    for at, step in enumerate(steps):
        if step.isdigit():
            table = _at(data, steps[: at + 1])
            name = next((table[key] for key in ("name", "text", "path") if isinstance(table.get(key), str)), None)
            out[0] += f" {name[:40]!r}" if name is not None else f" {int(step) + 1}"
        else:
            out.insert(0, step)
    return " of ".join(out)


def _at(data: Any, steps: Sequence[str]) -> Any:
    for step in steps:
        data = data[int(step) if step.isdigit() else step]
    return data
