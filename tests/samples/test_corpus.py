"""The sample corpus and its gold agree, and between them they show what they say they show."""

from __future__ import annotations

import codecs
import json
import re
from collections import Counter
from html import unescape
from pathlib import Path

import pytest

from scrubkit.catalogue import FAMILIES

CORPUS = Path(__file__).resolve().parents[2] / "corpus_samples"

LABELS = {
    "content", "title", "byline", "caption", "nav", "ticker", "comments", "disclaimer", "share", "related", "player",
    "bio", "prompt", "donation", "footer", "blank",
}  # fmt: skip
RELATIONS = {"original", "exact", "reprint", "abridged", "updated", "rewrite", "single"}


def rows(name: str) -> list[dict]:
    return [json.loads(line) for line in (CORPUS / name).read_text(encoding="utf-8").splitlines()]


LINES, PAGES = rows("gold/lines.jsonl"), rows("gold/pages.jsonl")
CLUSTERS, ENCODINGS, FEED = rows("gold/clusters.jsonl"), rows("gold/encoding.jsonl"), rows("feed.jsonl")
CODECS = {row["file"]: row["encoding"] for row in ENCODINGS}
DAMAGE = {row["file"]: row["mojibake"] for row in ENCODINGS if "mojibake" in row}
FILES = sorted(path.relative_to(CORPUS).as_posix() for path in (CORPUS / "pages").rglob("*") if path.is_file())
TEXTS = sorted({row["file"] for row in LINES if "file" in row})


def key(row: dict) -> str:
    return row["file"] if "file" in row else row["id"]


def decoded(name: str) -> str:
    return (CORPUS / name).read_bytes().decode(CODECS.get(name, "utf-8"))


def mojibake(text: str, times: int) -> str:
    """UTF-8 read as windows-1252, the five bytes it does not define as the control characters they are in latin-1."""
    for _ in range(times):
        text = "".join(
            codecs.decode(bytes([b]), "cp1252" if b not in b"\x81\x8d\x8f\x90\x9d" else "latin-1")
            for b in text.encode()
        )
    return text


def shown(source: str) -> str:
    """The words of an HTML page, scripts left out."""
    text = re.sub(r"(?s)<script.*?</script>|<style.*?</style>", " ", source)
    text = re.sub(r"</?(?:b|i|em|strong|a|span|small)\b[^>]*>", "", text)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


