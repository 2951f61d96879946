"""Settings: from the command line, over a file, over the defaults.

The file is ``scrubkit.toml`` or the table ``[tool.scrubkit]`` of a ``pyproject.toml``, the nearest one upward from
the source. Keys are written with hyphens. A key that does not exist is an error that names the nearest one that
does: a setting that is silently ignored costs more than one that is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from fnmatch import fnmatch
from hashlib import blake2b
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from scrubkit.config_file import FILE_NAMES, find_file, nearest, read_file
from scrubkit.core.choices import Keep, Scorer
from scrubkit.core.errors import ConfigError

if TYPE_CHECKING:
    from scrubkit.pipeline import Pipeline

__all__ = ["FILE_NAMES", "Check", "Config", "Dedup", "find_file", "load", "size_of"]

Share = Annotated[float, Meta(ge=0.0, le=1.0)]
Count = Annotated[int, Meta(ge=0)]
Size = Annotated[str, Meta(pattern=r"^[0-9]+(\.[0-9]+)?[KMGT]?$")]
KeepPolicy = Literal["longest", "earliest", "preferred-source", "first", "least-boilerplate", "none"]

# Told apart from the guards below because they judge, and what is a good text depends on what it is wanted for.
_GUARDS = ("QLT001", "QLT002", "QLT003")


class Dedup(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    """How duplicates are found and what becomes of them: the table ``[dedup]``.

    ``action`` is ``drop`` (all but the keeper go to ``rejected/``) or ``tag`` (all stay, marked). ``keep`` chooses
    the keeper, which must hold the share ``min_coverage`` of what is dropped. A run that would drop more than the
    share ``max_drop`` stops. Past ``memory`` the search's work lies on disk; the result is the same.
    """

    enabled: bool = True
    action: Literal["drop", "tag"] = "drop"
    jaccard: Share = 0.8
    keep: KeepPolicy = "longest"
    preferred_source: tuple[str, ...] = ()
    min_coverage: Share = 0.5
    max_drop: Share = 0.5
    memory: Size = "64M"


class Check(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    """Settings of ``scrubkit check`` alone: the table ``[check]``; paths are relative to the file.

    ``max_seconds_per_document`` stands for the key of the same name outside: who commits waits.
    """

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    baseline: str | None = None
    cache_dir: str = ".scrubkit_cache"
    index: str | None = None
    max_seconds_per_document: Annotated[float, Meta(ge=0.0)] = 10.0


class Config(Struct, frozen=True, forbid_unknown_fields=True, rename="kebab", kw_only=True):
    """All settings of one run, resolved.

    ``select``, ``ignore``, ``extend_select`` name rule codes, families or rule names; ``None`` means all stable
    rules. ``rules`` holds parameters by code, ``per_path_ignores`` the codes that do not count by glob.
    ``exclude`` and ``include`` are globs of files, ``templates`` a file of ``scrubkit fit`` (its text is held in
    ``learned``, for workers elsewhere). ``plugins`` says which installed plug-ins act: all, none, or those of the
    packages named. A document that takes more than ``max_seconds_per_document`` or ``max_memory_per_document`` is set
    aside (0: no limit). ``origins`` says where each key that is not a default was set.

    >>> Config(keep="precision").hash == Config().hash
    False
    """

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    keep: Keep = "balanced"
    scorer: Scorer = "trained"
    language: tuple[str, ...] = ()
    language_backend: str = "auto"
    min_words: Count | None = None
    exclude: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    per_path_ignores: dict[str, tuple[str, ...]] = {}
    text_field: str = "text"
    id_field: str = "id"
    url_field: str = "url"
    max_record_bytes: Annotated[int, Meta(ge=1000)] = 256_000_000
    max_seconds_per_document: Annotated[float, Meta(ge=0.0)] = 60.0
    max_memory_per_document: Size = "2G"
    plugins: bool | tuple[str, ...] = True
    rules: dict[str, dict[str, float]] = {}
    templates: str | None = None
    dedup: Dedup = Dedup()
    check: Check = Check()
    root: str = ""
    origins: dict[str, str] = {}
    learned: str = ""

    @property
    def hash(self) -> str:
        """A hash of every setting that can change a result; where files lie and how they are checked does not."""
        told = msgspec.to_builtins(msgspec.structs.replace(self, dedup=msgspec.structs.replace(self.dedup, memory="")))
        for key in ("root", "origins", "check", "include", "exclude", "templates"):
            del told[key]
        return blake2b(msgspec.json.encode(told, order="deterministic"), digest_size=12).hexdigest()

    @property
    def cleaning_hash(self) -> str:
        """A hash of the settings that cleaning one document depends on; how duplicates are treated is not."""
        return msgspec.structs.replace(self, dedup=Dedup()).hash

    def resolved(self) -> dict[str, Any]:
        """Return the settings as plain data, keys as written in the file."""
        return {key: value for key, value in msgspec.to_builtins(self).items() if key not in _INNER}

    def use_plugins(self) -> None:
        """Switch plug-ins on and off in this process as the settings say."""
        from scrubkit.entrypoints import choose

        choose(self.plugins)

    def boilerplate_codes(self) -> tuple[str, ...]:
        """Return the codes of all rules that are on."""
        from scrubkit.rulebook import select_rules

        return tuple(rule.code for rule in select_rules(self.select, self.ignore, self.extend_select))

    def quality_codes(self) -> tuple[str, ...]:
        """Return the codes of the document-quality rules that are on.

        Without ``select`` these are the guards alone (nothing left, only prompts left, too much gone): whether a
        text is *good* depends on what it is wanted for, so those rules are asked for by name.
        """
        from scrubkit.rulebook import select_rules

        chosen = [*(_GUARDS if self.select is None else self.select), *self.extend_select]
        codes = {rule.code for rule in select_rules(chosen, self.ignore) if rule.code.startswith("QLT")}
        if self.min_words:
            codes |= {rule.code for rule in select_rules(["QLT"], self.ignore) if "min_words" in rule.defaults()}
        return tuple(sorted(codes))

    def pipeline(self) -> Pipeline:
        """Return what cleans one document: repair, boilerplate, language, quality; duplicates are the run's work."""
        from scrubkit import filters

        self.use_plugins()
        from scrubkit.pipeline import Filter, Pipeline

        quality: dict[str, Any] = dict(
            item for code, params in self.rules.items() if code[:3] == "QLT" for item in params.items()
        )
        if self.min_words is not None:
            quality["min_words"] = float(self.min_words)
        steps: list[Filter] = [filters.repair_encoding()]
        steps.append(
            filters.strip_boilerplate(
                select=self.select,
                ignore=self.ignore,
                extend=self.extend_select,
                keep=self.keep,
                scorer=self.scorer,
                params=self.rules,
            )
        )
        if self.learned:
            from scrubkit.templates import loads

            steps.append(filters.strip_templates(loads(self.learned), select=self.boilerplate_codes()))
        waive = [_PathIgnores(self.root, tuple(sorted(self.per_path_ignores.items())))] if self.per_path_ignores else []
        steps += waive
        backend: Any = self.language_backend  # checked when the settings were read; a plug-in's is not in the type
        steps.append(filters.language(keep=self.language or None, backend=backend))
        codes = self.quality_codes()
        if codes:
            steps.append(filters.quality(select=codes, **quality))
        return Pipeline([*steps, *waive])


