"""Find the duplicates of a collection: exact, near, rewritten."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from scrubkit.core.errors import ConfigError
from scrubkit.dedup.build import build
from scrubkit.dedup.choose import Candidates, Keep
from scrubkit.dedup.result import Clusters
from scrubkit.dedup.scheme import SCHEME, Scheme
from scrubkit.dedup.search import LAYERS, Layer, search
from scrubkit.dedup.shingle import FURNITURE_ANCHORS, corpus_of, signatures

__all__ = ["LAYERS", "Layer", "find_duplicates"]


@dataclass(frozen=True, slots=True)
class _Input:
    """What was given, one entry a document."""

    texts: Sequence[str]
    ids: tuple[str, ...]
    dates: Sequence[str | None]
    sources: Sequence[str | None]


def find_duplicates(
    texts: Sequence[Any],
    *,
    ids: Sequence[str] | None = None,
    jaccard: float = 0.8,
    layers: Sequence[Layer] = LAYERS,
    dates: Sequence[str | None] | None = None,
    sources: Sequence[str | None] | None = None,
    keep: Keep = "longest",
    preferred: Sequence[str] = (),
    min_coverage: float = 0.5,
    max_drop: float | None = None,
    evidence: Literal["none", "full"] = "none",
    furniture: int | None = FURNITURE_ANCHORS,
    against: Sequence[Any] = (),
    scheme: Scheme = SCHEME,
) -> Clusters:
    """Return clusters of documents that say the same, each pair in them verified, one keeper each.

    texts
        Strings, or documents and pages (anything with ``text``, ``id`` and ``meta``). Use *cleaned* texts: page
        furniture makes strangers alike and copies different.
    ids
        One a text; default the position. They need not be unique: positions identify.
    jaccard
        Share of word 5-grams from which two texts are near duplicates, 0 to 1.
    layers
        ``exact`` compares all folded words, ``near`` the shingles, ``rewrite`` finds abridged, updated and reworded
        copies that share few shingles.
    keep
        Which member stays: ``longest`` (characters), ``earliest`` (``dates``, ISO 8601), ``preferred-source``
        (``sources`` in the order of ``preferred``), ``first``, ``least-boilerplate``, a function from the members'
        positions to one of them, or ``none``.
    min_coverage
        A member is dropped only where the keeper holds this share of it; otherwise it is tagged.
    max_drop
        Raise where more than this share of (twenty or more) documents would be dropped; ``None`` asks nothing,
        since nothing is dropped here. :func:`scrubkit.dedup.findings` asks for 0.5.
    evidence
        ``full`` adds aligned sentences, shared numbers, names and quotes to each edge.
    furniture
        Lines that stand in texts with this many different longest lines are left out; ``None`` learns none.
    against
        Texts of a reference collection, an older corpus or a test set. A text that says the same as one of them is
        dropped for it; references are always kept, named ``against:0``, ``against:1``, … unless they bring an id of
        their own, and have no rows.

    Scores: 1 for exact, the verified Jaccard for near, the calibrated probability for rewrites. Raises
    :class:`~scrubkit.core.ConfigError` for arguments that do not fit. The result depends on the order of the texts
    only in ties.

    >>> a = "The mayor opened the new bridge on Monday after four years of work and three delays."
    >>> found = find_duplicates([a, "Something else entirely happened.", a.upper()])
    >>> [row["verdict"] for row in found.rows()]
    ['keeper', 'unique', 'exact']
    """
    given = _read(texts, ids, dates, sources)
    own = len(given.texts)
    if len(against):
        given = _joined(given, against)
    _check(layers, min_coverage)
    corpus = corpus_of(given.texts, anchors=furniture)
    sketch = signatures(corpus, scheme, stems="rewrite" in layers)
    found = search(corpus, sketch, scheme, jaccard=jaccard, layers=tuple(layers))
    about = Candidates(
        [len(text) for text in given.texts], sketch.prose.tolist(), given.dates, given.sources, preferred
    )
    shown = given.texts if evidence == "full" else None
    result = build(found, given.ids, about, keep=keep, min_coverage=min_coverage, texts=shown, own=own)
    if max_drop is not None:
        result.check_drop(max_drop)
    return result


def _read(
    texts: Iterable[Any],
    ids: Sequence[str] | None,
    dates: Sequence[str | None] | None,
    sources: Sequence[str | None] | None,
) -> _Input:
    if isinstance(texts, str):
        raise ConfigError("texts is one string", remedy="give a list of texts")
    texts = list(texts)
    for at, item in enumerate(texts):
        if not isinstance(item, str) and not isinstance(getattr(item, "text", None), str):
            raise TypeError(f"item {at} is {type(item).__name__}: give strings, documents or pages")
    plain = [item if isinstance(item, str) else item.text for item in texts]
    size = len(plain)
    if ids is None:
        ids = [
            str(getattr(item, "id", None) or at) if not isinstance(item, str) else str(at)
            for at, item in enumerate(texts)
        ]
    for name, values in (("ids", ids), ("dates", dates), ("sources", sources)):
        if values is not None and len(values) != size:
            raise ConfigError(f"{len(values)} {name} for {size} texts")
    metas = [getattr(item, "meta", None) for item in texts]
    if dates is None:
        dates = [getattr(meta, "date", None) for meta in metas]
    if sources is None:
        sources = [getattr(meta, "host", None) for meta in metas]
    return _Input(plain, tuple(str(name) for name in ids), dates, sources)


def _joined(given: _Input, against: Sequence[Any]) -> _Input:
    names = [f"against:{at}" if isinstance(item, str) else str(item.id) for at, item in enumerate(against)]
    more = _read(against, names, None, None)
    return _Input(
        [*given.texts, *more.texts],
        given.ids + more.ids,
        [*given.dates, *more.dates],
        [*given.sources, *more.sources],
    )


def _check(layers: Sequence[str], min_coverage: float) -> None:
    unknown = [layer for layer in layers if layer not in LAYERS]
    if unknown or not layers:
        raise ConfigError(f"unknown layers {unknown or layers!r}", remedy=f"some of {', '.join(LAYERS)}")
    if not 0 <= min_coverage <= 1:
        raise ConfigError(f"min_coverage is {min_coverage}, not in 0 to 1")
