"""Templates: what recurs with different articles is learned, what articles share is not, and the file is the truth."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

import scrubkit as sk
from scrubkit.cli import main
from scrubkit.core import Document
from scrubkit.core.errors import ConfigError
from scrubkit.ingest import ingest
from scrubkit.io.faults import Rejected
from scrubkit.io.records import Fields
from scrubkit.io.sources import find_sources
from scrubkit.io.tasks import cut
from scrubkit.processes.limits import Limits
from scrubkit.templates import FitSettings, Templates, dump, fit, load, loads
from scrubkit.templates.rows import key_of, source_name
from scrubkit.templates.sketch import CountMin, hashes_of

WORDS = ["river", "bridge", "council", "harbour", "winter", "engineer", "market", "valley", "ferry", "school", "tower"]


def prose(rng: random.Random, words: int = 30) -> str:
    return " ".join(rng.choice(WORDS) + str(rng.randint(0, 999)) for _ in range(words)) + "."


def text_of(rng: random.Random, body: list[str] | None = None) -> str:
    body = body or [f"Report of {rng.randint(0, 10**9)}", prose(rng), prose(rng)]
    frame = ["Sign in", "Weather", "Obituaries", *body, "Share", "Tip the desk", prose(random.Random(0), 20), "Imprint"]
    return "\n".join(frame) + "\n"


def learned(texts: list[str], settings: FitSettings | None = None, source: str = "herald") -> Templates:
    made = [ingest(text, id=str(i), media_type="text/plain") for i, text in enumerate(texts)]
    return fit(lambda: ((source, document.id, document) for document in made), settings)


def taken(templates: Templates, document: Document, source: str = "herald") -> list[str]:
    found = templates.findings(document, source)
    return [document.text[f.start : f.end].strip() for f in found if f.action == "remove"]


def test_the_frame_is_found_and_the_article_is_not() -> None:
    """Labels and a paragraph that every page has; the first, unseen page of the source is cleaned with them."""
    rng = random.Random(1)
    templates = learned([text_of(rng) for _ in range(20)])
    fresh = ingest(text_of(rng), id="new", media_type="text/plain")
    assert taken(templates, fresh) == [
        "Sign in", "Weather", "Obituaries", "Share", "Tip the desk", prose(random.Random(0), 20), "Imprint",
    ]  # fmt: skip
    assert {f.code for f in templates.findings(fresh, "herald")} == {"RPT002", "RPT003"}


def test_a_page_of_unknown_source_is_recognised() -> None:
    """By the lines it holds in their places; a page of somebody else is left alone."""
    rng = random.Random(2)
    templates = learned([text_of(rng) for _ in range(20)])
    assert len(taken(templates, ingest(text_of(rng), id="a", media_type="text/plain"), "?")) == 7
    other = ingest("Weather\n" + prose(rng) + "\nSign in\n", id="b", media_type="text/plain")
    assert not taken(templates, other, "?")


def test_an_article_printed_many_times_is_no_template() -> None:
    """Reprints count once, with a fresh time stamp on each and with a changed lead too."""
    rng = random.Random(3)
    story = ["Bridge reopens", *(prose(rng) for _ in range(4))]
    reprints = [text_of(rng, [story[0], f"Printed at {i}:{i}0", *story[1:]]) for i in range(8)]
    states = [text_of(rng, ["Storm, the latest", prose(rng, 20), *story[2:]]) for _ in range(6)]
    documents = [*(text_of(rng) for _ in range(12)), *reprints, *states]
    templates = learned(documents)
    for text in (reprints[3], states[2]):
        gone = taken(templates, ingest(text, id="x", media_type="text/plain"))
        assert not set(gone) & set(story)
        assert len(gone) == 7


def test_what_articles_quote_and_sub_headings_stay() -> None:
    """A paragraph in a tenth of the articles, and a label whose neighbours change, are content."""
    rng = random.Random(4)
    quoted = prose(rng)
    texts = []
    for i in range(60):
        body = [f"Report of {i}", prose(rng), "Background", prose(rng), *([quoted] if i % 10 == 0 else []), prose(rng)]
        texts.append(text_of(rng, body))
    templates = learned(texts)
    keys = {line.key for line in templates.sources["herald"].lines}
    assert key_of(quoted) not in keys
    assert key_of("Background") not in keys
    assert key_of("Share") in keys


def test_a_headline_of_a_list_stays_over_its_own_article() -> None:
    """The same words are taken between the list's neighbours, and nowhere else."""
    rng = random.Random(5)
    headline = "Ferry breaks down in fog"
    listed = ["Most read", headline, "Tower sold", "Market moves"]
    texts = [text_of(rng) + "\n".join(listed) + "\n" for _ in range(20)]
    own = text_of(rng, [headline, prose(rng), prose(rng)]) + "\n".join(listed) + "\n"
    found = taken(learned([*texts, own]), ingest(own, id="x", media_type="text/plain"))
    assert found.count(headline) == 1


