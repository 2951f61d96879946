"""Catalogue entries of the quality rules: what each asks, its thresholds, and the paper it comes from."""

from __future__ import annotations

from scrubkit.catalogue import Param, Rule

__all__ = ["RULES"]

_GUARDS = (
    Rule(
        code="QLT001",
        name="empty-after-cleaning",
        summary="Nothing is left of the document, or there was nothing in it.",
        rationale=(
            "A page of menus alone has no text worth keeping. An empty file is told apart "
            "(because.source is 'empty'): it is a fault of the scrape, not of the page."
        ),
        example="- Home | News | Sport\n",
        scope="document",
        action="reject",
        score=1.0,
    ),
    Rule(
        code="QLT002",
        name="nearly-all-removed",
        summary="The page had running text, but cleaning left next to nothing of it.",
        rationale=(
            "A page with paragraphs of prose of which a few words stay was probably cleaned wrongly. It is set aside "
            "for a person, not rejected. Menus, however long, are not prose and do not make a page suspicious."
        ),
        scope="document",
        action="quarantine",
        score=1.0,
        params=(
            Param("max_removed_ratio", 0.98, "share of visible characters", "more than this removed is suspicious"),
            Param("min_left_words", 20, "words", "with this many words left the page is let pass"),
            Param("min_prose_words", 100, "words", "words in prose lines of the source below which it is let pass"),
        ),
        known_problems="A page whose only prose is its comments or legal notice is set aside though nothing is lost.",
    ),
    Rule(
        code="QLT003",
        name="consent-text-only",
        summary="What is left is a consent, paywall, login or JavaScript prompt and nothing else.",
        rationale=(
            "A scraper that was shown a wall instead of the article stores the wall. Such texts repeat by the "
            "thousand and hold no article, but they are prose, so filters on form let them through."
        ),
        scope="document",
        action="reject",
        score=1.0,
        params=(
            Param("max_prompt_share", 0.6, "share of words", "words in lines with a prompt phrase, from which on"),
            Param("max_prompt_words", 150, "words", "longer texts are never taken for a prompt"),
        ),
        known_problems="A prompt in a language without cues, or in words of the site's own, is not seen.",
        sources=("Raffel et al. 2020 (C4): pages with policy and JavaScript notices",),
    ),
)

GOPHER = "Rae et al. 2021, Scaling Language Models: Methods, Analysis & Insights from Training Gopher, appendix A.1"
C4 = (
    "Raffel et al. 2020, Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer, section 2.2"
)
FINEWEB = "Penedo et al. 2024, The FineWeb Datasets: Decanting the Web for the Finest Text Data at Scale, section 3.6"


def _rule(
    code: str,
    name: str,
    summary: str,
    rationale: str,
    params: tuple[Param, ...],
    source: str,
    known_problems: str = "",
) -> Rule:
    """Return a rule that rejects a document; its check stands in ``quality_checks``."""
    return Rule(
        code, name, summary, rationale,
        scope="document", action="reject", score=1.0, params=params, sources=(source,), known_problems=known_problems,
    )  # fmt: skip


