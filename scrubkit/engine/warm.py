"""Imported by the process that workers are copied from: what all of them need is loaded there, once."""

from __future__ import annotations

from scrubkit.config import Config
from scrubkit.engine.work import Cleaner
from scrubkit.processes import workers

__all__ = ["workers"]

_cleaner = Cleaner(Config(plugins=False))  # plug-ins are each run's own choice
_cleaner.warm(html=False)
_cleaner.warm(html=True)
