"""A text that makes the steps load what only some pages need."""

__all__ = ["DOUBTFUL"]

DOUBTFUL = (
    " ".join(
        f"{a}{b}" for a in ("re", "ruob", "nia", "ne", "ret") for b in ("vir", "rah", "tnuom", "drag", "niw", "kram")
    )
    * 3
)
"""Words of no language: all opinions on it are asked for, and loading them takes a second or two.

A worker that tries one document by itself loads them before, so that on a crowded machine the document's time is not
spent on it.
"""
