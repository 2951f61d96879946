"""Documents of a corpus that repeat others: the whole-corpus check."""
