"""Whatever lies in a folder, every file is accounted for, and its text or its bytes can be had back."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scrubkit.config import load
from scrubkit.engine.restore import restored
from scrubkit.engine.run import Plan, clean_corpus

PROSE = "The river rose on Monday and fell again by the evening, said the man who keeps the gauge at the mill."

SHORT = st.binary(min_size=1, max_size=12).map(lambda b: b.replace(b"/", b"").replace(b"\0", b"").lstrip(b"."))
NAMES = st.one_of(SHORT, st.sampled_from([b"x" * 245, b"\xe9" * 245, "é".encode() * 122])).filter(bool)
CONTENTS = st.one_of(
    st.binary(max_size=200),
    st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")),
    st.lists(
        st.sampled_from([PROSE, "Skip to main content", "", "Share this article", "\r", "caf\xc3\xa9"]), max_size=8
    ).map(lambda parts: "\n".join(parts).encode()),
)
ENDINGS = st.sampled_from([b".txt", b".html", b".jsonl"])


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(st.dictionaries(st.tuples(NAMES, ENDINGS), CONTENTS, min_size=1, max_size=6))
def test_every_file_is_kept_or_set_aside_with_its_bytes(files: dict[tuple[bytes, bytes], bytes]) -> None:
    """Names of any bytes, contents of any bytes: the account closes, and nothing is written outside the output."""
    base = Path(tempfile.mkdtemp())
    try:
        source = base / "in"
        source.mkdir()
        for (name, ending), data in files.items():
            Path(os.fsdecode(os.fsencode(source) + b"/" + name + ending)).write_bytes(data)
        pages = {name + ending: data for (name, ending), data in files.items() if ending != b".jsonl"}
        config = load(isolated=True, overrides={"include": ["*.jsonl"], "dedup": {"enabled": False}})
        result = clean_corpus(Plan((str(source),), base / "out", config, jobs=1))
        assert sorted(p.name for p in base.iterdir()) == ["in", "out"]
        told = base / "out/rejected/records.jsonl"
        aside = [json.loads(line) for line in told.read_text().splitlines()] if told.exists() else []
        kept = list(restored(base / "out"))
        broken = [row for row in aside if row["verdict"] == "broken"]
        assert result.account.documents.total() == len(kept) + len(broken)
        for row in aside:
            if str(row["bytes"]).startswith("rejected/files/"):
                assert (base / "out" / row["bytes"]).read_bytes() in files.values()
        told_pages = [d.source for d in kept if not d.line] + [row["id"] for row in broken if ".jsonl" not in row["id"]]
        assert len(set(told_pages)) == len(pages)
    finally:
        shutil.rmtree(base)