@pytest.mark.parametrize("headline", ["Ferry breaks down in fog", "Ferry breaks down in fog off the old harbour wall"])
@pytest.mark.parametrize("often", [3, 10])
def test_a_headline_that_several_articles_have_stays_over_them(headline: str, often: int) -> None:
    """Under the last line of the menu, where it stands again and again, it is the title of what follows."""
    rng = random.Random(8)
    lists = [[f"Story of the {word} {n}" for word in WORDS[n : n + 3]] for n in range(4)]
    texts, own = [], []
    for n in range(60):
        title = headline if n % often == 0 else f"Report of {n}"
        listed = [*lists[n // 15]]
        if n % 30 < 20:
            listed.insert(n // 30, headline)
        page = text_of(rng, [title, "By Ada Day", prose(rng), prose(rng)]) + "\n".join(["Most read", *listed]) + "\n"
        texts.append(page)
        own += [page] if title == headline else []
    templates = learned(texts)
    for page in own:
        document = ingest(page, id="x", media_type="text/plain")
        assert page.index(headline) not in {found.start for found in templates.findings(document, "herald")}
        gone = taken(templates, document)
        assert {"Sign in", "Obituaries", "Most read"} <= set(gone)
        if often > 3:  # over every third article it is no template at all
            assert gone.count(headline) == page.count(headline) - 1


def test_a_footer_may_begin_as_the_menu_does() -> None:
    """A line of the menu that also stands first under the article is the template's in both places."""
    rng = random.Random(9)
    texts = [
        "\n".join(["Skip to text", "The Herald", "Weather", prose(rng), prose(rng), "The Herald", "Imprint"])
        for _ in range(20)
    ]
    assert taken(learned(texts), ingest(texts[3], id="x", media_type="text/plain")).count("The Herald") == 2


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_content_is_never_taken(seed: int) -> None:
    """On the benchmark's pages: no line of an article goes, and 95 of 100 lines of the templates do."""
    script = Path(__file__).parents[2] / "benchmarks/templates.py"
    told = subprocess.run(
        [sys.executable, script, "--seed", str(seed)], capture_output=True, text=True, check=False, timeout=600
    )
    assert told.returncode == 0, told.stdout + told.stderr
    rows = {line[:33].strip(): line[33:].split() for line in told.stdout.splitlines()[2:]}
    assert {name: row[4] for name, row in rows.items()} == dict.fromkeys(rows, "0")


def test_rows_of_an_element_that_is_all_template_go_too() -> None:
    """In HTML a list whose headlines change is known by its element; headlines of articles are not."""
    rng = random.Random(6)
    markup = (
        '<body><nav class="main"><ul><li>Weather</li><li>Obituaries</li></ul></nav><main><h1>{}</h1><p>{}</p></main>'
        '<aside class="hot"><h3>Most read</h3><ul><li>{}</li><li>{}</li><li>{}</li></ul></aside></body>'
    )
    stock = [f"Headline of {word}" for word in WORDS[:6]]
    pages = [
        ingest(
            markup.format(f"Title {rng.random()}", prose(rng), *rng.sample(stock, 3)),
            id=str(i),
            media_type="text/html",
        )
        for i in range(40)
    ]
    templates = fit(lambda: (("herald", page.id, page) for page in pages))
    assert [block.path for block in templates.sources["herald"].blocks] == ["aside.hot/ul/li"]
    fresh = ingest(markup.format("Weather", prose(rng), "Never seen", *stock[:2]), id="new", media_type="text/html")
    gone = taken(templates, fresh)
    assert "Never seen" in gone
    assert gone.count("Weather") == 1


def test_the_file_is_what_counts_and_can_be_edited(tmp_path: Path) -> None:
    """Written, read, a line deleted by hand: that line stays in the texts."""
    rng = random.Random(7)
    templates = learned([text_of(rng) for _ in range(12)])
    assert loads(dump(templates)).sources == templates.sources
    edited = dump(templates).replace('text = "Tip the desk"', 'text = "Something else"')
    (tmp_path / "t.toml").write_text(edited)
    page = ingest(text_of(rng), id="x", media_type="text/plain")
    assert "Tip the desk" not in taken(load(tmp_path / "t.toml"), page)
    assert "Share" not in edited.split("\n")[0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("version = 9", "version 9"),
        ("version = 1\nsources = 2", "unknown key sources"),
        ("version = 1\n[[source]]\npages = 1", "has no name"),
        ('version = 1\n[[source]]\nname = "a"\n[[source.line]]\ntext = 3', "text of line"),
        ('version = 1\n[[source]]\nname = "a"\n[[source.line]]\ntext = "b"\nafter = "c"', "no list of texts"),
        ("version =", "is not TOML"),
        ("version = 1\ncorpus = 5", "t.toml: corpus is 5, not a table"),
        ("version = 1\nsource = 5", r"source is no list of tables \(write \[\[source\]\]\)"),
        ("version = 1\nsource = [5]", "source is no list of tables"),
        ('version = 1\n[[source]]\nname = "a"\nline = 5', r"line of source 'a' is no list .*write \[\[source.line\]\]"),
        ('version = 1\n[[source]]\nname = "a"\nblock = [5]', "block of source 'a' is no list of tables"),
        ("version = 1\n[corpus]\nline = 5", r"line of corpus is no list of tables \(write \[\[corpus.line\]\]\)"),
        (
            'version = 1\n[[source]]\nname = "a"\n[[source.line]]\npages = 3',
            "unknown key pages in line 1 of source 'a'",
        ),
        ('version = 1\n[[source]]\nname = "a"\n[[source.line]]\narticles = 3', "line 1 of source 'a' has no text"),
        ('version = 1\n[[source]]\nname = "a"\npages = true', "pages of source 'a' is True, not a whole number"),
        ("version = 1\n[[source]]\nname = 7", "name of source 1 is 7, not a text"),
        ('version = 1\n[corpus]\n[[corpus.line]]\ntext = "b"\nexample = 2', "example of line 'b' of corpus is 2, not"),
        ('version = 1\n[corpus]\n[[corpus.line]]\ntext = "b"\nafter = [1]', "after of line 'b' of corpus is no list"),
    ],
)
def test_a_file_that_is_no_templates_says_where(text: str, said: str) -> None:
    """The key and the place are named."""
    with pytest.raises(ConfigError, match=said):
        loads(text, place="t.toml")


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=400), max_size=6))
def test_any_texts_survive_the_file(texts: list[str]) -> None:
    """Quotes, controls, DEL and long lines come back with the same key."""
    from scrubkit.templates import LineTemplate, SourceTemplates

    lines = tuple(LineTemplate(text, 5, (key_of(text),), ("",)) for text in texts)
    told = loads(dump(Templates({"s": SourceTemplates("s", 1, 1, lines)})))
    assert sorted(line.key for line in told.sources["s"].lines) == sorted(line.key for line in lines)


