"""What the package says of its compiled kernels is what there is."""

from __future__ import annotations

from pathlib import Path

from scrubkit import kernels


def test_every_kernel_is_named() -> None:
    """A kernel that is not named is not missed where no compiler was at hand."""
    sources = Path(kernels.__file__).parent.glob("_*.pyx")
    assert sorted(path.stem[1:] for path in sources) == list(kernels.NAMES)
