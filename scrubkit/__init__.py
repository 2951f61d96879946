"""scrubkit."""
