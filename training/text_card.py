"""The model card of the line model, written beside its files."""

from __future__ import annotations

from collections.abc import Mapping

from scrubkit.kernels.trees import load
from scrubkit.model.text_scores import Passes

__all__ = ["card"]

CARD = """# Model card: `text.bin`, `text-second.bin`

Written by `python -m training.text_model BENCH_DIR`; do not edit.

**What it does.** Says how likely each line of a flattened web page is main content, in two passes of trees of at most
31 leaves, scored by `scrubkit.kernels.trees`. First: {first_trees} trees over {first} features, {first_size} bytes.
Second: {second_trees} trees over those and {more} features of what the first pass said of the page, {second_size}
bytes. A fifth of each score is then lent by the lines before and after.

**Data.** WCXB 1.0, development part (CC-BY-4.0): 1,358 pages less the pages whose lines could not be aligned with their
ground truth, flattened by two programs ({scrapes} scrapes), each line labelled by alignment. From each scrape one
variant (other bullets, lines joined or wrapped, frames cut away, script without case, script without spaces) and one
clean text (title and main content only, everything to be kept) are made. Each page is also written down in two of
seven styles of our own (a browser's copy, Markdown with and without addresses, text browsers, rows with bars).

**Figures, out of fold** (five folds by registered domain; F1 in words, mean over pages; styles of ours in brackets).
Both passes have not seen the site that is judged, and the second is trained on first scores of sites that the first
has not seen:

| group | n | F1 | P | R |
| --- | --- | --- | --- | --- |
{table}

Clean texts of held-out sites: {lost:.2%} of words lost, {untouched:.1%} of texts left whole.
Calibration error of the probabilities, weighted by words: {calibration:.3f}.

**Limits.** Nearly all pages are English; other scripts are only imitated. Labels are alignments, not judgements of
lines. The ground truth holds few titles, so titles score low by themselves (rule TTL002 keeps them). Products,
collections and listings are hard: annotators took different parts of such pages. Figures are by the same process that
chose features and settings, so expect a little less elsewhere.
"""


def card(
    passes: Passes, data: tuple[bytes, bytes], means: Mapping[str, Mapping[str, float]], facts: Mapping[str, float]
) -> str:
    """Return the model card."""
    lines = [
        f"| {name} | {row['n']} | {row['f1']:.3f} | {row['p']:.3f} | {row['r']:.3f} |"
        for name, row in sorted(means.items())
    ]
    first, second = (set(load(one).names) for one in data)
    return CARD.format(
        first_trees=len(passes.first), second_trees=len(passes.second), first=len(first), more=len(second - first),
        first_size=f"{len(data[0]):,}", second_size=f"{len(data[1]):,}", scrapes=f"{means['all']['n']:,}",
        table="\n".join(lines), lost=facts["clean_words_lost"], untouched=facts["clean_texts_untouched"],
        calibration=facts["calibration_error"],
    )  # fmt: skip
