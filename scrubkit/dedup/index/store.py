"""The index: documents kept on disk to look duplicates up in."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from typing import Any, Literal

import numpy as np

from scrubkit.core.errors import ConfigError, InputError
from scrubkit.dedup.bands import Bands, bands_for
from scrubkit.dedup.direction import Side, direction_of, named
from scrubkit.dedup.evidence import evidence_of
from scrubkit.dedup.index.batch import sketch
from scrubkit.dedup.index.files import flush_folder
from scrubkit.dedup.index.given import given_of
from scrubkit.dedup.index.manifest import NAME, Manifest, RunEntry, Snapshot, Writing
from scrubkit.dedup.index.match import Match
from scrubkit.dedup.index.query import answers
from scrubkit.dedup.index.runs import FOLDER, LEADER, Documents, Run, write_run
from scrubkit.dedup.index.view import View
from scrubkit.dedup.index.writing import Given, documents_of, held_in_vain, merged, postings_of
from scrubkit.dedup.scheme import SCHEME, Scheme

__all__ = ["CHUNK", "Existing", "Index", "open_index"]

Existing = Literal["error", "skip", "replace"]
"""What becomes of a document whose id is in the index already."""

CHUNK = 1 << 15
"""Documents that become a run of their own at most, and texts that are in memory at once."""

_CHUNK_CHARACTERS = 1 << 27
_QUERY = 4096
# More runs than this and small neighbours are put together: a query looks into every run.
_RUNS = 8
# A run that is put together is in memory once; one of so many documents takes about a gigabyte.
_MERGED = 1 << 18


def open_index(
    folder: str | Path, *, create: bool = False, jaccard: float | None = None, scheme: Scheme | None = None
) -> Index:
    """Return the index in a folder; with ``create`` a new, empty one where there is none.

    ``jaccard`` (0 to 1, default 0.8) is from when on two texts are near duplicates; it is fixed when an index is
    made. :class:`~scrubkit.core.InputError` where there is no index, :class:`~scrubkit.core.ConfigError` where it was
    made by another format, scheme or ``jaccard`` than is asked for, both by name.

    >>> import tempfile
    >>> index = open_index(tempfile.mkdtemp(), create=True)
    >>> index.add(["The ferry will run again from the first of May, the harbour board said."], ids=["a"])
    1
    >>> [[(m.id, m.verdict) for m in found] for found in index.query(["THE FERRY will run again from the first of "
    ... "May, the harbour board said!", "Rain all day."])]
    [[('a', 'exact')], []]
    """
    place, asked = Path(folder), scheme or SCHEME
    bands_for(0.8 if jaccard is None else jaccard, asked.perms)  # refused before anything is made
    manifest = Manifest(place)
    if not manifest.exists():
        if not create:
            raise InputError(
                "holds no index", place=str(place), remedy="make one with 'scrubkit index add', or open it with create"
            )
        if _foreign(place):
            raise InputError("is a folder with other things in it", place=str(place), remedy="name a new folder")
        (place / FOLDER).mkdir(parents=True, exist_ok=True)
        manifest.create({"scheme": asked.name, "jaccard": repr(0.8 if jaccard is None else float(jaccard))})
        flush_folder(place)
    about = dict(manifest.read().about)
    manifest.check({"scheme": asked.name}, about)
    if jaccard is not None:
        # as numbers: 1 was once written for 1.0
        manifest.check({"jaccard": repr(float(jaccard))}, {**about, "jaccard": repr(float(about["jaccard"]))})
    return Index(place, manifest, Scheme.parse(about["scheme"]), float(about["jaccard"]))


def _foreign(folder: Path) -> bool:
    """Return whether a folder holds what no creation that was broken off leaves: an empty folder of runs, a manifest."""
    if not folder.is_dir():
        return False
    rest = [path for path in folder.iterdir() if path.name not in (NAME, f"{NAME}-journal")]
    return any(path.name != FOLDER or not path.is_dir() or any(path.iterdir()) for path in rest)


class Index:
    """An index on disk; :func:`open_index` makes one. Use it as a context, or call :meth:`close`.

    Readers see the index as it was when they opened it, or last called :meth:`refresh`; one process writes at a time.
    What a call of :meth:`add`, :meth:`remove` or :meth:`compact` did becomes visible at once, when it returns.
    """

    def __init__(self, folder: Path, manifest: Manifest, scheme: Scheme, jaccard: float) -> None:
        self.folder, self.scheme, self.jaccard = folder, scheme, jaccard
        self._manifest = manifest
        self._bands: Bands = bands_for(jaccard, scheme.perms)
        self._view: View | None = None

    def __enter__(self) -> Index:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the files."""
        self._view = None

    def refresh(self) -> None:
        """See the index as it stands now."""
        self._view = None

    def __len__(self) -> int:
        """How many documents."""
        return int(self._seen().alive.sum())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and bool(self._seen().positions([name])[0] >= 0)

    def add(
        self,
        texts: Iterable[Any],
        *,
        ids: Iterable[str] | None = None,
        dates: Iterable[str | None] | None = None,
        sources: Iterable[str | None] | None = None,
        existing: Existing = "error",
    ) -> int:
        """Add documents and return how many were added; all of them or, where anything goes wrong, none.

        ``texts`` are strings (then ``ids`` are needed) or documents and pages with ``id``, ``text`` and ``meta``;
        they are read once, so a generator will do. Give *cleaned* texts. ``dates`` (ISO 8601) and ``sources`` serve
        the verdicts and the direction of copying. An id that is in the index already is an error, is skipped, or its
        document takes the place of the old one; an id given twice is an error.
        """
        added = 0
        with self._writing() as (writing, snapshot):
            names: set[str] = set()
            view = View.of(self.folder, snapshot)
            serial = snapshot.next_serial
            for given in given_of(texts, ids, dates, sources, CHUNK, _CHUNK_CHARACTERS):
                twice = next((name for name in given.ids if name in names or names.add(name)), None)  # type: ignore[func-returns-value]
                if twice is not None:
                    raise ConfigError(f"the id {twice!r} is given twice", remedy="ids must tell documents apart")
                chunk, gone = self._new(view, given, existing)
                writing.remove(gone)
                if chunk.ids:
                    entry = self._run(view, chunk, serial)
                    writing.replace_runs((), (entry,))
                    serial += len(chunk.ids)
                    added += len(chunk.ids)
                if gone or chunk.ids:
                    view = View.of(self.folder, writing.read(), known=view.runs)
            writing.set("next-serial", str(serial))
            self._tidy(writing, view)
        return added

    def query(
        self,
        texts: Iterable[Any],
        *,
        dates: Iterable[str | None] | None = None,
        sources: Iterable[str | None] | None = None,
        limit: int | None = 10,
        inside: bool = False,
        evidence: bool = False,
    ) -> Iterator[tuple[Match, ...]]:
        """Yield for each text, in order, the documents that say the same or tell of the same event, the surest first.

        A text is answered as :func:`~scrubkit.dedup.find_duplicates` would answer over the documents of the index
        and this text, whatever other texts are asked about beside it. At most ``limit`` matches a text, all of them
        with ``None``. With ``inside`` a document is found too that stands somewhere within a text however long, as a
        test item in a page: all of the text is looked up then, not a sample, which takes several times as long. With
        ``evidence`` each match has its aligned sentences, shared numbers, names and quotes.
        """
        if limit is not None and limit < 1:
            raise ConfigError(f"limit is {limit}", remedy="ask for one match or more")
        view = self._seen()
        for chunk in given_of(texts, None, dates, sources, _QUERY, _CHUNK_CHARACTERS, named=False):
            batch = sketch(chunk.texts, self.scheme, view.furniture, learn=False)
            found = answers(
                view,
                batch,
                chunk.texts,
                chunk.dates,
                self._bands,
                words=self.scheme.words,
                jaccard=self.jaccard,
                limit=limit,
                inside=inside,
            )
            for row, told in enumerate(found):
                yield tuple(self._shown(view, chunk, row, at, match) if evidence else match for at, match in told)

    def remove(self, ids: Iterable[str], *, missing: Literal["error", "ignore"] = "error") -> int:
        """Remove documents by id and return how many; their files go with :meth:`compact`."""
        names = list(dict.fromkeys(ids))
        with self._writing() as (writing, snapshot):
            view = View.of(self.folder, snapshot)
            at = view.positions(names)
            unknown = [name for name, place in zip(names, at.tolist(), strict=True) if place < 0]
            if unknown and missing == "error":
                more = f" and {len(unknown) - 1} others" if len(unknown) > 1 else ""
                raise ConfigError(
                    f"the index has no document {unknown[0]!r}{more}",
                    place=str(self.folder),
                    remedy="nothing was removed; leave those out, or ask for unknown ids to be ignored",
                )
            writing.remove(view.serial[at[at >= 0]].tolist())
        return int((at >= 0).sum())

    def compact(self) -> None:
        """Put all runs together (a quarter of a million documents each) and let removed documents go."""
        with self._writing() as (writing, snapshot):
            view = View.of(self.folder, snapshot)
            begin = 0
            while begin < len(view.runs):
                end = begin + 1
                while end < len(view.runs) and view.base[end + 1] - view.base[begin] <= _MERGED:
                    end += 1
                if end - begin > 1 or held_in_vain(view, begin, end):
                    begin += self._merge(writing, view, begin, end)
                    view = View.of(self.folder, writing.read(), known=view.runs)
                else:
                    begin = end

    def stats(self, *, verify: bool = False) -> dict[str, Any]:
        """Return numbers about the index; with ``verify`` after every byte of its files was checked."""
        view = self._seen()
        if verify:
            for run in view.runs:
                run.verify()
        return {
            "folder": str(self.folder),
            "documents": len(self),
            "copies": int((view.alive & (view.kind != LEADER)).sum()),
            "removed": int((~view.alive).sum()),
            "runs": len(view.runs),
            "bytes": sum(run.bytes for run in view.runs),
            "scheme": self.scheme.name,
            "format": int(view.snapshot.about["format"]),
            "jaccard": self.jaccard,
            "bands": (self._bands.count, self._bands.rows),
            "furniture_lines": len(view.furniture),
        }

    def _seen(self) -> View:
        if self._view is None:
            for attempt in range(5):
                snapshot = self._manifest.read()
                try:
                    self._view = View.of(self.folder, snapshot)
                    break
                except FileNotFoundError as error:
                    # a run may have been put together with others since the manifest was read
                    if attempt == 4 or self._manifest.read().runs == snapshot.runs:
                        raise InputError(
                            "a file of the index is missing",
                            place=str(error.filename),
                            remedy="put it back from a copy of the index, or build the index again",
                        ) from error
        assert self._view is not None
        return self._view

    def _new(self, view: View, chunk: Given, existing: Existing) -> tuple[Given, list[int]]:
        """Return what of a chunk is to be added, and the serials that go for it."""
        at = view.positions(chunk.ids)
        known = np.flatnonzero(at >= 0)
        if not len(known):
            return chunk, []
        if existing == "error":
            name = chunk.ids[int(known[0])]
            raise ConfigError(
                f"the index has a document {name!r} already ({len(known)} such ids here)",
                place=str(self.folder),
                remedy="nothing was added; skip or replace known documents, or give others names",
            )
        if existing == "replace":
            return chunk, view.serial[at[known]].tolist()
        left = np.flatnonzero(at < 0).tolist()
        pick = [[column[i] for i in left] for column in (chunk.texts, chunk.ids, chunk.dates, chunk.sources)]
        return Given(*pick), []  # type: ignore[arg-type]

    def _run(self, view: View, chunk: Given, serial: int) -> RunEntry:
        batch = sketch(chunk.texts, self.scheme, view.furniture, learn=True)
        documents = documents_of(view, batch, chunk, serial, self._bands, n=self.scheme.words, jaccard=self.jaccard)
        documents, postings = postings_of(view, documents, self._bands, batch.furniture)
        return write_run(self.folder, f"{serial:012d}-{len(documents)}", documents, postings)

    def _tidy(self, writing: Writing, view: View) -> None:
        """Put small neighbouring runs together where there are many."""
        while len(view.runs) > _RUNS:
            span = _to_join([len(run) for run in view.runs], _MERGED)
            if span is None:
                return
            self._merge(writing, view, *span)
            view = View.of(self.folder, writing.read(), known=view.runs)

    def _merge(self, writing: Writing, view: View, first: int, last: int) -> int:
        """Put the runs ``first`` to ``last - 1`` together; return how many they became, 0 where nothing in them lives."""
        old = view.runs[first:last]
        span = slice(int(view.base[first]), int(view.base[last]))
        left = view.needed[span]
        entries: tuple[RunEntry, ...] = ()
        if left.any():
            entries = (self._merged_run(view, merged(view, first, last), old),)
        writing.replace_runs(tuple(run.entry.name for run in old), entries)
        writing.set("merges", str(_merges(view)))
        writing.forget(view.serial[span][~left].tolist())
        return len(entries)

    def _merged_run(self, view: View, documents: Documents, old: Sequence[Run]) -> RunEntry:
        furniture = np.unique(np.concatenate([run.postings.furniture for run in old]))
        documents, postings = postings_of(view, documents, self._bands, furniture, again=True)
        name = f"{int(documents.serial[0]):012d}-{len(documents)}-{_merges(view)}"
        return write_run(self.folder, name, documents, postings)

    def _shown(self, view: View, chunk: Given, row: int, at: int, match: Match) -> Match:
        place = np.array([at])
        text = view.texts(place)[0]
        known = Side(text, view.dates(place)[0], view.sources(place)[0])
        asked = Side(chunk.texts[row], chunk.dates[row], chunk.sources[row], match.coverage)
        told: dict[str, Any] = evidence_of(text, chunk.texts[row])
        if match.duplicate:
            told["direction"] = named(direction_of(known, asked), match.id, chunk.ids[row])
        return replace(match, evidence=told)

    @contextmanager
    def _writing(self) -> Iterator[tuple[Writing, Snapshot]]:
        """Give the one writer of the index and its manifest as it was; sweeps before and after."""
        try:
            with self._manifest.writing() as writing:
                before = writing.read()
                self._sweep(before)
                yield writing, before
        finally:
            self.refresh()
        # The lock is gone: what another writer is making now must stand, so only this one's old runs go.
        left = {entry.name for entry in self._manifest.read().runs}
        for entry in before.runs:
            if entry.name not in left:
                shutil.rmtree(self.folder / FOLDER / entry.name, ignore_errors=True)

    def _sweep(self, snapshot: Snapshot) -> None:
        """Delete what writers that died left behind, and runs that were put together."""
        named = {entry.name for entry in snapshot.runs}
        for path in (self.folder / FOLDER).iterdir():
            if path.name not in named:
                shutil.rmtree(path, ignore_errors=True)


def _to_join(sizes: Sequence[int], most: int) -> tuple[int, int] | None:
    """Return ``(first, last)`` of the neighbouring runs to put together, ``last`` excluded; ``None`` where none fit.

    The most of them that have ``most`` documents at most, and of as many the smallest. Never more than half of all and
    one: a great run beside many small ones would else be written again and again.
    """
    ends = [0, *accumulate(sizes)]
    for count in range(len(sizes) // 2 + 1, 1, -1):
        total, begin = min((ends[i + count] - ends[i], i) for i in range(len(ends) - count))
        if total <= most:
            return begin, begin + count
    return None


def _merges(view: View) -> int:
    """Return the number of the next merge; it is part of a run's name, which is never given twice."""
    return int(view.snapshot.about.get("merges", "0")) + 1
