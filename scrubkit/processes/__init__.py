"""Processes that work on foreign documents, a piece at a time, and may be ended by a document without harm to the run."""