@given(st.lists(st.integers(0, 50), max_size=300))
def test_the_sketch_is_never_too_low(items: list[int]) -> None:
    """With far fewer counters than it wants."""
    sketch = CountMin(4)
    for item in items:
        sketch.add(hashes_of([str(item)]))
    for item in set(items):
        assert sketch.get(hashes_of([str(item)]))[0] >= items.count(item)


def test_a_small_sketch_finds_the_same_templates() -> None:
    """Its error admits more candidates, which are then counted exactly."""
    rng = random.Random(8)
    texts = [text_of(rng) for _ in range(30)]
    small = learned(texts, FitSettings(memory=30_000))
    assert {line.key for line in small.sources["herald"].lines} == {
        line.key for line in learned(texts).sources["herald"].lines
    }


def test_lines_of_many_sources_are_told_for_the_corpus() -> None:
    """A system's label goes on the page of a source nobody has seen; an agency's paragraph is only noted."""
    rng = random.Random(9)
    agency = prose(rng, 25)
    texts = [
        (f"s{i % 8}", f"Skip to {i % 8} start\n{prose(rng)}\n{agency}\n{prose(rng)}\nPowered by Quillpress\n")
        for i in range(48)
    ]
    made = [(name, ingest(text, id=str(i), media_type="text/plain")) for i, (name, text) in enumerate(texts)]
    templates = fit(lambda: ((name, document.id, document) for name, document in made))
    page = ingest(f"Hello there\n{agency}\nOwn words.\nPowered by Quillpress\n", id="x", media_type="text/plain")
    told = {f.code: (f.action, f.because["sources"]) for f in templates.findings(page, "new")}
    assert told == {"RPT004": ("remove", 8), "RPT005": ("note", 8)}