def size_of(size: str) -> int:
    """Return a size in bytes.

    >>> size_of("1.5K"), size_of("0")
    (1536, 0)
    """
    unit = "KMGT".find(size[-1])
    return int(float(size[:-1]) * 1024 ** (1 + unit)) if unit >= 0 else int(float(size))


class _PathIgnores(Struct, frozen=True):
    """Filter that takes back findings of codes that do not count where the page stands."""

    root: str
    globs: tuple[tuple[str, tuple[str, ...]], ...]

    def __call__(self, pages: Sequence[Any]) -> Sequence[Any]:
        return [self._one(page) for page in pages]

    def _one(self, page: Any) -> Any:
        codes = ignored_codes(page.record.place or page.id, self.globs, root=self.root)
        if not codes:
            return page
        from dataclasses import replace

        left = replace(page, findings=tuple(f for f in page.findings if not f.code.startswith(codes)))
        if "document" in page.__dict__:
            left.__dict__["document"] = page.__dict__["document"]
        return left


def ignored_codes(place: str, globs: Iterable[tuple[str, Iterable[str]]], *, root: str | Path = "") -> tuple[str, ...]:
    """Return the codes (or families) that do not count at a place, ``a/b.txt`` or ``a/b.jsonl:7``.

    A glob is held against the path below the settings file, and against the bare name.

    >>> ignored_codes("old/a.txt", [("old/*", ["NAV"]), ("*.html", ["TCK"])])
    ('NAV',)
    """
    path = PurePath(place)
    stem, _, tail = path.name.rpartition(":")
    if stem and tail.isdigit():
        path = path.with_name(stem)
    full = PurePath(Path.cwd() / path)
    base = PurePath(root or Path.cwd())
    relative = full.relative_to(base).as_posix() if full.is_relative_to(base) else path.as_posix()
    found = [code for glob, codes in globs if fnmatch(relative, glob) or fnmatch(path.name, glob) for code in codes]
    return tuple(sorted(set(found)))


def load(
    start: str | Path | None = None,
    *,
    file: str | Path | None = None,
    overrides: Mapping[str, Any] | None = None,
    isolated: bool = False,
) -> Config:
    """Return the settings for a source: ``overrides`` over the file over the defaults.

    ``start`` is where the search for a file begins (the working directory by default); ``file`` names one instead;
    ``isolated`` reads none. ``overrides`` has keys as in the file, ``{"min-words": 50, "dedup": {"action": "tag"}}``;
    values of ``None`` were not given. Raises :class:`ConfigError` for an unknown key, rule code, rule parameter or
    a value that does not fit.
    """
    given = {key: value for key, value in (overrides or {}).items() if value is not None}
    if file is not None:
        found: tuple[Path, Mapping[str, Any]] | None = (Path(file), read_file(Path(file)))
    else:
        found = None if isolated else nearest(start)
    settings: dict[str, Any] = {}
    origins: dict[str, str] = {}
    root = Path.cwd()
    if found is not None:
        path, settings = found[0], dict(found[1])
        root = path.absolute().parent
        origins = dict.fromkeys(_flat(settings), str(path))
    told = _convert(settings, str(path)) if settings else Config()
    if given:
        merged = _merge(settings, given)
        _convert(given, "command line")
        told = _convert(merged, "command line")
        origins |= dict.fromkeys(_flat(given), "command line")
    told = msgspec.structs.replace(told, root=str(root), origins=origins)
    if told.templates is not None:
        from scrubkit import templates

        file = (Path() if "templates" in given else root) / told.templates
        told = msgspec.structs.replace(told, learned=templates.dump(templates.load(file)))
    _check_plugins(told)
    return _check_rules(told)


