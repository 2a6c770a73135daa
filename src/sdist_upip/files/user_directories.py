"""What belongs to this user: the home directory that `~` means, and the directory for caches."""

from __future__ import annotations

from pathlib import Path

from ..errors import ConfigError


def expand_home(text: str | Path) -> Path:
    """Return the path that `text` means; raise ConfigError for the home of nobody known.

    Shells leave `~` alone in quotes, after a `=`, and in files.
    """
    try:
        return Path(text).expanduser()
    except RuntimeError as error:
        raise ConfigError(f"{text}: this home directory is not known; write it out") from error


def user_cache(name: str) -> Path:
    """Return the directory `name` in this user's cache; it may be missing."""
    from platformdirs import user_cache_path

    return user_cache_path("sdist-upip", appauthor=False) / name