def test_sources_are_hosts_folders_or_record_files() -> None:
    """Shards are one source; `www.` makes no other."""
    assert source_name(host="WWW.Herald.example", id="a", place=None) == "herald.example"
    assert source_name(host=None, id="x/y/a.txt", place="/data/x/y/a.txt") == "x/y"
    assert source_name(host=None, id="a.txt", place="a.txt") == "."
    assert source_name(host=None, id="7", place="data/part-0007.jsonl.zst:9") == "part"


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    rng = random.Random(10)
    folder = tmp_path / "in"
    folder.mkdir()
    rows = [{"id": str(i), "url": f"https://herald.example/{i}", "text": text_of(rng)} for i in range(30)]
    (folder / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows) + "{broken\n")
    return folder


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, [str(item) for item in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def test_fit_clean_check_and_diff_from_the_command_line(corpus: Path, tmp_path: Path) -> None:
    """One file serves all; learning in clean itself gives the same file and the same corpus."""
    file = tmp_path / "t.toml"
    code, said = run("fit", corpus, "-o", file, "--isolated", "-j", 1)
    assert code == 1
    assert "30 pages" in said
    assert "a.jsonl:31" in said
    options = ("--isolated", "--no-dedup", "-q", "-j", 1, "--select", "RPT")
    assert run("clean", corpus, "-o", tmp_path / "a", "--templates", file, *options)[0] == 1
    assert run("clean", corpus, "-o", tmp_path / "b", "--learn-templates", *options)[0] == 1
    assert (tmp_path / "b" / "templates.toml").read_bytes() == file.read_bytes()
    assert (tmp_path / "a" / "a.jsonl").read_bytes() == (tmp_path / "b" / "a.jsonl").read_bytes()
    row = json.loads((tmp_path / "a" / "a.jsonl").read_text().splitlines()[0])
    assert row["text"].startswith("Report of")
    assert "Imprint" not in row["text"]
    assert "RPT002" in run("check", corpus, "--templates", file, "--isolated", "--no-cache", "--select", "RPT")[1]
    assert "RPT002" in run("diff", corpus / "a.jsonl", "--id", "3", "--templates", file, "--isolated")[1]


def test_the_settings_file_names_templates_beside_it(corpus: Path, tmp_path: Path) -> None:
    """A relative path is relative to the settings; the hash follows the content, not the name."""
    from scrubkit.config import load as settings

    run("fit", corpus, "-o", tmp_path / "t.toml", "--isolated", "-q", "-j", 1)
    (tmp_path / "scrubkit.toml").write_text('templates = "t.toml"\n')
    told = settings(corpus)
    (tmp_path / "u.toml").write_bytes((tmp_path / "t.toml").read_bytes())
    assert settings(isolated=True, overrides={"templates": str(tmp_path / "u.toml")}).hash == told.hash
    assert settings(isolated=True).hash != told.hash
    with pytest.raises(ConfigError, match="no such file of templates"):
        settings(isolated=True, overrides={"templates": str(tmp_path / "gone.toml")})


def test_any_number_of_workers_learns_the_same(corpus: Path) -> None:
    """Pages come back in the order of the input."""
    from scrubkit.engine.fit import fit_corpus

    assert fit_corpus([str(corpus)], jobs=2).templates == fit_corpus([str(corpus)], jobs=1).templates


def test_the_counting_pass_sends_no_texts(corpus: Path) -> None:
    """Only the source and the keys of the lines, each once, come back from a worker."""
    from scrubkit.engine import fit as fitting

    (piece,) = cut(find_sources([corpus]).files, Fields())
    assert not isinstance(piece, Rejected)
    counted, learned = (
        fitting._Reading(Fields(), "auto", Limits(), step).hand().whole(fitting._Piece(0, piece))
        for step in ("count", "learn")
    )
    assert [fault.fault for fault in counted.broken] == ["bad-json"]
    assert counted.pages == [
        (source, list(dict.fromkeys(row.key for row in rows))) for source, _, _, rows in learned.pages
    ]


def test_remarks_on_the_input_are_told(corpus: Path, tmp_path: Path) -> None:
    """Files passed over, unless nothing is to be said."""
    (corpus / "a.pdf").write_bytes(b"%PDF-1.7")
    assert "note: " in (said := run("fit", corpus, "-o", tmp_path / "t.toml")[1])
    assert "passed over 1 .pdf" in said
    assert "note: " not in run("fit", corpus, "-q", "-o", tmp_path / "t.toml")[1]


HOSTILE = """
import os, re, signal, sys

from scrubkit.engine import fit
from scrubkit.cli import main

acts = {
    "HANGS": lambda: re.match(r"(a+)+$", "a" * 64 + "c"),
    "HOGS": lambda: [bytearray(20_000_000) for _ in range(1 << 30)],
    "FAULTS": lambda: os.kill(os.getpid(), signal.SIGSEGV),
}
told = fit._Reading.told


def hostile(self, pages):
    for page in pages:
        for word, act in acts.items():
            if word in page.document.text and ("LATER" not in page.document.text or self.step == "learn"):
                act()
    return told(self, pages)


if __name__ == "__main__":
    fit._Reading.told = hostile
    main(sys.argv[1:])
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux alone")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_documents_that_hang_are_set_aside_and_the_others_learned(corpus: Path, tmp_path: Path, jobs: str) -> None:
    """In the first reading or the second: told by place with what to do, the same templates as without them."""
    (tmp_path / "script.py").write_text(HOSTILE)
    command = [sys.executable, str(tmp_path / "script.py"), "fit", str(corpus), "--isolated", "-j", jobs, "-o"]
    limits = ["--max-seconds-per-document", "6", "--max-memory-per-document", "300M"]
    env = {**os.environ, "PYTHONPATH": str(Path(sk.__file__).parent.parent)}

    def fit(out: Path) -> list[str]:
        done = subprocess.run([*command, str(out), *limits], env=env, capture_output=True, text=True, timeout=300)
        assert done.returncode == 1, done.stderr  # the corpus has a broken record
        return done.stderr.splitlines()

    before = fit(tmp_path / "before.toml")
    words = ["HANGS", "HOGS", "Rain fell.", "FAULTS", "HANGS LATER"]
    (corpus / "hostile.jsonl").write_text("".join(json.dumps({"text": word}) + "\n" for word in words))
    said = fit(tmp_path / "after.toml")
    place = f"scrubkit: {corpus}/hostile.jsonl"
    by_key = "(leave it out with --exclude, or raise max-{}-per-document)"
    assert [line for line in said if "hostile.jsonl" in line] == [
        f"{place}:1: took more than 6 s and was set aside {by_key.format('seconds')}",
        f"{place}:2: took more than 300M of memory and was set aside {by_key.format('memory')}",
        f"{place}:4: ended the worker that read it (SIGSEGV) (please report it, or leave it out with --exclude)",
        f"{place}:5: took more than 6 s and was set aside {by_key.format('seconds')}",
    ]
    assert set(before[:-1]) <= set(said)
    assert (tmp_path / "after.toml").read_text() == (tmp_path / "before.toml").read_text()


def test_a_page_alone_is_cleaned_in_python(corpus: Path) -> None:
    """The filter takes learned templates, or the file."""
    from scrubkit.engine.fit import fit_corpus

    templates = fit_corpus([str(corpus)], jobs=1).templates
    pipeline = sk.Pipeline([sk.filters.repair_encoding(), sk.filters.strip_templates(templates)])
    text = text_of(random.Random(11))
    page = pipeline.guarded([sk.Page(sk.Record("x", text, url="https://herald.example/new"))])[0]
    assert "Weather" not in page.text
    assert page.ledger.restore() == page.document.text
