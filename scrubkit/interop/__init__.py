"""scrubkit as a part of other people's pipelines: Hugging Face datasets, datatrove, dolma, Scrapy, Ray Data.

Nothing here imports those libraries before it is called.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scrubkit.engine.batches import CleanBatch, CleanItem
    from scrubkit.interop.datatrove import Clean, Read, Write
    from scrubkit.interop.dolma import export_attributes
    from scrubkit.interop.hugging_face import clean_dataset, records_of

__all__ = [
    "Clean",
    "CleanBatch",
    "CleanItem",
    "Read",
    "Write",
    "clean_dataset",
    "export_attributes",
    "records_of",
]

_HOME = {
    "Clean": "scrubkit.interop.datatrove",
    "CleanBatch": "scrubkit.engine.batches",
    "CleanItem": "scrubkit.engine.batches",
    "Read": "scrubkit.interop.datatrove",
    "Write": "scrubkit.interop.datatrove",
    "clean_dataset": "scrubkit.interop.hugging_face",
    "export_attributes": "scrubkit.interop.dolma",
    "records_of": "scrubkit.interop.hugging_face",
}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'scrubkit.interop' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOME[name]), name)
