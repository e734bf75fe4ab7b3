"""Queued work: the store of records (SQL), the queue (Huey), the files (fsspec), the worker."""
