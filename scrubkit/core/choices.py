"""What users choose among by name, in one place: annotations and checks read the same list (``get_args``)."""

from __future__ import annotations

from typing import Literal

__all__ = ["Backend", "Form", "Keep", "Scorer"]

Keep = Literal["precision", "balanced", "recall"]
"""The block model's dial."""

Scorer = Literal["trained", "simple"]
"""What judges blocks: the trained model, or the scorer that needs none."""

Backend = Literal["auto", "langdetect", "langdetect-fast"]
"""What tells languages; plug-ins add others."""

Form = Literal["NFC", None]
"""The Unicode normal form of texts; ``None`` leaves them as they came."""
