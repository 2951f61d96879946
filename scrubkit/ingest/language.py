r"""Which language a text is in, and how sure that is.

Three backends behind one call:

``auto``
    pycld2 alone where the text is long and it is certain of six short stretches; else pycld2 and langdetect's profiles,
    and py3langid where those two leave a doubt, their votes weighed (``language_votes``). What is not installed is not
    asked.
``langdetect``
    The library, seeded.
``langdetect-fast``
    The same answers from compiled code (``language_fast``).

All read stretches spread over the text, never a prefix: a page opens with menus that are often in English. Fewer than
six letters are ``und``: no identifier abstains by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from scrubkit.core.choices import Backend
from scrubkit.core.patterns import lazily
from scrubkit.ingest.language_ask import SIBLINGS, ask_bayes, ask_cld2, has_cld2, main_part
from scrubkit.ingest.language_sample import WINDOWS, spread, without_addresses
from scrubkit.ingest.language_scripts import script_language
from scrubkit.ingest.language_votes import Votes, decide, fold_code

__all__ = ["UNDETERMINED", "Backend", "Language", "ask", "identify", "identify_paragraphs", "spread"]


@dataclass(frozen=True, slots=True)
class Language:
    """An ISO 639-1 code (639-3 where there is none; ``und`` for not determined) and the chance that it is right."""

    code: str
    score: float


UNDETERMINED = Language("und", 0.0)
_LETTERS = lazily(r"[^\W\d_]")
_IDEOGRAPHS = lazily("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_MIN_LETTERS = 6
_MIN_DIFFERENT = 3
_GLANCE = 150
_HEAD = 64
_LANGDETECT_LIMIT = 10_000
_LONG = 400
_SURE = 0.97
_ENOUGH = 0.98
_PLAIN = 0.9


def identify(text: str, *, backend: Backend = "auto") -> Language:
    """Return the language of ``text``; ``und`` with score 0 where there is too little text to tell.

    >>> identify("Das Wetter war gestern besser als heute, sagte der Wirt.").code
    'de'
    >>> identify("12:30 +++ 4:1 😀").code
    'und'
    """
    find = _backend(backend)
    if sum(map(str.isalpha, text[:_HEAD])) < _MIN_LETTERS:
        sample = spread(text)
        letters = len(_LETTERS.findall(sample[:400])) + 2 * len(_IDEOGRAPHS.findall(sample[:400]))
        if letters < _MIN_LETTERS and (len(sample) <= 400 or len(_LETTERS.findall(sample)) < _MIN_LETTERS):
            return UNDETERMINED
    if len(set(text[:_HEAD])) < _MIN_DIFFERENT and len(set(spread(text))) < _MIN_DIFFERENT:
        return UNDETERMINED  # one letter over and over is in no language
    return find(text)


def identify_paragraphs(
    text: str, *, backend: Backend = "auto", shortest: int = 1
) -> tuple[tuple[int, int, Language], ...]:
    r"""Return ``(start, end, language)`` for each line of at least ``shortest`` characters that is not blank.

    >>> found = identify_paragraphs("The river is high today.\nDer Fluss steht heute hoch.")
    >>> [(start, end, language.code) for start, end, language in found]
    [(0, 24, 'en'), (25, 52, 'de')]
    """
    out: list[tuple[int, int, Language]] = []
    at = 0
    for line in text.split("\n"):
        if len(line) >= shortest and line.strip():
            out.append((at, at + len(line), identify(line, backend=backend)))
        at += len(line) + 1
    return tuple(out)


def ask(sample: str) -> Votes:
    """Return what each installed identifier says of a sample."""
    return _also_bayes(_also_profiles(_only_cld2(sample), sample), sample)


def _only_cld2(sample: str) -> Votes:
    named, reliable = ask_cld2(sample)
    return Votes(len(sample), named, reliable, asked=frozenset({"cld2"} if has_cld2() else ()))


def _also_profiles(votes: Votes, sample: str) -> Votes:
    from scrubkit.ingest.language_fast import inventory, likelihoods

    gains, runs = likelihoods(sample, most=4)
    said = tuple((fold_code(code), gain) for code, gain in gains) if runs else ()
    return replace(votes, profiles=said, runs=runs, inventory=inventory(), asked=votes.asked | {"profiles"})


def _also_bayes(votes: Votes, sample: str) -> Votes:
    said = ask_bayes(sample)
    return votes if said is None else replace(votes, bayes=said, asked=votes.asked | {"bayes"})


def _auto(text: str) -> Language:
    if len(text) >= _LONG and (only := _at_a_glance(text)) is not None:
        return only
    sample = without_addresses(spread(text))
    votes = _only_cld2(sample)
    if len(sample) >= _LONG and len(votes.cld2) > 1 and votes.cld2[0][1] < _SURE:
        sample = main_part(sample)
        votes = _only_cld2(sample)
    votes = _also_profiles(votes, sample)
    if votes.asked == {"cld2", "profiles"} and votes.cld2 and votes.cld2[0][1] >= _PLAIN:
        early = decide(votes)
        if early is not None and early[1] >= _ENOUGH and early[0] not in SIBLINGS:
            return Language(*early)
    votes = _also_bayes(votes, sample)
    if votes.asked == {"profiles"} and (only_script := script_language(sample)) is not None:
        return Language(only_script, 0.95)
    found = decide(votes)
    return UNDETERMINED if found is None else Language(*found)


def _at_a_glance(text: str) -> Language | None:
    """Return what pycld2 says where it is certain on half of the sample: nearly all pages end here."""
    named, reliable = ask_cld2(without_addresses(spread(text, width=_GLANCE)))
    if not named or not reliable or named[0][1] < _SURE or named[0][0] in SIBLINGS:
        return None
    return Language(named[0][0], 0.99)


def _langdetect(text: str) -> Language:
    from langdetect import DetectorFactory, LangDetectException, detect_langs

    before, DetectorFactory.seed = DetectorFactory.seed, 0
    try:
        best = detect_langs(_long_sample(text))[0]
    except (LangDetectException, IndexError):
        return UNDETERMINED
    finally:
        DetectorFactory.seed = before
    return Language(fold_code(best.lang), best.prob)


def _langdetect_fast(text: str) -> Language:
    from scrubkit.ingest.language_fast import probabilities

    found = probabilities(_long_sample(text))
    return Language(fold_code(found[0][0]), found[0][1]) if found else UNDETERMINED


def _long_sample(text: str) -> str:
    return spread(text, width=_LANGDETECT_LIMIT // WINDOWS)


def _backend(name: Backend) -> Callable[[str], Language]:
    known = {"auto": _auto, "langdetect": _langdetect, "langdetect-fast": _langdetect_fast}
    if name not in known:
        from scrubkit.ingest.language_plugged import plugged

        find = plugged(name, tuple(known))
        return lambda text: find(_long_sample(text))
    return known[name]
