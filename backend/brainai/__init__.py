"""Tumour detection on FLAIR MRI. Research use only, not a medical device."""

__version__ = "1.0.0"
