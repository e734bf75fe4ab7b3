"""Bytes -> Study, and what may be done to its pixels."""
