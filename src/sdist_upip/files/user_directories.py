"""Directories of the user: the home directory that `~` means, and the cache."""

from __future__ import annotations

from pathlib import Path

from ..errors import ConfigError


def expand_home(text: str | Path) -> Path:
    """Return the path that `text` means; raise ConfigError if the home directory is not known.

    Shells do not expand `~` in quotes, after `=`, and in files.
    """
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise ConfigError(
            f"{text}: this home directory is not known. Write the path out."
        ) from error


def user_cache(name: str) -> Path:
    """Return the directory `name` in the user's cache, which may be missing."""
    from platformdirs import user_cache_path

    return user_cache_path("sdist-upip", appauthor=False) / name
