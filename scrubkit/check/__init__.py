"""Checking a corpus in version control: findings at ``path:line:col``, baseline, cache, fixes. Loaded at first use."""
