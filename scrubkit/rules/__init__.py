"""The typed rules, one file a family; listed by hand, so that importing fills no registry."""

from scrubkit.catalogue import Rule
from scrubkit.rules import (
    bio,
    byline,
    comments,
    disclaimer,
    donation,
    faults,
    footer,
    nav,
    player,
    prompt,
    quality_catalogue,
    related,
    repeats,
    share,
    ticker,
)
from scrubkit.rules import format as file_format

RULES: tuple[Rule, ...] = (
    *nav.RULES,
    *ticker.RULES,
    *comments.RULES,
    *disclaimer.RULES,
    *share.RULES,
    *related.RULES,
    *player.RULES,
    *repeats.RULES,
    *byline.RULES,
    *bio.RULES,
    *prompt.RULES,
    *donation.RULES,
    *footer.RULES,
    *quality_catalogue.RULES,
    *file_format.RULES,
    *faults.RULES,
)
