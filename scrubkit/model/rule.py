"""The block model as a rule: BPL001 where only the model drops, KEP001 where it is sure of main content."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from scrubkit.catalogue import Param, Rule
from scrubkit.core.document import Document
from scrubkit.core.finding import Finding
from scrubkit.kernels.select import runs, tell
from scrubkit.model.select import Keep, select, temper

if TYPE_CHECKING:
    from scrubkit.model.text_scores import Scorer, Scores

__all__ = ["BPL", "KEP", "findings", "score_blocks", "text_findings"]

LEAST_WORDS = 25.0
"""An HTML page with fewer expected words of main content has none: its text is elsewhere (scripts, pictures)."""

SMALL_TEXT = 40.0
"""A flattened text of fewer words than this is too little to tell menus from prose by: it stays as it is."""

TRUST = 0.8
"""Factor on the log-odds of lines before selection: lines of one page are misjudged together, see ``temper``."""

SURE_KEEP = 0.4
"""A kept block at least this likely is vouched for. Most of a page's lines are far below it."""

_SURE_SCORE = 0.89
"""Above rules that go by shape (menu runs, repeated lines), below those that go by a cue phrase (0.9 and more)."""

_HTML_VOUCH = (0.5, 0.9)
"""On HTML what is likelier content than not is vouched for: the model has read the class names that rules about elements go by, and
out of fold those rules took more content from it than boilerplate (340 pages: .872 with, .855 without)."""

_DROP_CAP = 0.9
"""No more than this: rules that keep titles and the like are surer than the model, whatever it says."""

BPL = Rule(
    code="BPL001",
    name="model-boilerplate",
    summary="Text that the block model does not take for main content.",
    rationale=(
        "Phrases cannot name boilerplate that is prose, or menus of a site never seen. Trees over the shape of a "
        "block, its neighbours, its place and the page say how likely each block is main content; blocks outside the "
        "set with the highest expected F score are dropped."
    ),
    scope="document",
    score=_DROP_CAP,
    params=(Param("least_words", LEAST_WORDS, "words", "expected words of main content below which all is dropped"),),
    known_problems=(
        "Trained on 1,300 mostly English pages; on products, collections and listings one word in three of what it "
        "keeps is not main content."
    ),
    sources=("WCXB 1.0 (CC-BY-4.0), development part", "docs/algorithms/block-model-text.md"),
)
KEP = Rule(
    code="KEP001",
    name="model-main-content",
    summary="Text that the trained block model takes for main content.",
    rationale=(
        "Rules that go by shape (runs of short lines, repeated lines) take lists and tables for menus. Out of fold, of "
        "what they remove where the model sees main content about half is main content: there the model vetoes them. "
        "Rules that go by cue phrases are surer than the model and stand."
    ),
    scope="document",
    action="keep",
    score=_SURE_SCORE,
    params=(Param("sure", SURE_KEEP, "probability", "from which a kept block is vouched for"),),
)

_NEVER = 2.0
"""Above any probability: an untrained scorer vetoes no rule whose precision was measured."""


def findings(
    document: Document, *, keep: Keep = "balanced", scorer: Scorer = "trained", least_words: float = LEAST_WORDS
) -> tuple[Finding, ...]:
    """Return what the block model says of a document: removals (BPL001) and vetoes (KEP001), in document order.

    A finding covers a run of blocks; its ``because`` holds the mean probability of main content, the number of
    blocks and, for flattened text scored by trees, the features that spoke loudest (log-odds of main content).
    ``keep`` is the dial of :data:`scrubkit.model.select.BETAS`; ``scorer="simple"`` uses no training at all.
    """
    if document.is_html:
        return _html_findings(document, keep, scorer, least_words)
    from scrubkit.model.text_scores import score_text

    return text_findings(document, score_text(document.text, document.blocks, scorer=scorer), keep=keep)


def text_findings(document: Document, scores: Scores, *, keep: Keep = "balanced") -> tuple[Finding, ...]:
    """Return :func:`findings` of a flattened text whose lines are scored already."""
    words = scores.lines.column("words").tolist()
    if sum(words) < SMALL_TEXT:
        return ()
    probabilities = scores.probabilities.tolist()
    trained = scores.scorer == "trained"
    flags = select(temper(probabilities, TRUST) if trained else probabilities, words, keep=keep)
    vouch = (SURE_KEEP if trained else _NEVER, _SURE_SCORE)
    return _runs(document, scores.lines.blocks, probabilities, words, flags, vouch, scores.strongest)


def score_blocks(document: Document, *, scorer: Scorer = "trained") -> array[float]:
    """Return p(main content) of each block, NaN for blank ones.

    >>> from scrubkit.ingest.layout import layout_text
    >>> layout = layout_text("Home\\n\\nThe fair opens today, the mayor of the town said on Monday.\\n")
    >>> [round(p, 1) == round(p, 1) for p in score_blocks(Document("a", layout.text, layout.blocks))]
    [True, False, True]
    """
    if document.is_html:
        html = _html_scorer(scorer)
        if html is not None:
            scored: array[float] = html.score(document)
            return scored
    from scrubkit.model.text_scores import score_text

    return score_text(document.text, document.blocks, scorer=scorer).of_blocks(len(document.blocks))


def _html_scorer(scorer: Scorer) -> Any:
    """Return the module that scores HTML, ``None`` where it is missing or no training is wanted."""
    if scorer == "simple" or find_spec("scrubkit.model.html_scores") is None:
        return None
    return import_module("scrubkit.model.html_scores")


def _html_findings(document: Document, keep: Keep, scorer: Scorer, least: float) -> tuple[Finding, ...]:
    html = _html_scorer(scorer)
    if html is None:
        from scrubkit.model.text_scores import score_text

        return text_findings(document, score_text(document.text, document.blocks, scorer=scorer), keep=keep)
    scored = html.scored(document)
    flags = select(scored.probabilities, scored.words, keep=keep, least=least)
    blocks = array("l", range(len(flags)))
    return _runs(document, blocks, scored.probabilities, scored.words, flags, _HTML_VOUCH, scored.strongest)


def _runs(
    document: Document,
    blocks: array[int],
    probabilities: Sequence[float],
    words: Sequence[float],
    flags: bytearray,
    vouch: tuple[float, float],
    strongest: Callable[[Sequence[int]], Sequence[Mapping[str, float]]],
) -> tuple[Finding, ...]:
    """Return one finding for each run of dropped blocks and of blocks that are vouched for.

    ``vouch`` is the probability from which a kept block is vouched for, and how surely.
    """
    sure, score = vouch
    found = runs(flags, probabilities, words, sure)
    moves = strongest([widest for _, _, kept, _, widest in found if not kept])
    table = document.blocks
    codes = BPL.code, KEP.code
    return tuple(tell(found, table.starts, table.ends, blocks, moves, codes=codes, sure=score, most=_DROP_CAP))
