"""What a pool of worker processes is asked to do: told to the workers as a value, so that one pool serves all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, TypeVar

from scrubkit.processes.limits import Death, Limits

__all__ = ["Craft", "Hand"]

P = TypeVar("P", contravariant=True)
"""A piece of work, of one or more documents; it is pickled on its way to a worker."""

Q = TypeVar("Q")
"""What one document of a piece makes, where a piece is worked on document by document."""

Q_co = TypeVar("Q_co", covariant=True)

M = TypeVar("M", covariant=True)
"""What a piece makes."""


class Hand(Protocol[P, Q_co, M]):
    """Does the work, in a worker. It arms the clock of the limits before each document (or each few) and stops it."""

    def whole(self, piece: P) -> M:
        """Return what a piece makes. Documents may share the time of one here: it is tried again where that ends it."""

    def singly(self, piece: P, start: int) -> Iterator[Q_co]:
        """Yield what each document makes from the document ``start`` on, each with all the time there is."""


class Craft(Protocol[P, Q, M]):
    """What workers do. Picklable; ``hand`` and ``warm`` are called in the worker, the others by who runs the pool."""

    @property
    def limits(self) -> Limits:
        """What a document may take."""

    @property
    def preload(self) -> str:
        """A module that loads what workers need, for the process that they are copied from where this is not it."""

    def warm(self) -> None:
        """Load what all workers need, once, before copies are made of this process."""

    def hand(self) -> Hand[P, Q, M]:
        """Return what does the work; called once in each worker."""

    def aside(self, piece: P, at: int, death: Death) -> tuple[Q | None, bool]:
        """Return what stands for the document that ended its worker, and whether to go on behind it.

        ``None`` where the piece has no such document: the worker ended behind the last.
        """

    def joined(self, piece: P, parts: list[Q]) -> M:
        """Return what the documents of a piece make together."""