_WORDS = (
    _rule(
        "QLT010",
        "too-few-words",
        "The cleaned text has fewer words than asked for.",
        "Stubs and leftovers teach nothing. Gopher asks for 50 words; the default is lower so that a news brief of "
        "two sentences stays. Scripts without spaces count one word for two characters.",
        (Param("min_words", 15, "words", "fewer are rejected"),),
        GOPHER,
    ),
    _rule(
        "QLT011",
        "too-many-words",
        "The cleaned text has more words than asked for.",
        "Dumps of lists and logs run on for ever; articles do not.",
        (Param("max_words", 100_000, "words", "more are rejected"),),
        GOPHER,
        "Whole books in one file are rejected: raise max_words for them.",
    ),
    _rule(
        "QLT012",
        "mean-word-length-out-of-range",
        "Words are on average too short or too long for running text.",
        "Token soup, keys and addresses have other word lengths than prose. Gopher's range, made for English, is "
        "3 to 10; it is wider here and a Hangul syllable counts as two letters, so "
        "that one range serves Vietnamese and Greenlandic. Scripts without spaces are not judged.",
        (
            Param("min_mean_word_length", 2.5, "letters", "shorter on average is rejected"),
            Param("max_mean_word_length", 20, "letters", "longer on average is rejected"),
        ),
        GOPHER,
    ),
    _rule(
        "QLT013",
        "symbol-heavy-text",
        "Hash signs and ellipses are frequent among the words.",
        "Tag clouds and lists of cut-off teasers look like this.",
        (Param("max_symbol_ratio", 0.1, "symbols a word", "more is rejected"),),
        GOPHER,
        "A short post with many hashtags is rejected.",
    ),
    _rule(
        "QLT014",
        "bullet-list-only",
        "Nearly all lines are list items, and few of them are sentences.",
        "Link lists and directories. Gopher rejects any text with 90 % of lines in bullets; here a list of whole "
        "sentences stays, since live reports and summaries are written so.",
        (
            Param("max_bullet_lines", 0.9, "share of lines", "more is rejected"),
            Param("min_bullet_lines_judged", 5, "lines", "shorter texts are not judged"),
        ),
        GOPHER,
    ),
    _rule(
        "QLT015",
        "ellipsis-ended-lines",
        "Many lines are cut off with an ellipsis.",
        "Result pages and archives show the beginnings of texts, not texts.",
        (Param("max_ellipsis_lines", 0.3, "share of lines", "more is rejected"),),
        GOPHER,
    ),
    _rule(
        "QLT016",
        "few-alphabetic-words",
        "Too few words have a letter in them.",
        "Tables of numbers and symbol soup are not prose. Gopher asks for 80 %; the default is lower, because market "
        "and sports reports are rich in figures. Lone punctuation is no word, so that spaced dashes and French "
        "quotation marks cost nothing; scripts without spaces are not judged.",
        (Param("min_alphabetic_words", 0.7, "share of words", "less is rejected"),),
        GOPHER,
    ),
    _rule(
        "QLT017",
        "few-stop-words",
        "A text of a known language has hardly any of its function words.",
        "Lists of names, keywords and products have none. Gopher asks for two of eight English words; here each "
        "language has its own list, and a text whose language is unknown or has no list is not judged.",
        (
            Param("min_stop_words", 2, "distinct words", "fewer are rejected"),
            Param("min_stop_words_judged", 50, "words", "shorter texts are not judged"),
        ),
        GOPHER,
    ),
)

_REPETITION = (
    _rule(
        "QLT020",
        "duplicate-lines",
        "Many lines are copies of other lines of the text.",
        "Generated pages and failed scrapes repeat themselves. Blank lines are no lines, and one repeat in a text is "
        "forgiven: a headline that stands twice is no fault.",
        (
            Param("max_duplicate_lines", 0.3, "share of lines", "more is rejected"),
            Param("max_duplicate_line_chars", 0.2, "share of characters", "more is rejected"),
        ),
        GOPHER,
        "Song texts with a long chorus are rejected.",
    ),
    _rule(
        "QLT021",
        "duplicate-paragraphs",
        "Many paragraphs are copies of other paragraphs of the text.",
        "As for lines; paragraphs are what blank lines part.",
        (
            Param("max_duplicate_paragraphs", 0.3, "share of paragraphs", "more is rejected"),
            Param("max_duplicate_paragraph_chars", 0.2, "share of characters", "more is rejected"),
        ),
        GOPHER,
    ),
    _rule(
        "QLT022",
        "one-frequent-phrase",
        "One phrase of two to four words makes up much of the text.",
        "Keyword spam. A phrase must occur three times; "
        "in scripts without spaces two to five characters stand for a word.",
        (
            Param("max_top_2gram", 0.2, "share of characters", "more in one 2-gram is rejected"),
            Param("max_top_3gram", 0.18, "share of characters", "more in one 3-gram is rejected"),
            Param("max_top_4gram", 0.16, "share of characters", "more in one 4-gram is rejected"),
            Param("min_ngram_words", 100, "words", "shorter texts are not judged"),
        ),
        GOPHER,
    ),
    _rule(
        "QLT023",
        "repeated-phrases",
        "Much of the text is in phrases of five to ten words that occurred before.",
        "Template text: the same sentences with a name changed. Each character counts once.",
        (
            *(
                Param(f"max_duplicate_{n}gram", limit, "share of characters", f"more in repeated {n}-grams is rejected")
                for n, limit in ((5, 0.15), (6, 0.14), (7, 0.13), (8, 0.12), (9, 0.11), (10, 0.1))
            ),
            Param("min_ngram_words", 100, "words", "shorter texts are not judged"),
        ),
        GOPHER,
        "Legal declarations and liturgies repeat whole phrases by nature.",
    ),
)

