from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scrubkit.ingest.layout import layout_text
from scrubkit.model.text_features import FEATURES
from scrubkit.model.text_scores import model, score_text
from scrubkit.model.text_second import SECOND, second_features

PAGES = st.lists(
    st.tuples(st.floats(-8, 8).map(lambda x: round(x, 1)), st.integers(0, 60).map(float)), min_size=1, max_size=40
)


def slowly(raw: list[float], words: list[float], line: int) -> dict[str, float]:
    """Return the second pass's features of a line as their description says them, one by one."""
    n = len(raw)
    p = [1 / (1 + np.exp(-x)) for x in raw]
    expected = [a * b for a, b in zip(p, words, strict=True)]
    some, all_words = max(1.0, sum(expected)), max(1.0, sum(words))
    out = {"score": raw[line]}
    for d in (1, 2, 3):
        out[f"score[+{d}]"] = raw[line + d] if line + d < n else -6.0
        out[f"score[-{d}]"] = raw[line - d] if line - d >= 0 else -6.0
    for reach in (4, 10, 30, 100):
        before, after = slice(max(0, line - reach), line), slice(line + 1, line + 1 + reach)
        out[f"likely-{reach}"] = sum(expected[before]) / max(1.0, sum(words[before]))
        out[f"likely+{reach}"] = sum(expected[after]) / max(1.0, sum(words[after]))
    out["likely_before"], out["likely_after"] = sum(expected[:line]) / some, sum(expected[line + 1 :]) / some
    out["likely_words"], out["likely_share"] = sum(expected), sum(expected) / all_words
    better = [i for i in range(n) if raw[i] > raw[line] or (raw[i] == raw[line] and i < line)]
    out["rank"], out["rank_share"] = len(better), len(better) / n
    out["likely_above"] = sum(expected[i] for i in [*better, line]) / some
    out["words_above"] = sum(words[i] for i in [*better, line]) / all_words
    likely = [i for i in range(n) if p[i] > 0.5]
    out["since_likely"] = min([200, *(line - i for i in likely if i < line)])
    out["to_likely"] = min([200, *(i - line for i in likely if i > line)])
    out["doubt"] = sum(min(a, 1 - a) * b for a, b in zip(p, words, strict=True)) / all_words
    out["surest"] = max(p)
    return out


@settings(max_examples=60, deadline=None)
@given(PAGES, st.data())
def test_each_feature_is_what_its_description_says(page: list[tuple[float, float]], data: st.DataObject) -> None:
    """Running sums, windows, ranks and distances equal a plain count over the page."""
    raw, words = map(list, zip(*page, strict=True))
    line = data.draw(st.integers(0, len(raw) - 1))
    found = second_features(np.array(raw), np.array(words))[line]
    wanted = slowly(raw, words, line)
    assert len({*FEATURES, *SECOND}) == len(FEATURES) + len(SECOND)
    assert set(wanted) == set(SECOND)
    np.testing.assert_allclose(found, [wanted[name] for name in SECOND], rtol=1e-4, atol=1e-4)


def test_a_page_of_no_lines_has_no_rows() -> None:
    """Nothing is computed of nothing."""
    assert second_features(np.zeros(0), np.zeros(0)).shape == (0, len(SECOND))


@pytest.mark.skipif(model() is None, reason="there is no trained model")
def test_the_strongest_features_are_told_by_name_and_not_as_first_scores() -> None:
    """What moved the first pass's score of the line itself stands for that score; the largest move comes first."""
    text = "* Home\n* News\n" + "The fair opens today on the old market square, the mayor of the town said.\n" * 4
    layout = layout_text(text)
    scores = score_text(layout.text, layout.blocks)
    told = scores.strongest(range(len(scores.lines)))
    assert all(len(moves) == 3 for moves in told)
    for moves in told:
        assert set(moves) <= {*FEATURES, *SECOND} - {"score", "rank", "rank_share", "likely_above", "words_above"}
        assert list(map(abs, moves.values())) == sorted(map(abs, moves.values()), reverse=True)
