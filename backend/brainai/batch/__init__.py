"""Whole archives: every study under a folder, one row of a table each."""
