"""The named signature scheme: table, shingle length, permutations; conversion to and from datasketch."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np

from scrubkit.core.errors import ConfigError
from scrubkit.kernels.sketch import gram_hash

if TYPE_CHECKING:
    from datasketch import LeanMinHash, MinHash
    from numpy.typing import NDArray

__all__ = ["SCHEME", "Scheme", "fold_table"]


@cache
def fold_table() -> NDArray[np.uint32]:
    """Return how each of the first 0x20000 code points folds; read once from the package's data."""
    table = np.frombuffer(zlib.decompress(files("scrubkit.dedup").joinpath("fold.bin").read_bytes()), "<u4")
    return np.ascontiguousarray(table, np.uint32)


@dataclass(frozen=True, slots=True)
class Scheme:
    """How signatures are made: everything that must be equal for two to be compared.

    >>> Scheme().name
    'sk1-w5-affine32-p128-s1'
    """

    words: int = 5
    perms: int = 128
    seed: int = 1

    @property
    def name(self) -> str:
        """The scheme's name: fold and hash version, shingle words, permutation family, count, seed."""
        return f"sk1-w{self.words}-affine32-p{self.perms}-s{self.seed}"

    @classmethod
    def parse(cls, name: str) -> Scheme:
        """Return the scheme of that name; :class:`ConfigError` where this version knows none."""
        parts = name.split("-")
        if len(parts) != 5 or parts[0] != "sk1" or parts[2] != "affine32":
            raise ConfigError(
                f"unknown signature scheme {name!r}", remedy=f"this version reads {cls().name!r} and its like"
            )
        return cls(words=int(parts[1][1:]), perms=int(parts[3][1:]), seed=int(parts[4][1:]))

    def permutations(self) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
        """Return ``(a, b)``, uint32: those of ``datasketch.MinHash(num_perm=perms, seed=seed)``, scheme affine32."""
        return _permutations(self.perms, self.seed)

    def to_minhash(self, signature: NDArray[np.uint32]) -> MinHash:
        """Return a ``datasketch.MinHash`` with this signature that can be updated, merged and put into an LSH index."""
        from datasketch import MinHash

        a, b = self.permutations()
        return MinHash(
            num_perm=self.perms,
            seed=self.seed,
            hashfunc=gram_hash,
            hashvalues=np.array(signature, np.uint32),
            permutations=(a, b),
            scheme="affine32",
        )

    def to_lean(self, signature: NDArray[np.uint32]) -> LeanMinHash:
        """Return a ``datasketch.LeanMinHash`` with this signature."""
        from datasketch import LeanMinHash

        return LeanMinHash(seed=self.seed, hashvalues=np.array(signature, np.uint32), scheme="affine32")

    def from_minhash(self, sketch: Any) -> NDArray[np.uint32]:
        """Return the signature of a ``MinHash`` or ``LeanMinHash``; :class:`ConfigError` where the scheme differs."""
        made = (getattr(sketch, "scheme", "legacy"), len(sketch.hashvalues), sketch.seed)
        if made != ("affine32", self.perms, self.seed):
            raise ConfigError(
                f"signature of scheme {made[0]}, {made[1]} permutations, seed {made[2]}; need {self.name}"
            )
        return np.array(sketch.hashvalues, np.uint32)


_STATE = 624  # words of the generator's state


@cache
def _permutations(perms: int, seed: int) -> tuple[NDArray[np.uint32], NDArray[np.uint32]]:
    """Draw as datasketch 2 does for affine32: odd multipliers, any offsets, from ``RandomState(seed)``.

    Drawn here because importing datasketch loads SciPy, a second of start-up, and by Python's generator, which is
    NumPy's, because loading that is a fiftieth of one; a test holds them equal.
    """
    if not 0 <= seed < 1 << 32:
        raise ConfigError(f"a seed of {seed} does not fit", remedy="give one of 32 bits")
    state = [seed]
    for number in range(1, _STATE):  # as NumPy makes a state of a seed (Matsumoto and Nishimura's init_genrand)
        state.append((1_812_433_253 * (state[-1] ^ (state[-1] >> 30)) + number) & 0xFFFFFFFF)
    drawn = Random()  # noqa: S311  reproducible, nothing secret
    drawn.setstate((3, (*state, _STATE), None))
    a, b = (np.array([drawn.getrandbits(32) for _ in range(perms)], np.uint32) for _ in range(2))
    return (a & np.uint32(0x7FFFFFFF)) * np.uint32(2) + np.uint32(1), b


SCHEME = Scheme()
