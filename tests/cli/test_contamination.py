"""``scrubkit dedup --against REF --inside``: test items inside long documents."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from scrubkit.cli import main
from scrubkit.config import Config
from scrubkit.engine import compare

ITEM = (
    "A baker in Ostrava sells 412 rolls on Monday and 96 fewer on Tuesday, when the tram does not run. "
    "On Wednesday he sells half of what he sold on both days together. How many rolls does he sell on Wednesday, "
    "and how many would he have to sell on Thursday to reach a thousand?"
)
STRANGERS = [
    f"In the year {1400 + at} the chronicler of house {at} wrote of {at * 7} wagons of timber, {word} and a quarrel over "
    f"the {word} of the upper pond, which the reeve settled after {at + 3} days with a fine of {at * 11} groats."
    for at, word in enumerate(
        f"{a}{b}{c}" for a in ("al", "be", "cor") for b in ("din", "mest", "tav") for c in ("o", "ek")
    )
]


def test_items_inside_long_documents_are_told(tmp_path: Path) -> None:
    """A row tells which items its document contains; documents without one and items as documents are as before."""
    long = "\n".join([*STRANGERS[:9], ITEM, *STRANGERS[9:]] * 1)
    rows = [
        {"id": "long", "text": long},
        {"id": "clean", "text": "\n".join(STRANGERS)},
        {"id": "same", "text": ITEM.upper()},
    ]
    (tmp_path / "train.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "test.jsonl").write_text(json.dumps({"id": "q1", "text": ITEM}) + "\n")
    arguments = ["dedup", str(tmp_path / "train.jsonl"), "--against", str(tmp_path / "test.jsonl")]
    told = [json.loads(line) for line in CliRunner().invoke(main, [*arguments, "--inside"]).stdout.splitlines()]
    by_id = {row["id"]: row for row in told}
    assert [item["id"] for item in by_id["long"]["contains"]] == ["q1"]
    assert by_id["long"]["contains"][0]["within"] > 0.9
    assert "contains" not in by_id["clean"]
    assert by_id["same"]["of"] == "q1"
    plain = [json.loads(line) for line in CliRunner().invoke(main, arguments).stdout.splitlines()]
    assert plain == [{key: value for key, value in row.items() if key != "contains"} for row in told]


def test_inside_needs_a_reference(tmp_path: Path) -> None:
    """Without --against there is nothing to look for."""
    result = CliRunner().invoke(main, ["dedup", str(tmp_path), "--inside"])
    assert result.exit_code == 2
    assert "--against" in result.stderr


def test_every_item_of_a_page_is_told(tmp_path: Path) -> None:
    """A page that holds a whole test set is told with all of it, not with the surest ten."""
    items = {f"q{at}": text for at, text in enumerate(_items(300))}
    page = "\n".join([*STRANGERS, *items.values()])
    (tmp_path / "train.jsonl").write_text(json.dumps({"id": "page", "text": page}) + "\n")
    (tmp_path / "test.jsonl").write_text(
        "".join(json.dumps({"id": name, "text": text}) + "\n" for name, text in items.items())
    )
    arguments = ["dedup", str(tmp_path / "train.jsonl"), "--against", str(tmp_path / "test.jsonl"), "--inside"]
    (row,) = [json.loads(line) for line in CliRunner().invoke(main, arguments).stdout.splitlines()]
    assert {item["id"] for item in row["contains"]} == set(items)


def _items(count: int) -> list[str]:
    """Return test items of invented words, no two alike."""
    rng = random.Random(5)
    parts = [a + b for a in ("br", "d", "fl", "kr", "l", "m", "s", "tr", "v") for b in ("ala", "emo", "iru", "oso")]
    return [
        " ".join(["".join(rng.choices(parts, k=2)) for _ in range(rng.randint(24, 40))]).capitalize() + "?"
        for _ in range(count)
    ]


def test_the_reference_is_read_and_cleaned_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With --inside too a reference is read once, its faults are told once, and its dates and sources still count."""
    longer = f"{ITEM} The baker of Ostrava closes at noon on Thursday, so that he can count what was left over."
    for name, date, text in (("train", "2026-03-02", longer), ("test", "2026-01-05", ITEM)):
        head = f'<meta property="article:published_time" content="{date}">'
        html = f"<html><head>{head}</head><body><p>{text}</p></body></html>"
        row = {"id": name, "text": html}
        (tmp_path / f"{name}.jsonl").write_text(json.dumps(row) + "\n{broken\n")
    seen: list[str] = []
    read = compare.read_as

    def reading(config: Config, sources: Any, **given: Any) -> Any:
        for record in read(config, sources, **given):
            seen.append(str(record.id))
            yield record

    monkeypatch.setattr(compare, "read_as", reading)
    arguments = ["dedup", str(tmp_path / "train.jsonl"), "--against", str(tmp_path / "test.jsonl")]
    plain = CliRunner().invoke(main, arguments)
    assert sorted(seen) == ["test", "train"]
    seen.clear()
    inside = CliRunner().invoke(main, [*arguments, "--inside"])
    assert sorted(seen) == ["test", "train"]
    assert inside.stderr == plain.stderr
    (told,) = [json.loads(line) for line in inside.stdout.splitlines()]
    assert {key: value for key, value in told.items() if key != "contains"} == json.loads(plain.stdout)
    assert (told["of"], told["verdict"]) == ("test", "updated")
