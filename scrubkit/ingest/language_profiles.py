"""langdetect's profile files, read into columns: the n-grams of each language with their shares.

A file is one JSON object, nearly all of it n-grams with their counts. These are read as an array of characters, all of
a file at once: a string for each of 180,000 n-grams takes three times as long.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Columns", "Grams", "grams_of", "grams_reference", "read_profiles"]

_QUOTE, _COLON, _COMMA, _ZERO = map(ord, '":,0')


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
        (codes, sizes, counts), rest = grams_of(file.read_bytes().decode())
        totals = np.array([1, *rest["n_words"]], np.float64)
        fit = (sizes >= 1) & (sizes <= 3)
        codes, sizes, counts = codes[fit], sizes[fit], counts[fit]
        columns.append((np.full(len(sizes), len(names), np.uint8), codes, sizes, counts / totals[sizes]))
        names.append(rest["name"])
    langs, codes, sizes, shares = (np.concatenate(some) for some in zip(*columns, strict=True))
    return Columns(tuple(names), langs, codes, sizes, shares)


def grams_of(profile: str) -> tuple[Grams, dict[str, Any]]:
    """Return a profile's n-grams, and what else it says.

    >>> grams, rest = grams_of('{"freq":{"a":7,"de":12},"n_words":[7,12,0],"name":"xx"}')
    >>> grams.sizes.tolist(), grams.counts.tolist(), rest["name"]
    ([1, 2], [7.0, 12.0], 'xx')
    """
    start = profile.find('{"freq":{') + len('{"freq":{')
    end = profile.find("}", start)
    found = _scanned(profile[start:end]) if start >= len('{"freq":{') and end >= 0 else None
    if found is None:
        return grams_reference(profile)
    return found, msgspec.json.decode(profile[:start] + profile[end:])


def _scanned(body: str) -> Grams | None:
    """Return the n-grams of ``"a":7,"de":12`` by the places of the quotes, ``None`` where that is not all there is."""
    chars = np.frombuffer(("\0\0" + body + ",").encode("utf-32-le", "surrogatepass"), np.uint32)
    quotes = np.flatnonzero(chars == _QUOTE)
    if "\\" in body or len(quotes) % 2 or not len(quotes):
        return None
    first, last = quotes[::2] + 1, quotes[1::2]
    numbers, ends = last + 2, np.append(first[1:] - 2, len(chars) - 1)
    plain = bool((numbers < ends).all() and (chars[last + 1] == _COLON).all() and (chars[ends] == _COMMA).all())
    if not plain or first[0] != 3:
        return None
    width = int((ends - numbers).max())
    at = np.arange(-width, 0) + ends[:, None]
    digits = np.where(at >= numbers[:, None], chars[at] - np.uint32(_ZERO), 0)
    if (digits > 9).any():
        return None
    counts = (digits * 10.0 ** np.arange(width - 1, -1, -1)).sum(axis=1)
    sizes = last - first
    codes = np.stack([chars[last - 3], chars[last - 2], chars[last - 1]], axis=1)
    return Grams(_shortened(codes, sizes), sizes, counts)


def _shortened(codes: NDArray[np.uint32], sizes: NDArray[np.int64]) -> NDArray[np.uint32]:
    for place, least in ((0, 3), (1, 2), (2, 1)):
        codes[sizes < least, place] = 0
    return codes


def grams_reference(profile: str) -> tuple[Grams, dict[str, Any]]:
    """Return what :func:`grams_of` returns, by a reader of JSON."""
    told = msgspec.json.decode(profile)
    grams = told.pop("freq")
    rows = [[ord(char) for char in gram[-3:].rjust(3, "\0")] for gram in grams]
    codes = np.array(rows, np.uint32).reshape(-1, 3)
    sizes = np.fromiter(map(len, grams), np.int64, len(grams))
    return Grams(codes, sizes, np.fromiter(grams.values(), np.float64, len(grams))), told