def visible(source: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", source)).split())


def test_every_document_stands_in_the_clusters_once():
    """Files and records are the same set in the corpus and in clusters.jsonl, which is also its index."""
    named = [key(row) for row in CLUSTERS]
    assert sorted(named) == sorted([*FILES, *(record["id"] for record in FEED)])
    assert len(set(named)) == len(named)


@pytest.mark.parametrize("name", TEXTS)
def test_gold_lines_are_the_lines_of_the_file(name):
    """Number and text of each line are as in the file, every line is there, and damage is the damage that is named."""
    gold = [row for row in LINES if row.get("file") == name]
    lines = decoded(name).removesuffix("\n").split("\n")
    assert [row["line_no"] for row in gold] == list(range(1, len(lines) + 1))
    assert [mojibake(row["text"], DAMAGE.get(name, 0)) for row in gold] == lines


def test_gold_lines_are_the_lines_of_the_records():
    """The same holds for the records of the feed, by id."""
    for record in FEED:
        gold = [row for row in LINES if row.get("id") == record["id"]]
        assert [row["text"] for row in gold] == record["text"].split("\n")
        assert [row["line_no"] for row in gold] == list(range(1, len(gold) + 1))


def test_every_flattened_text_is_labelled():
    """No .txt file is without gold lines, no gold lines without a file."""
    assert [name for name in FILES if name.endswith(".txt")] == TEXTS


def test_labels_and_decisions_are_consistent():
    """Labels are known; content always stays, boilerplate never; only titles, bylines and captions go either way."""
    assert {row["label"] for row in LINES} == LABELS
    for row in LINES:
        assert (row["label"] == "blank") == (not row["text"].strip())
        if row["label"] == "content":
            assert row["keep"]
        elif row["label"] not in ("title", "byline", "caption"):
            assert not row["keep"]


def test_every_family_of_boilerplate_is_shown():
    """Each kind that rules report on lines occurs often enough, on more than one page."""
    places: dict[str, set[str]] = {}
    for row in LINES:
        places.setdefault(row["label"], set()).add(key(row))
    kinds = {family.kind for family in FAMILIES.values()} & LABELS
    assert len(kinds) == 14
    assert all(len(places[kind]) >= 2 for kind in kinds)


@pytest.mark.parametrize("name", [row["file"] for row in PAGES if row["file"].endswith(".html")])
def test_gold_strings_stand_on_the_page(name):
    """What must stay and what must go is on the page; nothing that must go is part of what must stay."""
    gold = next(row for row in PAGES if row["file"] == name)
    source = decoded(name)
    pages = [" ".join(text.casefold().split()) for text in (shown(source), visible(source))]
    main = " ".join(" ".join(text.casefold().split()) for text in gold["main"])
    for text in [*gold["main"], *gold["gone"]]:
        assert any(" ".join(text.casefold().split()) in page for page in pages), text
    for text in gold["gone"]:
        assert " ".join(text.casefold().split()) not in main, text


def test_every_html_page_has_gold():
    """No .html file is without strings to keep or to remove."""
    judged = {row["file"] for row in PAGES if row.get("main") or row.get("gone")}
    assert {name for name in FILES if name.endswith(".html")} == judged


def test_at_least_eight_languages():
    """English has the most documents; eight other languages have some, and German, French, Spanish and Russian HTML."""
    count = Counter(row["language"] for row in CLUSTERS if "language" in row)
    assert len(count) >= 8
    assert count.most_common(1)[0][0] == "en"
    assert {"en", "de", "fr", "es", "ru", "tr", "ar", "zh", "ja"} <= set(count)


@pytest.mark.parametrize("row", ENCODINGS, ids=lambda row: row["file"])
def test_encodings_are_what_the_gold_says(row):
    """The bytes decode, hold the phrase (damaged as often as said), and are not simply UTF-8."""
    text = decoded(row["file"])
    assert mojibake(row["phrase"], row.get("mojibake", 0)) in text
    if "mojibake" in row:
        assert row["phrase"] not in text
    else:
        with pytest.raises(UnicodeDecodeError):
            (CORPUS / row["file"]).read_bytes().decode("utf-8" if row["encoding"] != "utf-16-le" else "ascii")


def test_kinds_of_wrong_encoding_are_shown():
    """A wrong declaration, missing ones, UTF-16 without a mark, damage done once and twice."""
    german = (CORPUS / "pages/talbruecker-anzeiger/biber-brauerei.html").read_bytes()
    assert b"charset=utf-8" in german
    russian = (CORPUS / "pages/verkhneluchinsk-vestnik/tramvay.html").read_bytes()
    assert b"charset" not in russian
    utf16 = [row["file"] for row in ENCODINGS if row["encoding"].startswith("utf-16")]
    assert utf16
    assert not any(
        (CORPUS / name).read_bytes().startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) for name in utf16
    )
    assert sorted(DAMAGE.values()) == [1, 2]


def test_clusters_show_every_relation():
    """Each relation occurs; a cluster of several has one original; a document alone is an original or single."""
    assert {row["relation"] for row in CLUSTERS} == RELATIONS
    members: dict[str, list[str]] = {}
    for row in CLUSTERS:
        members.setdefault(row["cluster"], []).append(row["relation"])
    for relations in members.values():
        if len(relations) > 1:
            assert relations.count("original") == 1
            assert "single" not in relations
        else:
            assert relations[0] in ("original", "single")


def test_honest_reports_of_one_event_are_not_in_one_cluster():
    """At least one event is reported by three independent documents, in three clusters."""
    events: dict[str, set[str]] = {}
    for row in CLUSTERS:
        if "event" in row:
            events.setdefault(row["event"], set()).add(row["cluster"])
    assert max(len(clusters) for clusters in events.values()) >= 3


def test_records_have_the_documented_form():
    """Every record of the feed holds an id, text, address and metadata."""
    assert len(FEED) == 8
    for record in FEED:
        assert set(record) == {"id", "text", "url", "metadata"}
        assert record["url"].split("/")[2].endswith(".example")


def test_addresses_are_reserved_names():
    """No page names a host that could exist: all addresses end in .example or belong to a schema."""
    hosts = set()
    for name in FILES:
        hosts |= set(re.findall(r"https?://([^/\s\"'<>]+)", decoded(name)))
    assert {host for host in hosts if not host.endswith(".example")} <= {"schema.org"}
