"""Wrong uses of the library: each is told where it happens, with the thing and the remedy, before any page is read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import scrubkit as sk
from scrubkit import filters

ANY: Any = filters  # wrong uses would not pass the type checker: that is the point of them

# what was done, then what the message must name: the thing and the remedy
TABLE: dict[str, tuple[Callable[[], object], tuple[str, str]]] = {
    "a path in place of a text": (lambda: sk.clean(Path("x.html")), ("PosixPath", "read_bytes")),  # type: ignore[arg-type]
    "nothing in place of a text": (lambda: sk.clean(None), ("NoneType", "bytes or text")),  # type: ignore[arg-type]
    "a number as id": (lambda: sk.clean("x", id=3), ("id must be str", "str(")),  # type: ignore[arg-type]
    "a filter that was not set up": (lambda: sk.Pipeline([ANY.language]), ("filter 0", "write language()")),
    "a filter alone": (lambda: sk.Pipeline(ANY.language()), ("list of filters", "Pipeline([...])")),
    "a number as filter": (lambda: sk.Pipeline([ANY.language(), 3]), ("filter 1", "returns pages")),  # type: ignore[list-item]
    "a text as pipeline": (lambda: sk.Pipeline("language"), ("str", "Pipeline([...])")),  # type: ignore[arg-type]
    "one text as records": (lambda: list(sk.Pipeline([]).run("Rain.")), ("one text", "run([text])")),
    "paths as records": (lambda: list(sk.Pipeline([]).run([Path("a")])), ("record 0", "scrubkit.read")),  # type: ignore[list-item]
    "no pages a batch": (lambda: list(sk.Pipeline([]).run(["a"], batch_size=0)), ("batch_size=0", "1 or more")),
    "a string as selection": (lambda: ANY.strip_boilerplate(select="NAV"), ("select='NAV'", "['NAV']")),
    "an unknown rule": (lambda: ANY.strip_boilerplate(ignore=["NAW"]), ("NAW", "did you mean NAV?")),
    "an unknown dial": (lambda: ANY.strip_boilerplate(keep="all"), ("keep='all'", "'precision'")),
    "an unknown scorer": (lambda: ANY.strip_boilerplate(scorer="best"), ("scorer='best'", "'simple'")),
    "an unknown parameter of a rule": (
        lambda: ANY.strip_boilerplate(params={"NAV001": {"x": 1}}), ("no parameter x", "it has max_words"),
    ),
    "a string as languages": (lambda: ANY.language(keep="en"), ("keep='en'", "keep={'en'}")),
    "an unknown language backend": (lambda: ANY.language(backend="cld3"), ("cld3", "langdetect-fast")),
    "an unknown form": (lambda: ANY.repair_encoding(form="NFKC"), ("form='NFKC'", "'NFC'")),
    "an unknown parameter of quality": (lambda: ANY.quality(min_word=3), ("min_word", "did you mean min_words?")),
    "rules that judge nothing": (lambda: ANY.quality(select=["NAV001"]), ("NAV001", "strip_boilerplate")),
    "a share in per cent": (lambda: ANY.near_duplicates(jaccard=80), ("jaccard=80", "0.8")),
    "an unknown setting of duplicates": (lambda: ANY.near_duplicates(minimum=1), ("minimum", "min_coverage")),
    "one string to compare": (lambda: sk.find_duplicates("abc"), ("one string", "list of texts")),
    "a source that is not there": (lambda: list(sk.read("absent")), ("absent", "no such file or folder")),
    "no source": (lambda: list(sk.read([])), ("no source", "name a folder")),
}  # fmt: skip


@pytest.mark.parametrize(("use", "named"), TABLE.values(), ids=TABLE)
def test_message_names_thing_and_remedy(use: Callable[[], object], named: tuple[str, str]) -> None:
    """The wrong value and what to write instead stand in the message."""
    with pytest.raises((sk.ScrubkitError, TypeError)) as error:
        use()
    for part in named:
        assert part in str(error.value)
