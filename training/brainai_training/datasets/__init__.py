"""Data adapters: a folder in some layout -> cases."""
