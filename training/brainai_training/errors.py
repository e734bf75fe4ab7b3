"""Errors of the training tools; their messages may name files, since they stay on one machine."""


class DataError(Exception):
    """The data can't be trained on: a file is missing or broken, a patient is in two splits."""


class ConfigError(Exception):
    """The TOML configuration has an unknown key or a value out of range."""
