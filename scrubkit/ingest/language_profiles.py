"""langdetect's profile files, read into columns: the n-grams of each language with their shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Columns", "Grams", "grams_of", "read_profiles"]


class Grams(NamedTuple):
    """The n-grams of one language as they stand in its file.

    ``codes``: uint32 (n-grams, 3), the last three code points, zeros in front of shorter ones; ``sizes``: int64, their
    lengths; ``counts``: float64, how often each was met.
    """

    codes: NDArray[np.uint32]
    sizes: NDArray[np.int64]
    counts: NDArray[np.float64]


class Columns(NamedTuple):
    """The n-grams of one to three characters of all languages.

    ``names``: langdetect's codes; ``langs``: uint8, the language of each n-gram; ``codes``, ``sizes`` as of
    :class:`Grams`; ``shares``: float64, its share among the language's n-grams of its length.
    """

    names: tuple[str, ...]
    langs: NDArray[np.uint8]
    codes: NDArray[np.uint32]
    sizes: NDArray[np.int64]
    shares: NDArray[np.float64]


def read_profiles() -> Columns:
    """Return what the profiles of the installed langdetect hold, language by language in the order of their files."""
    from importlib.resources import files

    names: list[str] = []
    columns: list[tuple[Any, ...]] = []
    for file in sorted(files("langdetect").joinpath("profiles").iterdir(), key=lambda file: file.name):
        if file.name.startswith((".", "_")):
            continue
        (codes, sizes, counts), rest = grams_of(file.read_bytes())
        totals = np.array([1, *rest["n_words"]], np.float64)
        fit = (sizes >= 1) & (sizes <= 3)
        codes, sizes, counts = codes[fit], sizes[fit], counts[fit]
        columns.append((np.full(len(sizes), len(names), np.uint8), codes, sizes, counts / totals[sizes]))
        names.append(rest["name"])
    langs, codes, sizes, shares = (np.concatenate(some) for some in zip(*columns, strict=True))
    return Columns(tuple(names), langs, codes, sizes, shares)


def grams_of(profile: bytes) -> tuple[Grams, dict[str, Any]]:
    """Return a profile's n-grams, and what else it says.

    >>> grams, rest = grams_of(b'{"freq":{"a":7,"de":12},"n_words":[7,12,0],"name":"xx"}')
    >>> grams.sizes.tolist(), grams.counts.tolist(), rest["name"]
    ([1, 2], [7.0, 12.0], 'xx')
    """
    rest = msgspec.json.decode(profile)
    grams = rest.pop("freq")
    # No n-gram holds a line feed, and three zeros stand in front of the first.
    joined = np.frombuffer(
        ("\0\0\0" + "".join(f"{gram}\n" for gram in grams)).encode("utf-32-le", "surrogatepass"), np.uint32
    )
    ends = np.flatnonzero(joined == ord("\n"))
    sizes = np.diff(ends, prepend=2) - 1
    codes = np.stack([joined[ends - 3], joined[ends - 2], joined[ends - 1]], axis=1)
    for place, least in ((0, 3), (1, 2), (2, 1)):
        codes[sizes < least, place] = 0
    return Grams(codes, sizes, np.fromiter(grams.values(), np.float64, len(grams))), rest