_LEFTOVERS = (
    _rule(
        "QLT030",
        "lorem-ipsum",
        "Placeholder text in place of an article.",
        "C4 drops every page that has the words; here a paragraph of the filler itself must make up a share of the "
        "text, so that an article about typography stays.",
        (Param("max_lorem_ipsum", 0.1, "share of words", "more in filler paragraphs is rejected"),),
        C4,
    ),
    _rule(
        "QLT031",
        "curly-braces",
        "Curly braces are frequent: the text is program code, a style sheet or a data object.",
        "C4 drops every page with one brace; here they must be frequent, so that a tutorial with a few lines of code "
        "stays.",
        (Param("max_curly_ratio", 0.05, "braces a word", "more is rejected"),),
        C4,
    ),
    _rule(
        "QLT032",
        "javascript-notice",
        "The text is mostly lines that ask to switch on JavaScript.",
        "What a scraper without a browser gets from a page built in the browser. C4 removes lines with the word; "
        "here a line must also speak of switching on or off, so that an article on the language stays.",
        (Param("max_javascript_words", 0.3, "share of words", "more in such lines is rejected"),),
        C4,
    ),
    _rule(
        "QLT033",
        "few-sentences",
        "The text has fewer sentences than asked for.",
        "Lists and tables have none. C4 asks for five; the default asks for one, so that a brief of one sentence "
        "stays. Sentence marks of all scripts count, with or without a closing quotation mark; Thai and Lao, which "
        "have none, are not judged.",
        (Param("min_sentences", 1, "sentences", "fewer are rejected"),),
        C4,
    ),
)

_LINES = (
    _rule(
        "QLT040",
        "unpunctuated-lines",
        "Hardly a line ends as sentences do.",
        "Menus, lists and tables. Where lines are wrapped, paragraphs are judged. C4 removes each such line and so "
        "loses every headline and, with its ASCII marks, every line that ends in ” or »; here the whole document is "
        "judged, by FineWeb's ratio, with the marks of all scripts.",
        (Param("min_ended_lines", 0.12, "share of lines", "this or less is rejected"),),
        FINEWEB,
        "Poems without punctuation are rejected.",
    ),
    _rule(
        "QLT041",
        "short-lines",
        "Most lines are short.",
        "Menus, tables, lists. Characters of scripts without spaces count twice.",
        (
            Param("max_short_lines", 0.67, "share of lines", "more is rejected"),
            Param("short_line", 30, "characters", "a line of fewer is short"),
            Param("min_short_lines_judged", 5, "lines", "texts of fewer lines are not judged"),
        ),
        FINEWEB,
        "Poems and chats are rejected.",
    ),
    _rule(
        "QLT042",
        "duplicate-characters",
        "A share of the characters stands in lines that are copies of others.",
        "As duplicate-lines, with FineWeb's lower threshold of the paper (its published code has 0.01, which one "
        "repeated caption exceeds). One repeat in a text is forgiven.",
        (Param("max_duplicate_chars", 0.1, "share of characters", "more is rejected"),),
        FINEWEB,
    ),
    _rule(
        "QLT043",
        "many-newlines",
        "Lines hold only a few words each.",
        "Word lists and tables. Blank lines are not counted.",
        (Param("max_newline_ratio", 0.3, "lines a word", "more is rejected"),),
        FINEWEB,
    ),
)

RULES: tuple[Rule, ...] = (*_GUARDS, *_WORDS, *_REPETITION, *_LEFTOVERS, *_LINES)
