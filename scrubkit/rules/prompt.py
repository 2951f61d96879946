"""PRM: newsletter, consent, paywall, login and script prompts, advertisement labels."""

from __future__ import annotations

from collections.abc import Iterator

from scrubkit.catalogue import Hit, Needs, Rule, each_row
from scrubkit.rules.block import MAX_WORDS, at_most, framed_line
from scrubkit.rules.run import CueSheet


def _consent_elements(sheet: CueSheet) -> Iterator[Hit]:
    marked = sheet.named("consent")
    if len(marked) < len(sheet):
        yield from each_row(marked, [{"hint": found} for found in marked.values()])


RULES = (
    Rule(
        "PRM001",
        "newsletter-prompt",
        summary="Newsletter sign-up",
        rationale="Calls to subscribe read like prose and recur under every article.",
        example="- Sign up for our newsletter and get the harbour news every Friday.\n"
        "  The newsletter of the angling club has forty readers.\n",
        test=framed_line,
        cues=True,
        score=0.93,
        params=(MAX_WORDS(70),),
    ),
    Rule(
        "PRM002",
        "consent-prompt",
        summary="Cookie and consent banner",
        rationale="Consent texts come before the article and are longer than it on many pages.",
        example="- We use cookies to improve your visit.\n  She uses butter in her cookies.\n",
        test=framed_line,
        cues=True,
        score=0.93,
        params=(MAX_WORDS(150),),
        known_problems="Articles about consent banners.",
    ),
    Rule(
        "PRM003",
        "paywall-prompt",
        summary="Paywall notice",
        rationale="'Subscribe to continue reading' stands where the text stops.",
        example="- Subscribe to continue reading\n  The subscribers met on Monday to continue the reading of the poem.\n",
        test=framed_line,
        cues=True,
        score=0.88,
        params=(MAX_WORDS(60),),
    ),
    Rule(
        "PRM004",
        "login-prompt",
        summary="Log-in and registration labels",
        rationale="Form labels of the site's account area.",
        example="- Forgot your password?\n  He forgot the password to the gate.\n",
        test=framed_line,
        cues=True,
        score=0.93,
        params=(MAX_WORDS(20),),
    ),
    Rule(
        "PRM005",
        "browser-prompt",
        summary="Request to enable scripts, switch off a blocker or prove to be human",
        rationale="Shown in place of what could not be loaded.",
        example="- Please enable JavaScript to view this page.\n  The course teaches script writing for films.\n",
        test=at_most,
        cues=True,
        score=0.9,
        params=(MAX_WORDS(50),),
    ),
    Rule(
        "PRM006",
        "advertisement-label",
        summary="Label of an advertisement slot",
        rationale="'Advertisement', 'Story continues below' stand between paragraphs.",
        example="- Advertisement\n- Story continues below advertisement\n  The advertisement was torn down.\n",
        test=at_most,
        cues=True,
        score=0.93,
        params=(MAX_WORDS(12),),
    ),
    Rule(
        "PRM007",
        "consent-element",
        summary="Block inside an element that says it is a consent dialogue",
        rationale="Consent platforms name their elements.",
        scope="document",
        test=_consent_elements,
        needs=Needs(elements=("consent",), structure="html"),
        score=0.88,
    ),
)
