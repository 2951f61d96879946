"""Accepted findings: known by path, code and a hash of their text, so that they stay accepted when lines move."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from scrubkit.catalogue.located import Located
from scrubkit.core.errors import ConfigError, InputError
from scrubkit.io.atomic import write_atomic

__all__ = ["Accepted", "accepted_at", "apply_baseline", "read_baseline", "write_baseline"]

VERSION = 1

Accepted = dict[str, Counter[str]]
"""By path, how often each ``CODE:hash`` is accepted."""


def read_baseline(path: Path) -> Accepted:
    """Return the accepted findings of a baseline file."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["version"] != VERSION:
            remedy = "write it again with --write-baseline"
            raise ConfigError(f"baseline of version {data['version']!r}", place=str(path), remedy=remedy)
        return {file: Counter({key: int(n) for key, n in keys.items()}) for file, keys in data["findings"].items()}
    except FileNotFoundError as error:
        remedy = "make one with --write-baseline"
        raise InputError("no such baseline", place=str(path), remedy=remedy) from error
    except OSError as error:
        raise InputError(f"baseline cannot be read: {error.strerror}", place=str(path)) from error
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError) as error:
        remedy = "write it again with --write-baseline"
        raise InputError("not a baseline of scrubkit", place=str(path), remedy=remedy) from error


def write_baseline(path: Path, findings: Iterable[Located], *, root: Path) -> int:
    """Write a baseline that accepts the findings, sorted so that it changes little in git; return how many."""
    accepted: dict[str, Counter[str]] = {}
    for finding in findings:
        accepted.setdefault(_relative(finding.path, root), Counter())[finding.key] += 1
    ordered = {file: dict(sorted(keys.items())) for file, keys in sorted(accepted.items())}
    text = json.dumps({"version": VERSION, "findings": ordered}, indent=1, ensure_ascii=False) + "\n"
    write_atomic(path, text.encode("utf-8", "replace"))
    return sum(sum(keys.values()) for keys in accepted.values())


def apply_baseline(findings: Sequence[Located], accepted: Accepted, *, root: Path) -> list[Located]:
    """Return the findings that are not accepted; each accepted entry covers as many as were counted, no more."""
    left = {file: Counter(keys) for file, keys in accepted.items()}
    out = []
    for finding in findings:
        keys = left.get(_relative(finding.path, root))
        if keys is not None and keys[finding.key] > 0:
            keys[finding.key] -= 1
        else:
            out.append(finding)
    return out


def accepted_at(accepted: Accepted, path: str, *, root: Path) -> frozenset[str]:
    """Return the keys accepted for a file, which ``--fix`` leaves alone."""
    return frozenset(accepted.get(_relative(path, root), ()))


def _relative(path: str, root: Path) -> str:
    """Return a path as the baseline names it: relative to the baseline's folder, so that any folder may be current."""
    full = PurePosixPath((Path.cwd() / path).resolve().as_posix())
    base = PurePosixPath(root.resolve().as_posix())
    return full.relative_to(base).as_posix() if full.is_relative_to(base) else full.as_posix()
