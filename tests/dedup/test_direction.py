"""Who copied whom: what dates, credit lines and coverage say, and silence where they say nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubkit.dedup import find_duplicates
from scrubkit.dedup.direction import Side, credits_of, direction_of

TEXT = (
    "The council of Elmwick voted on Monday to rebuild the swimming baths after a debate of six hours.\n"
    "Architect Nadia Ferrow presented plans for a roof of glued timber and 412 solar panels.\n"
    "Opponents pointed to the cost of 18.6 million and asked for a referendum in March."
)


def told(a: Side, b: Side) -> tuple[str, list[str], list[str]] | None:
    found = direction_of(a, b)
    if found is None:
        return None
    return found["from"], [r["by"] for r in found["reasons"]], [r["by"] for r in found["against"]]


def test_silence() -> None:
    """Nothing known, equal dates, dates as exact as a day against an hour of it: nothing is said."""
    assert direction_of(Side(TEXT), Side(TEXT)) is None
    assert direction_of(Side(TEXT, "2026-01-02"), Side(TEXT, "2026-01-02")) is None
    assert direction_of(Side(TEXT, "2026-01-02"), Side(TEXT, "2026-01-02T09:30:00+00:00")) is None
    assert direction_of(Side(TEXT, "2026-01"), Side(TEXT, "2026-01-20")) is None
    assert direction_of(Side(TEXT, held=0.95), Side(TEXT, held=0.95)) is None


def test_dates() -> None:
    """The earlier one is the source, by the instant where both give a time and a zone."""
    assert told(Side(TEXT, "2026-01-02"), Side(TEXT, "2026-01-01")) == ("b", ["date"], [])
    early, late = "2026-01-02T23:00:00+00:00", "2026-01-03T00:30:00+02:00"
    assert told(Side(TEXT, early), Side(TEXT, late)) == ("b", ["date"], [])


def test_coverage() -> None:
    """What stands in the other as a whole, and is a part of it, was taken from it, unless a date says otherwise."""
    assert told(Side(TEXT, held=0.4), Side(TEXT, held=1.0)) == ("a", ["coverage"], [])
    later = Side(TEXT, "2026-02-01", held=0.4), Side(TEXT, "2026-01-01", held=1.0)
    assert told(*later) == ("b", ["date"], ["coverage"])


@pytest.mark.parametrize(
    "line",
    [
        "This article originally appeared in The Gull.",
        "Via The Gull",
        "Der Text ist zuerst erschienen in der Möwe.",
        "Publicado originalmente en La Gaviota.",
        "Cet article a été publié initialement par La Mouette.",
        "Tratto da: Il Gabbiano",
        "Впервые опубликовано в газете «Чайка».",
        "Kaynak: Martı",
        "نقلا عن صحيفة النورس",
        "به نقل از مرغ دریایی",
        "本文转载自海鸥日报",
        "『かもめ新聞』より転載",
        "출처: 갈매기신문",
        "स्रोत: समुद्री समाचार",
        "Nguồn: Hải Âu",
        "ที่มา: นางนวล",
        "Źródło: Mewa",
        "Πηγή: Γλάρος",
    ],
)
def test_credit_lines_in_many_languages(line: str) -> None:
    """A text that says it comes from elsewhere is the copy of one that does not."""
    assert told(Side(f"{TEXT}\n{line}"), Side(TEXT)) == ("b", ["credit"], [])


def test_a_credit_that_names_the_other_outweighs_dates() -> None:
    """A credit naming the other's source outweighs a date; one naming its own source says nothing."""
    credited = f"{TEXT}\nThis story first appeared in The Gull."
    assert told(Side(TEXT, "2026-01-03", "www.thegull.example"), Side(credited, "2026-01-01", "x.example")) == (
        "a", ["credit"], ["date"]
    )  # fmt: skip
    assert direction_of(Side(TEXT), Side(credited, source="thegull.example")) is None
    assert told(Side(TEXT, "2026-01-03"), Side(credited, "2026-01-01")) is None


def test_agencies() -> None:
    """An agency's mark speaks where the other one is the agency, in any script; in both texts or alone it does not."""
    assert told(Side(TEXT, source="reuters.com"), Side(f"ELMWICK (Reuters) - {TEXT}")) == ("a", ["credit"], [])
    assert told(Side(f"（路透社）{TEXT}"), Side(TEXT, source="Reuters")) == ("b", ["credit"], [])
    assert direction_of(Side(f"(AFP) {TEXT}"), Side(f"(AFP) {TEXT}")) is None
    assert direction_of(Side(TEXT), Side(f"(AFP) {TEXT}")) is None


def test_running_text_is_no_credit() -> None:
    """Words of the cues inside sentences about something else are none, nor is anything deep in a long text."""
    assert credits_of("We sent the plans via email. The open source: a well. Asked for AP classes.") == ()
    middle = [f"Line {at} of the text." for at in range(30)]
    middle[15] = "This article originally appeared in The Gull."
    assert credits_of("\n".join(middle)) == ()


def test_edges_carry_the_direction_with_ids() -> None:
    """With evidence every edge says who copied whom, by id, or nothing."""
    copy = f"{TEXT}\nThis story first appeared in The Gull."
    found = find_duplicates([copy, TEXT], ids=["x", "y"], evidence="full")
    (edge,) = found.duplicates[0].edges
    assert (edge.evidence["direction"]["from"], edge.evidence["direction"]["to"]) == ("y", "x")
    (edge,) = find_duplicates([TEXT, TEXT], evidence="full").duplicates[0].edges
    assert edge.evidence["direction"] is None


dates = st.none() | st.sampled_from(["2026-01-01", "2026-01-02T10:00:00+00:00", "2026-01-02", "2025", "soon", ""])
sides = st.builds(
    Side,
    st.sampled_from([TEXT, f"{TEXT}\nVia The Gull", f"(Reuters) {TEXT}", "", "Source: X"]) | st.text(max_size=60),
    dates,
    st.none() | st.sampled_from(["thegull.example", "reuters.com", "The Gull", "-", ""]),
    st.none() | st.floats(0, 1),
)


@given(sides, sides)
def test_symmetry(a: Side, b: Side) -> None:
    """What is said of a pair is said of the pair turned round, turned round; and nothing fails on odd input."""
    turned = {"a": "b", "b": "a"}
    one, other = direction_of(a, b), direction_of(b, a)
    assert (one is None) == (other is None)
    if one is not None and other is not None:
        assert one["from"] == turned[other["from"]]
        assert len(one["reasons"]) == len(other["reasons"])
