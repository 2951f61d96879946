"""A scorer of lines that nobody trained: what is known of running text, written down as sums of evidence.

It serves where the model file is missing or unwanted, and shows what rules reach without training. Its numbers are
judgements, rounded to halves, not fits: a line is main content where it is prose, ends a sentence, stands among
prose and inside the page's main run of prose; menus, repeated lines and lines in title case far from prose are not.
Where evidence is thin it leans to keeping: rules with measured precision stand beside it.
On a page with little prose anywhere (a list, a table, a poem) short lines are no evidence against themselves.
The main run of prose is the maximum-sum segment after Pasternack and Roth, "Extracting article text from the web
with maximum subsequence segmentation" (WWW 2009), with line shapes in place of their tag model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from scrubkit.model.text_features import FEATURES, Lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["simple_scores"]

_COLUMN = {name: i for i, name in enumerate(FEATURES)}


def simple_scores(lines: Lines, rows: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return for each line how likely it is main content, 0 to 1, given its :func:`features`.

    The numbers order lines well and are only roughly calibrated.
    """

    def of(name: str) -> NDArray[np.float64]:
        return rows[:, _COLUMN[name]].astype(np.float64)

    words = lines.column("words")
    prose, near, page_prose = of("prose"), of("prose_words~4"), of("page_prose")
    outside = ((of("at_prose") <= 0) | (of("at_prose") >= 0.999)) & (prose == 0)
    distance = np.minimum(1.0, np.minimum(of("prose_before"), of("prose_after")) / 10)
    score = -1.5 + 1.5 * prose + 1.0 * of("ends") + 1.5 * of("in_span") + 1.5 * near
    score += 1.0 * np.clip(of("mean_words~4") - 1.5, -1, 1) + 1.0 * of("topic")
    score -= 1.5 * ((lines.column("copies") > 1) & (of("first") == 0))
    score -= 1.5 * ((of("capitals") > 0.6) & (words < 12) & (of("in_span") == 0))
    score -= 1.0 * outside + 1.0 * distance + 1.0 * (of("links") > 0.5)
    score += 4.0 * (1 - page_prose)
    # A text whose lines are mostly prose has hardly been flattened from a page with menus.
    score += 6.0 * max(0.0, float(prose.mean()) - 0.4)
    return np.asarray(1 / (1 + np.exp(-score)), dtype=np.float64)