def _convert(settings: Mapping[str, Any], place: str) -> Config:
    _refuse_unknown(settings, Config, place, "")
    try:
        return msgspec.convert({k: v for k, v in settings.items() if k not in _INNER}, Config)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at ")
        key = where.strip("`").removeprefix("$.") or "settings"
        raise ConfigError(f"{key}: {message[0].lower()}{message[1:]}", place=place) from error


_INNER = frozenset({"root", "origins", "learned"})


def _refuse_unknown(settings: Mapping[str, Any], kind: type[Struct], place: str, prefix: str) -> None:
    known = {f.encode_name: f for f in msgspec.structs.fields(kind) if f.name not in _INNER}
    for key, value in settings.items():
        if key not in known:
            close = get_close_matches(key.replace("_", "-"), known, n=1, cutoff=0.5)
            remedy = f"did you mean {prefix}{close[0]}?" if close else f"known keys: {', '.join(sorted(known))}"
            raise ConfigError(f"unknown key {prefix}{key}", place=place, remedy=remedy)
        inner = known[key].type
        if isinstance(value, Mapping) and isinstance(inner, type) and issubclass(inner, Struct):
            _refuse_unknown(value, inner, place, f"{prefix}{key}.")


def _merge(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    out = dict(below)
    for key, value in above.items():
        old = out.get(key)
        out[key] = _merge(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return out


def _flat(settings: Mapping[str, Any], prefix: str = "") -> Iterable[str]:
    for key, value in settings.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield prefix + key


def _check_plugins(told: Config) -> None:
    """Switch plug-ins as the settings say, before anything asks them; refuse what none of them has."""
    from scrubkit.entrypoints import choose, named

    try:
        choose(told.plugins)
        backend = told.language_backend
        if backend not in _BACKENDS and named("scrubkit.languages", backend) is None:
            close = get_close_matches(backend, _BACKENDS, n=1)
            remedy = f"did you mean {close[0]}?" if close else f"choose {', '.join(_BACKENDS)}"
            raise ConfigError(f"language-backend: there is no backend {backend!r}", remedy=remedy)
    except ConfigError as error:
        if error.place is not None:
            raise
        key = "plugins" if error.message.startswith("plugins") else "language-backend"
        raise ConfigError(error.message, place=told.origins.get(key), remedy=error.remedy) from None


_BACKENDS = ("auto", "langdetect", "langdetect-fast")


def _check_rules(told: Config) -> Config:
    """Return the settings with rule parameters named as in the catalogue; refuse codes and parameters unknown to it."""
    named = [("select", told.select or ()), ("ignore", told.ignore), ("extend-select", told.extend_select)]
    named += [("check.select", told.check.select or ()), ("check.ignore", told.check.ignore)]
    named += [("check.extend-select", told.check.extend_select)]
    named += [("per-path-ignores", codes) for codes in told.per_path_ignores.values()]
    if not told.rules and not any(codes for _, codes in named):
        return told
    from scrubkit.rulebook import lookup, select_rules

    for key, codes in named:
        for code in codes:
            try:
                select_rules([code])
            except ConfigError as error:
                if error.place is not None:  # a plug-in's fault, not the key's
                    raise
                place = told.origins.get(key) or next((v for k, v in told.origins.items() if k.startswith(key)), None)
                raise ConfigError(f"{key}: {error.message}", place=place, remedy=error.remedy) from None
    params: dict[str, dict[str, float]] = {}
    for name, values in told.rules.items():
        place = next((v for k, v in told.origins.items() if k.startswith(f"rules.{name}")), None)
        try:
            rule = lookup(name)
        except ConfigError as error:
            if error.place is not None:
                raise
            raise ConfigError(f"rules.{name}: {error.message}", place=place, remedy=error.remedy) from None
        known = rule.defaults()
        for key, value in values.items():
            param = key.replace("-", "_")
            if param not in known:
                close = get_close_matches(param, known, n=1, cutoff=0.5)
                remedy = f"did you mean {close[0]}?" if close else f"it has {', '.join(known) or 'no parameters'}"
                raise ConfigError(f"rules.{name}: {rule.code} has no parameter {key}", place=place, remedy=remedy)
            params.setdefault(rule.code, {})[param] = value
    return msgspec.structs.replace(told, rules=params)
