"""The same input gives the same output, whatever ran before and in whichever process."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import scrubkit as sk

FLAT = (
    "Skip to content\nHome\nNews\nSport\nWeather\n\nBridge reopens after two years\n\nBy Mara Holt\n\n"
    "The old bridge over the river reopened on Monday, two years after the flood that took its middle span.\n\n"
    "Engineers had found cracks in the piers last autumn, and the repair took longer than planned.\n\nShare\nTweet\n"
)
HTML = (
    "<html><title>Bridge</title><body><nav><a href=/>Home</a></nav><p>The old bridge over the river reopened on "
    "Monday, two years after the flood that took its middle span.</p><footer>© 2025</footer></body></html>"
)
TEXTS = (FLAT, HTML, "Ð\xa0ÐµÐºÐ° Ð²Ñ\x8bÑ\x88Ð»Ð° Ð¸Ð· Ð±ÐµÑ\x80ÐµÐ³Ð¾Ð².\n", "")
SCRIPT = """
import sys, scrubkit as sk
order = range(4) if sys.argv[1] == "up" else reversed(range(4))
texts = eval(sys.stdin.read())
out = {}
for i in order:
    page = sk.clean(texts[i], id="x")
    out[i] = repr((page.text, page.verdict, page.ledger.entries, page.meta))
sys.stdout.buffer.write("\\n".join(out[i] for i in range(4)).encode())
"""


def run(order: str, seed: str) -> bytes:
    environment = {**os.environ, "PYTHONHASHSEED": seed, "LC_ALL": "C", "PYTHONUTF8": "1"}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, order], input=repr(TEXTS).encode(), capture_output=True, check=True,
        env=environment, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    return done.stdout


def test_order_process_and_hash_seed_do_not_matter() -> None:
    """Two fresh processes with other hash seeds and the texts in opposite order say the same, as this one does."""
    first = run("up", "1")
    assert run("down", "4242") == first
    pages = [sk.clean(text, id="x") for text in TEXTS]
    here = [repr((p.text, p.verdict, p.ledger.entries, p.meta)) for p in pages]
    assert "\n".join(here).encode() == first


def test_importing_loads_nothing_heavy() -> None:
    """`import scrubkit` must cost a linter's start-up nothing: no arrays, no parser, no repair library."""
    heavy = [
        "numpy",
        "pyarrow",
        "selectolax",
        "ftfy",
        "datasketch",
        "scipy",
        "ray",
        "rich",
        "langdetect",
        "click",
        "msgspec",
    ]
    code = f"import sys, scrubkit; print([m for m in {heavy!r} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_name_that_does_not_exist_is_an_attribute_error() -> None:
    """Lazy names fail like ordinary ones."""
    with pytest.raises(AttributeError, match="no attribute 'cleen'"):
        sk.cleen  # noqa: B018
    assert "clean" in dir(sk)
