"""Small collections, as first users have them: every kind of copy must come out right in every language."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest

from scrubkit.core import ScrubkitError
from scrubkit.dedup import find_duplicates, model
from scrubkit.dedup.model import too_little
from scrubkit.dedup.rewrite import FEATURES

STORIES = tomllib.loads(Path(__file__).with_name("stories.toml").read_text(encoding="utf-8"))
LANGUAGES = sorted(STORIES)


def text(sentences, language):
    """Sentences as paragraphs of two."""
    gap = "" if language == "zh" else " "
    return "\n\n".join(gap.join(sentences[i : i + 2]) for i in range(0, len(sentences), 2))


def versions(language: str) -> dict[str, str]:
    story = STORIES[language]
    article = text(story["article"], language)
    short = story["article"][: -len(story["article"]) // 3]
    return {
        "article": article,
        "reprint": "\n".join([*story["furniture"][:3], article, *story["furniture"][3:]]),
        "abridged": text(short, language),
        "updated": text((*story["article"][:1], *story["update"], *story["article"][1:-2]), language),
        "reworded": text(story["reworded"], language),
        "report": text(story["report"], language),
        "other": text(story["other"], language),
    }


COPIES = ("article", "reprint", "abridged", "updated", "reworded")


def partition(found):
    return {frozenset(c.members) for c in found if len(c) > 1}


@pytest.mark.parametrize("language", LANGUAGES)
def test_copies_merge_and_reports_do_not(language):
    """Five versions of one article form one cluster; another newsroom's report and another story stay out."""
    made = versions(language)
    found = find_duplicates(list(made.values()), ids=list(made))
    assert partition(found) == {frozenset(COPIES)}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("copy", COPIES[1:])
def test_each_copy_alone_is_found(language, copy):
    """Two texts are enough: no version needs the others to be tied to the article."""
    made = versions(language)
    ids = ["article", copy, "report", "other"]
    found = find_duplicates([made[name] for name in ids], ids=ids)
    assert partition(found) == {frozenset(("article", copy))}


@pytest.mark.parametrize("copy", COPIES)
def test_languages_together(copy):
    """A collection of all languages at once: each article finds its own copy and nothing else."""
    ids, texts = [], []
    for language in LANGUAGES:
        made = versions(language)
        for name in dict.fromkeys(("article", copy, "report", "other")):
            ids.append(f"{language}-{name}")
            texts.append(made[name])
    expected = {frozenset((f"{x}-article", f"{x}-{copy}")) for x in LANGUAGES} if copy != "article" else set()
    assert partition(find_duplicates(texts, ids=ids)) == expected


@pytest.mark.parametrize("language", LANGUAGES)
def test_verdicts(language):
    """Each kind of copy is called by its name, seen from the article."""
    made = versions(language)
    for name, verdict in (
        ("reprint", "reprint"),
        ("abridged", "abridged"),
        ("updated", "updated"),
        ("reworded", "rewrite"),
    ):
        found = find_duplicates([made["article"], made[name]], keep="first")
        assert [row["verdict"] for row in found.rows()][1] in (verdict, "exact"), name


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_report_that_quotes_stays(language):
    """A report that quotes two sentences of another newsroom's article is not its copy."""
    story = STORIES[language]
    quoting = text((*story["report"][:3], *story["article"][3:5], *story["report"][3:]), language)
    made = versions(language)
    found = find_duplicates([made["article"], quoting, made["other"]])
    assert partition(found) == set()


def test_pages_of_one_template_are_not_copies():
    """Stubs that say the same of different places with different numbers are different documents."""
    places = ["Bergtal", "Osterholm", "Kaltern", "Weissach", "Lindau", "Marbach"]
    stubs = [
        f"{name} is a village in the district of {places[i - 2]}. As of the last census it had a population of "
        f"{1000 + 731 * i} people living in {290 + 53 * i} households. The area of the village is {12 + 7 * i} square "
        f"kilometres. It lies {15 + 9 * i} kilometres from {places[i - 3]}."
        for i, name in enumerate(places)
    ]
    assert partition(find_duplicates(stubs)) == set()


def test_a_sentence_is_no_rewrite_of_a_long_text():
    """A long text holds many words of a short notice by chance; without links in order that makes no copy."""
    names = [name for name in FEATURES if name not in ("length", "chain_length", "raw", "ratio")]
    links, words = np.log(2), np.log(14)
    for raw, ratio, judged in ((0.5, 0.1, True), (0.5, 2.7, False), (0.95, 2.7, True)):
        known = {"length": words, "chain_length": links, "raw": raw, "ratio": ratio} | dict.fromkeys(names, 0.3)
        row = np.array([[known[name] for name in FEATURES]], np.float32)
        assert bool(~too_little(row)[0]) == judged


def test_bulletins_of_one_template_are_not_copies():
    """Short notices that differ in names and one number stay apart in a collection of three."""
    bulletin = (
        "Police in {} are looking for witnesses after a {} was stolen from a {} in {} on {} night. Anyone who saw "
        "anything unusual is asked to call the station in {} or to leave a message with any officer on duty."
    )
    rows = (
        ("Harwick", "bicycle", "garage", "Mill Lane", "Tuesday"),
        ("Selby", "trailer", "yard", "Church Road", "Friday"),
        ("Orton", "motorcycle", "shed", "Quay Street", "Monday"),
    )
    assert partition(find_duplicates([bulletin.format(*row, row[0]) for row in rows])) == set()


@pytest.mark.parametrize("content", ["{", "[]", '{"weights": {"other": 1}}', '{"weights": 3}'])
def test_a_model_of_another_version_is_named(content, tmp_path, monkeypatch):
    """A model file that does not fit is an error that names the file and the remedy."""
    (tmp_path / "rewrite.json").write_text(content)
    monkeypatch.setattr(model, "files", lambda package: tmp_path)
    with pytest.raises(ScrubkitError, match=r"rewrite\.json.*reinstall"):
        model.shipped_model.__wrapped__()
