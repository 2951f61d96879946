"""How the cost of hostile pages grows: the zoo of the tests, and bait made from every regular expression of the package.

    python benchmarks/hostile.py [SIZE]

Each page is made at SIZE, 2 and 4 times SIZE bytes (default 40,000) and cleaned; printed are the slowest and the
steepest, with the exponent of the growth between the two larger sizes (1 is linear, 2 the square). Exit code 1 where
a page that takes more than half a second grows faster than the power 1.5.

Bait: of each pattern, every part that may repeat without bound is written out many times after what the pattern wants
to stand before it, once in one line and once in lines of a hundred characters, and never completed.
"""

from __future__ import annotations

import importlib
import math
import pkgutil
import re
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as sre  # type: ignore[attr-defined]
from typing import Any

import scrubkit as sk

sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "trust"))
import zoo

_CLASSES = {op.CATEGORY_DIGIT: "1", op.CATEGORY_SPACE: " ", op.CATEGORY_WORD: "a"}
_OTHER = {op.CATEGORY_NOT_DIGIT: "a", op.CATEGORY_NOT_SPACE: "a", op.CATEGORY_NOT_WORD: "-"}
_REPEATS = (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT)
_LIMIT = 1.5
_SLOW = 0.5


def patterns() -> dict[str, re.Pattern[str]]:
    """Return every compiled pattern that a module of the package holds, by a name that says where."""
    out: dict[str, re.Pattern[str]] = {}
    for module in pkgutil.walk_packages(sk.__path__, "scrubkit."):
        if "__main__" in module.name or ".cli" in module.name:
            continue
        try:
            held = vars(importlib.import_module(module.name))
        except ImportError as error:  # an extra that is not installed
            print(f"left out {module.name}: {error}", file=sys.stderr)
            continue
        for name, value in held.items():
            for number, pattern in enumerate(_inside(value)):
                if isinstance(pattern.pattern, str):
                    out[f"{module.name}.{name}{number or ''}"] = pattern
    return out


def _inside(value: Any) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _inside(part)
    elif isinstance(value, (list, tuple)):
        for part in value:
            yield from _inside(part)


def sample(parsed: Iterable[tuple[Any, Any]]) -> str:
    """Return a short text that a parsed pattern matches, or nearly."""
    out = ""
    for kind, value in parsed:
        if kind is op.LITERAL:
            out += chr(value)
        elif kind is op.NOT_LITERAL:
            out += "a" if chr(value) != "a" else "b"
        elif kind is op.ANY:
            out += "a"
        elif kind is op.IN:
            out += _member(value)
        elif kind is op.BRANCH:
            out += sample(value[1][0])
        elif kind is op.SUBPATTERN:
            out += sample(value[-1])
        elif kind in _REPEATS:
            out += sample(value[2]) * max(1, value[0])
        elif kind is op.ATOMIC_GROUP:
            out += sample(value)
    return out


def _member(choices: list[tuple[Any, Any]]) -> str:
    if choices[0][0] is op.NEGATE:
        refused = {value for kind, value in choices[1:] if kind is op.LITERAL}
        return next(chr(c) for c in (*range(97, 123), 45, 32, 49) if c not in refused)
    kind, value = choices[0]
    if kind is op.LITERAL:
        return chr(value)
    if kind is op.RANGE:
        return chr(value[0])
    return _CLASSES.get(value) or _OTHER.get(value, "a")


def pumps(parsed: Iterable[tuple[Any, Any]], before: str = "") -> Iterator[tuple[str, str]]:
    """Yield ``(what stands before, what may repeat)`` for each part of a pattern that repeats without bound."""
    for kind, value in parsed:
        if kind in _REPEATS:
            if value[1] is op.MAXREPEAT or value[1] >= 50:
                yield before, sample(value[2])
            yield from pumps(value[2], before)
        elif kind is op.SUBPATTERN:
            yield from pumps(value[-1], before)
        elif kind is op.BRANCH:
            for branch in value[1]:
                yield from pumps(branch, before)
        elif kind is op.ATOMIC_GROUP:
            yield from pumps(value, before)
        before += sample([(kind, value)])


def baits(size: int) -> Iterator[zoo.Page]:
    """Yield a page for each different repeat of each pattern, in one line and in lines."""
    seen = set()
    for name, pattern in patterns().items():
        for before, run in pumps(sre.parse(pattern.pattern, pattern.flags & ~re.DEBUG)):
            if not run or (before, run) in seen:
                continue
            seen.add((before, run))
            line = before + run * (size // len(run))
            lines = "\n".join([(before + run * 100)[:100]] * (size // 100))
            kind = "text/html" if "<" in before + run else "text/plain"
            label = f"{name} {before[-12:]!r} {run[:12]!r}"
            yield f"bait {label}", line.encode("utf-8", "surrogatepass"), kind
            yield f"bait in lines {label}", lines.encode("utf-8", "surrogatepass"), kind


def seconds(data: bytes, media_type: str | None) -> float:
    """Return the CPU time of cleaning a page, its report of removals included."""
    start = time.process_time()
    page = sk.clean(data, media_type=media_type)
    _ = page.text, page.verdict
    return time.process_time() - start


def main() -> int:
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 40_000
    sk.clean("warm")
    cost: dict[str, list[float]] = {}
    for factor in (1, 2, 4):
        for name, data, media_type in (*zoo.pages(size * factor), *baits(size * factor)):
            cost.setdefault(name, []).append(seconds(data, media_type))
    steep = {name: math.log2(max(t[2], 1e-6) / max(t[1], 1e-6)) for name, t in cost.items() if len(t) == 3}
    bad = [name for name, power in steep.items() if cost[name][2] > _SLOW and power > _LIMIT]
    print(f"{len(cost)} pages at {size:,}, {2 * size:,} and {4 * size:,} bytes; CPU seconds and exponent")
    print("| page | 1 | 2 | 4 | exponent |\n|-|-|-|-|-|")
    slow = sorted(steep, key=lambda name: -cost[name][2])[:15]
    for name in dict.fromkeys([*slow, *bad]):
        print(f"| {name} | " + " | ".join(f"{t:.3f}" for t in cost[name]) + f" | {steep[name]:.2f} |")
    print(f"{len(bad)} grow faster than the power {_LIMIT} at more than {_SLOW} s")
    return int(bool(bad))


if __name__ == "__main__":
    sys.exit(main())
