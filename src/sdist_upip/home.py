"""Paths as people write them, with `~` for a home folder."""

from __future__ import annotations

from pathlib import Path

from .errors import ConfigError


def expand_home(text: str) -> Path:
    """Return the path that `text` means; raise ConfigError for the home of nobody known.

    Shells leave `~` alone in quotes, after a `=`, and in files.
    """
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise ConfigError(f"{text}: this home folder is not known; write it out") from error
