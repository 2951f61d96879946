"""The fuzz targets under random bytes, under their seeds, and under every case that once broke a promise."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[2] / "fuzz"))
from seeds import CONFIG, FLAT, LEDGER, MANIFEST, MEMBER, PAGE, STATS, TEMPLATES, WRONG, seeds
from targets import TARGETS

CASES = Path(__file__).parent / "cases"

MARKUP = st.sampled_from(
    [
        "<p>", "</p>", "<div class=share>", "<!--", "-->", "<script>", "</script>", "<table><tr><td>", "<a href=/x>",
        "&amp;", "&#x10;", "&#0;", "<pre>", "<title>", "<li>", "<iframe>", "<noscript>", "<svg>", "<template>", "<br/>",
        "<h1>", "<plaintext>", "<textarea>", "é", "日", "\x00", "\ufffd", "\n", "\t",
    ]
)  # fmt: skip
KEYS = st.sampled_from(
    [*CONFIG.split("\n"), "plugins = false", "[rules.NAV001]", "x = 1", 'keep = "all"', "[dedup", '"']
)
WORDS = st.sampled_from([*TEMPLATES.split(), "[[source.line]]", "x = 1", "nan", "{}", "-1", '"'])
OTHER = st.recursive(
    st.sampled_from(WRONG) | st.floats() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["kept", "a", "cue"]), inner, max_size=3)
    ),
    max_leaves=6,
)


def _run_file(at: int, whole: dict[str, object]) -> st.SearchStrategy[bytes]:
    """A file of a run (the first byte says which) with other values under its keys, or none."""
    changed = st.builds(
        lambda new, gone: {key: new.get(key, value) for key, value in whole.items() if key not in gone},
        st.dictionaries(st.sampled_from(sorted(whole)), OTHER, max_size=2),
        st.sets(st.sampled_from(sorted(whole)), max_size=1),
    )
    return (changed | OTHER).map(lambda value: bytes([8 * at + 1]) + json.dumps(value).encode())


def _chosen(pieces: st.SearchStrategy[list[str]], between: str = "") -> st.SearchStrategy[bytes]:
    """The pieces as one text behind a byte that chooses among options."""
    return st.builds(lambda first, rest: first + between.join(rest).encode(), st.binary(max_size=1), pieces)


PIECES = {
    "html": _chosen(st.lists(MARKUP | st.sampled_from(PAGE.split("<")), max_size=40)),
    "clean": _chosen(st.lists(MARKUP | st.sampled_from(FLAT.split("\n")), max_size=40), "\n"),
    "config": _chosen(st.lists(KEYS, max_size=12), "\n"),
    "report": _chosen(st.lists(MARKUP, max_size=20)),
    "ledger": st.one_of(_run_file(at, whole) for at, whole in enumerate((LEDGER, MANIFEST, STATS, MEMBER))),
    "templates": st.lists(WORDS, max_size=30).map("\n".join).map(str.encode),
}


def _bytes(name: str) -> st.SearchStrategy[bytes]:
    """Random bytes, seeds with bytes changed, and what is like the target's own language."""
    some = st.sampled_from(seeds()[name])
    changed = st.builds(
        lambda data, at, new, cut: data[: at % (len(data) + 1)] + new + data[(at + cut) % (len(data) + 1) :],
        some,
        st.integers(0, 4096),
        st.binary(max_size=6),
        st.integers(0, 8),
    )
    return st.binary(max_size=200) | changed | PIECES.get(name, some)


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_seeds(name: str) -> None:
    """What the fuzzer starts from keeps every promise, and there is something to start from."""
    made = seeds()[name]
    assert made
    for data in made:
        TARGETS[name](data)


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_random_bytes(name: str) -> None:
    """Random bytes, changed seeds and pieces of the target's own language keep every promise."""
    most = 12 if name in ("index", "clean", "report") else 40

    @settings(max_examples=most, deadline=None, suppress_health_check=list(HealthCheck))
    @given(_bytes(name))
    def holds(data: bytes) -> None:
        TARGETS[name](data)

    holds()


@pytest.mark.parametrize("case", sorted(CASES.rglob("*.bin")), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_kept_cases(case: Path) -> None:
    """What fuzzing once found stays mended."""
    TARGETS[case.parent.name](case.read_bytes())
