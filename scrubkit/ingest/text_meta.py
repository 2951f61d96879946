"""Metadata of flattened text: byline, dateline, date and credit lines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scrubkit.ingest.layout import Layout

__all__ = ["text_metadata"]


def text_metadata(layout: Layout) -> Mapping[str, Any]:  # noqa: ARG001  filled in by the next change
    """Return what a flattened text says of itself."""
    return {}
