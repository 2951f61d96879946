"""An index as it stood at one moment: its runs, which documents live, and look-up by keys."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from scrubkit.dedup.index.batch import BITS, id_postings
from scrubkit.dedup.index.manifest import Snapshot
from scrubkit.dedup.index.rarity import Rarity, add_cells, bits_for, counted
from scrubkit.dedup.index.runs import EXACT_COPY, LEADER, Run
from scrubkit.kernels.postings import copy_slices, gather, locate

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["View", "ranges"]


def ranges(starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the numbers ``start … start + size - 1`` of all entries, end to end.

    >>> ranges(np.array([5, 1]), np.array([2, 3])).tolist()
    [5, 6, 1, 2, 3]
    """
    ends = np.cumsum(sizes)
    return np.asarray(np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - (ends - sizes), sizes), np.int64)


class View:
    """Runs in the order of their documents. *Positions* count the documents of all runs from 0 up."""

    def __init__(self, runs: Sequence[Run], snapshot: Snapshot) -> None:
        self.runs, self.snapshot = tuple(runs), snapshot
        sizes = [len(run) for run in self.runs]
        self.base: NDArray[np.int64] = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)

    @classmethod
    def of(cls, folder: Path, snapshot: Snapshot, *, known: Sequence[Run] = ()) -> View:
        """Map all runs of a snapshot; those among ``known``, which were checked before and never change, as they are."""
        held = {run.entry.name: run for run in known}
        runs = [held[entry.name] if entry.name in held else Run(folder, entry) for entry in snapshot.runs]
        return cls(runs, snapshot)

    def __len__(self) -> int:
        """How many documents, removed ones too."""
        return int(self.base[-1])

    def _joined(self, name: str, kind: type) -> NDArray[np.generic]:
        parts = [np.asarray(getattr(run.documents, name)) for run in self.runs]
        return np.concatenate(parts) if parts else np.zeros(0, kind)

    @cached_property
    def serial(self) -> NDArray[np.int64]:
        """Serial numbers, ascending."""
        return self._joined("serial", np.int64).astype(np.int64, copy=False)

    @cached_property
    def kind(self) -> NDArray[np.uint8]:
        """What each document is: leader, near copy, exact copy."""
        return self._joined("kind", np.uint8).astype(np.uint8, copy=False)

    @cached_property
    def leader(self) -> NDArray[np.int64]:
        """The position of each document's leader, -1 where it is gone: both were removed, and its run put together."""
        wanted = self._joined("leader", np.int64).astype(np.int64, copy=False)
        at = np.minimum(np.searchsorted(self.serial, wanted), max(0, len(self) - 1))
        return np.where(self.serial[at] == wanted, at, -1) if len(self) else at

    @cached_property
    def local(self) -> NDArray[np.uint8]:
        """How many local keys each document has."""
        return self._joined("local", np.uint8).astype(np.uint8, copy=False)

    @cached_property
    def words(self) -> NDArray[np.int32]:
        """Words compared."""
        return self._joined("words", np.int32).astype(np.int32, copy=False)

    @cached_property
    def alive(self) -> NDArray[np.bool_]:
        """Which documents were not removed."""
        out = np.ones(len(self), np.bool_)
        gone = np.array(self.snapshot.removed, np.int64)
        at = np.minimum(np.searchsorted(self.serial, gone), max(0, len(self) - 1))
        if len(self):
            out[at[self.serial[at] == gone]] = False
        return out

    @cached_property
    def counted(self) -> NDArray[np.bool_]:
        """Which documents count for rarity: leaders that live, or of which a copy does."""
        out = np.zeros(len(self), np.bool_)
        out[self.leader[self.alive]] = True
        return out

    @property
    def needed(self) -> NDArray[np.bool_]:
        """Which documents stay when runs are put together: the living, and leaders of living copies."""
        return np.asarray(self.alive | self.counted, np.bool_)

    @cached_property
    def copies(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The living documents that are copies, and their leaders: both by ascending leader."""
        at = np.flatnonzero((self.kind != LEADER) & self.alive)
        order = np.argsort(self.leader[at], kind="stable")
        return at[order], self.leader[at[order]]

    @cached_property
    def furniture(self) -> NDArray[np.uint64]:
        """Hashes of the lines that were learned as furniture, ascending."""
        parts = [run.postings.furniture for run in self.runs]
        return np.unique(np.concatenate(parts)) if parts else np.zeros(0, np.uint64)

    def table(self, bits: int) -> NDArray[np.uint32]:
        """Return uint32 (2 ** bits): in how many documents that count each stem stands."""
        table = np.zeros(1 << bits, np.uint32)
        for run in self.runs:
            add_cells(table, (run.postings.cells, run.postings.counts))
        gone = np.flatnonzero((self.kind == LEADER) & ~self.counted)
        if len(gone):
            add_cells(table, counted(*self.stems(gone)), sign=-1)
        return table

    @cached_property
    def _borrowed(self) -> NDArray[np.bool_]:
        """Which documents have no stems of their own but their leader's."""
        return np.asarray((self.kind == EXACT_COPY) & (self.leader >= 0), np.bool_)

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """How many stems each document has; a copy word for word as many as its leader."""
        parts = [np.diff(run.documents.offsets) for run in self.runs]
        own = np.concatenate(parts) if parts else np.zeros(0, np.int64)
        return np.where(self._borrowed, own[self.leader], own) if len(own) else own

    @cached_property
    def stems_in_all(self) -> int:
        """Stems of the documents that count."""
        return int(self.sizes[self.counted].sum())

    @cached_property
    def rarity(self) -> Rarity:
        """How rare stems are."""
        return Rarity.of(self.table(bits_for(self.stems_in_all)), int(self.counted.sum()))

    def split(self, at: NDArray[np.int64]) -> list[tuple[Run, NDArray[np.int64], NDArray[np.int64]]]:
        """Return ``(run, which, places)`` for each run that holds some: indices into ``at``, places in the run."""
        owner = np.searchsorted(self.base, at, "right") - 1
        out = []
        for number in np.unique(owner).tolist():
            which = np.flatnonzero(owner == number)
            out.append((self.runs[number], which, at[which] - self.base[number]))
        return out

    def stems(self, at: NDArray[np.int64]) -> tuple[NDArray[np.uint32], NDArray[np.int64]]:
        """Return ``(stems, offsets)`` of the documents at these positions; copies word for word have their leader's."""
        at = np.where(self._borrowed[at], self.leader[at], at)
        starts, sizes = np.zeros(len(at), np.int64), np.zeros(len(at), np.int64)
        parts = self.split(at)
        for run, which, places in parts:
            ends = run.documents.stem_end
            starts[which] = np.where(places > 0, ends[np.maximum(places - 1, 0)], 0)
            sizes[which] = ends[places] - starts[which]
        offsets = np.append(np.zeros(1, np.int64), np.cumsum(sizes))
        out = np.zeros(int(offsets[-1]), np.uint32)
        for run, which, _ in parts:
            copy_slices(run.documents.stems, starts[which], sizes[which], out, offsets[which])
        return out, offsets

    def signatures(self, at: NDArray[np.int64], perms: int) -> NDArray[np.uint32]:
        """Return the signatures of the documents at these positions."""
        out = np.zeros((len(at), perms), np.uint32)
        for run, which, places in self.split(at):
            out[which] = run.documents.signatures[places]
        return out

    def hashes(self, at: NDArray[np.int64]) -> NDArray[np.uint64]:
        """Return the text hashes of the documents at these positions."""
        out = np.zeros((len(at), 2), np.uint64)
        for run, which, places in self.split(at):
            out[which] = run.documents.hashes[places]
        return out

    def texts(self, at: NDArray[np.int64]) -> list[str]:
        """Return the texts of the documents at these positions."""
        out = [""] * len(at)
        for run, which, places in self.split(at):
            for to, text in zip(which.tolist(), run.texts(places.tolist()), strict=True):
                out[to] = text
        return out

    def ids(self, at: NDArray[np.int64]) -> list[str]:
        """Return the user's ids of the documents at these positions."""
        out = [""] * len(at)
        for run, which, places in self.split(at):
            held = run.documents.ids.take(pa.array(places)).to_pylist()
            for to, name in zip(which.tolist(), held, strict=True):
                out[to] = name.decode("utf-8", "surrogatepass")
        return out

    def dates(self, at: NDArray[np.int64]) -> list[str | None]:
        """Return the dates of the documents at these positions."""
        return self._strings("dates", at)

    def sources(self, at: NDArray[np.int64]) -> list[str | None]:
        """Return the sources of the documents at these positions."""
        return self._strings("sources", at)

    def _strings(self, name: str, at: NDArray[np.int64]) -> list[str | None]:
        out: list[str | None] = [None] * len(at)
        for run, which, places in self.split(at):
            held = getattr(run.documents, name).take(pa.array(places)).to_pylist()
            for to, value in zip(which.tolist(), held, strict=True):
                out[to] = value
        return out

    def find(
        self, wanted: NDArray[np.uint64], *, most: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Return ``(which, at, count)``: entries of ``wanted`` and positions that hold them, and hits an entry.

        At most ``most`` hits of an entry are counted in a run.
        """
        count = np.zeros(len(wanted), np.int64)
        which: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
        at: list[NDArray[np.int64]] = [np.zeros(0, np.int64)]
        places = self.located(wanted, most=most)
        for base, run, (start, found) in zip(self.base.tolist(), self.runs, places, strict=False):
            keys = run.postings.keys
            count += found
            held = np.flatnonzero(found)
            which.append(np.repeat(held, found[held]))
            own = keys[ranges(start[held], found[held])] & np.uint64((1 << BITS) - 1)
            at.append(own.astype(np.int64) + base)
        return np.concatenate(which), np.concatenate(at), count

    def located(self, wanted: NDArray[np.uint64], *, most: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Return where the entries of ``wanted`` begin in each run, and how many there are, at most ``most``."""
        return [locate(run.postings.keys, run.postings.directory, wanted, BITS, most=most) for run in self.runs]

    def gathered(
        self,
        places: Sequence[tuple[NDArray[np.int64], NDArray[np.int64]]],
        used: NDArray[np.uint8],
        asked: NDArray[np.int64],
    ) -> NDArray[np.int64]:
        """Return ``asked << 40 | position``, ascending, of all hits of the entries used, by :meth:`located`."""
        found = [
            gather(run.postings.keys, place, used, asked, BITS, base)
            for base, run, place in zip(self.base.tolist(), self.runs, places, strict=False)
        ]
        codes = np.concatenate([np.zeros(0, np.int64), *found])
        codes.sort()
        return codes

    def positions(self, ids: Sequence[str]) -> NDArray[np.int64]:
        """Return the position of each id among the living documents, -1 where it is not there."""
        out = np.full(len(ids), -1, np.int64)
        for begin in range(0, len(ids), 1 << BITS):
            part = [name.encode("utf-8", "surrogatepass") for name in ids[begin : begin + (1 << BITS)]]
            wanted = id_postings(part, np.arange(len(part)))
            order = np.argsort(wanted)
            which, at, _ = self.find(wanted[order], most=1 << 16)
            rows = order[which]
            for row, place, name in zip(rows.tolist(), at.tolist(), self.ids(at), strict=True):
                if self.alive[place] and name == ids[begin + row]:
                    out[begin + row] = place
        return out
