"""``--fix`` and ``--diff``: what is mended, and that nothing else changes."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from hypothesis import given
from hypothesis import strategies as st

from scrubkit.check.fix import fix_bytes
from scrubkit.check.inspect import Inspector, Settings
from scrubkit.check.records import value_span, with_text
from scrubkit.check.select import codes_for

Check = Callable[..., Result]
PROSE = "The bridge over the river reopened on Monday after two years of repairs, the town council said."
OTHER = "Two lanes are open to cars and one to bicycles; lorries are to use the old crossing until May."
INSPECTOR = Inspector(Settings(codes_for(None, (), ())))


def fixed(data: bytes, content: str = "text") -> bytes:
    return fix_bytes(data, "a", content, INSPECTOR)  # type: ignore[arg-type]


CASES = {
    "boilerplate lines go with their blank lines": (
        f"Skip to main content\n\n{PROSE}\n\nShare this article\n\n{OTHER}\n", f"{PROSE}\n\n{OTHER}\n",
    ),
    "line ends, mark and end": (f"\ufeff{PROSE}\r\n\r\nThe end.", f"{PROSE}\n\nThe end.\n"),
    "controls": (f"{PROSE[:9]}\x08\x00{PROSE[9:]}\n", f"{PROSE}\n"),
    "nothing to mend": (f"{PROSE}\n", f"{PROSE}\n"),
    "what is not reported stays as it is": (
        f"Skip to main content\n\n“{PROSE}”\u00a0\u200b… \t\n", f"“{PROSE}”\u00a0\u200b… \t\n",
    ),
    "decomposed letters stay": (f"Skip to main content\n\nne\u0301 {PROSE}\n", f"ne\u0301 {PROSE}\n"),
    "nothing but boilerplate is left to a person": ("Share this article\n", "Share this article\n"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after"), CASES.values(), ids=CASES)
def test_text(before: str, after: str) -> None:
    """Removals, encoding and format are mended, everything else keeps its characters."""
    assert fixed(before.encode()).decode() == after


def test_encoding_is_mended_where_it_is_certain() -> None:
    """A file in another encoding becomes UTF-8 with the same text."""
    text = "Der Bürgermeister eröffnete die Brücke über den Fluß. Größere Schäden gab es nicht, hieß es.\n"
    assert fixed(text.encode("cp1252")).decode() == text


def test_pages_are_not_cut() -> None:
    """HTML is checked, not mended."""
    page = f"<p>Share this article</p><p>{PROSE}</p>\r\n".encode()
    assert fixed(page, "html") == page


def test_record_keeps_its_other_bytes() -> None:
    """Only the value of the text field is written anew; spaces, order, numbers and escapes stay."""
    text = json.dumps(f"Skip to main content\n\nCaf\u00e9. {PROSE}\n")
    line = '{"score":1.50,  "text" : %s,"tags": ["\\u00e9", "text"], "text2": "Share this article"}\n'
    expected = line % json.dumps(f"Caf\u00e9. {PROSE}\n")
    assert fixed((line % text).encode(), "records").decode() == expected


def test_records_beside_a_broken_one() -> None:
    """A broken line is kept as it is, blank lines between records go, the others are mended."""
    noisy = json.dumps({"id": "2", "text": f"Skip to main content\n\n{PROSE}\n"})
    before = f'{{"id": "1", "tex\n\n{noisy}\n'.encode()
    assert (
        fixed(before, "records").decode() == '{"id": "1", "tex\n' + json.dumps({"id": "2", "text": f"{PROSE}\n"}) + "\n"
    )


def test_rule_that_is_not_asked_mends_nothing(check: Check, corpus: Path) -> None:
    """--fix mends what was selected and no more."""
    (corpus / "a.txt").write_text(f"Skip to main content\n\n{PROSE}")
    check("a.txt", "--fix", "--select", "FMT002")
    assert (corpus / "a.txt").read_text() == f"Skip to main content\n\n{PROSE}\n"


def test_fix_reports_what_is_left(check: Check, corpus: Path) -> None:
    """After mending, findings that remain are printed and decide over the exit code."""
    (corpus / "a.txt").write_text(f"Skip to main content\n\n{PROSE}")
    (corpus / "b.jsonl").write_text("not json\n")
    result = check("--fix", ".")
    assert result.exit_code == 1
    assert [line.split()[1] for line in result.stdout.splitlines()] == ["FMT101"]
    assert "2 mended" in result.stderr
    assert check("--fix", "a.txt").exit_code == 0


def test_file_is_replaced_whole(check: Check, corpus: Path) -> None:
    """Permissions stay, a link is followed, nothing is left beside the file."""
    (corpus / "real").mkdir()
    real = corpus / "real" / "a.txt"
    real.write_text(f"Skip to main content\n\n{PROSE}\n")
    real.chmod(0o640)
    (corpus / "link.txt").symlink_to(real)
    check("link.txt", "--fix", "--no-cache")
    assert real.read_text() == f"{PROSE}\n"
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    assert (corpus / "link.txt").is_symlink()
    assert [path.name for path in (corpus / "real").iterdir()] == ["a.txt"]


def test_a_link_out_of_the_folder_is_not_written_through(check: Check, corpus: Path) -> None:
    """A file elsewhere that a folder links to is neither read nor mended; one within the folder is."""
    (corpus / "real").mkdir()
    (corpus / "in").mkdir()
    text = f"Skip to main content\n\n{PROSE}\n"
    for place in ("real/a.txt", "in/b.txt"):
        (corpus / place).write_text(text)
    (corpus / "in/out.txt").symlink_to(corpus / "real/a.txt")
    (corpus / "in/within.txt").symlink_to("b.txt")
    result = check("in", "--fix", "--no-cache")
    assert result.exit_code == 2
    assert "in/out.txt: is a link out of the folder" in result.stderr
    assert (corpus / "real/a.txt").read_text() == text
    assert (corpus / "in/b.txt").read_text() == f"{PROSE}\n"
    assert (corpus / "in/within.txt").is_symlink()


def test_diff_writes_nothing(check: Check, corpus: Path) -> None:
    """--diff shows what --fix would do and ends with 1 where that is anything."""
    before = f"Skip to main content\n\n{PROSE}"
    (corpus / "a.txt").write_text(before)
    result = check("a.txt", "--diff")
    assert result.exit_code == 1
    assert "-Skip to main content\n" in result.stdout
    assert "\\ No newline at end of file" in result.stdout
    assert (corpus / "a.txt").read_text() == before
    (corpus / "a.txt").write_text(f"{PROSE}\n")
    assert check("a.txt", "--diff").exit_code == 0


LINES = st.sampled_from(
    ["", PROSE, OTHER, "Share this article", "Skip to main content", "e\u0301t\u00e9", "\u00a0x\u200b", "Home", "•"]
)


@given(st.lists(LINES, max_size=12), st.sampled_from(["\n", "\r\n"]))
def test_lines_go_or_stay(lines: list[str], feed: str) -> None:
    """Mending a text takes whole lines away; those that stay are the file's own, in their order."""
    before = feed.join(lines) + feed
    after = fixed(before.encode()).decode()
    left = iter(before.replace("\r\n", "\n").split("\n"))
    assert all(line in left for line in after.replace("\r\n", "\n").split("\n"))


@given(
    st.dictionaries(st.text(max_size=5), st.recursive(st.none() | st.text() | st.floats(), st.lists, max_leaves=4)),
    st.text(),
)
def test_value_is_replaced_in_any_record(record: dict[str, object], new: str) -> None:
    """In any record the value of one key is replaced and all others are read as before."""
    record["text"] = "old"
    for ascii_only in (True, False):
        try:
            line = json.dumps(record, ensure_ascii=ascii_only).encode()
            changed = with_text(line, "text", new)
        except UnicodeEncodeError:  # half a surrogate pair is not UTF-8
            continue
        assert changed is not None
        read = json.loads(changed)
        assert read.pop("text") == new
        assert repr(read) == repr({k: v for k, v in json.loads(line).items() if k != "text"})


@pytest.mark.parametrize(
    "line", ["[]", "{}", '{"a": {"text": "inner"}}', '{"text": 7}', '{"text": "a", "text": 7}', ""]
)
def test_no_value_to_replace(line: str) -> None:
    """Where the key has no string of its own there is nothing to replace."""
    assert value_span(line, "text") is None
