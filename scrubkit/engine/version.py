"""The version of what a run writes, apart from the version of the program."""

from __future__ import annotations

__all__ = ["OUTPUT_VERSION"]

OUTPUT_VERSION = 4
"""Raised with every change that alters a cleaned corpus: a text, a verdict, a removal, a duplicate.

Two programs of the same output version make the same corpus of the same input and settings. It stands in each run's
manifest; a test holds the results on the sample corpus and on hostile pages against those recorded for the version.
"""
