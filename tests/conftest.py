"""Hypothesis draws the same examples in every run, so that a change is judged by itself; SCRUBKIT_FUZZ=1 draws new ones."""

from __future__ import annotations

import os
import signal

from hypothesis import settings

settings.register_profile("steady", derandomize=True, deadline=None)
settings.register_profile("fuzz", deadline=None)
settings.load_profile("fuzz" if os.environ.get("SCRUBKIT_FUZZ") else "steady")

# A runner in the background hands on that interrupts are ignored; the programs that are tested must see theirs.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
