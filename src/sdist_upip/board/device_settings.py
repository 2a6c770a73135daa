"""The settings of upip on a board: which indexes it asks, as a module beside it.

The indexes are those of pip on this computer, since an index is a choice of the user's and no
address is written into our code.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from urllib.parse import urlsplit

from ..errors import ConfigError
from ..index.pip_settings import ask_pip

SETTINGS = "upip_settings.py"
"""The file that device/upip.py imports."""


def find_index_urls(python: str = sys.executable) -> tuple[str, ...]:
    """Return the index URLs of the pip that `python` has, extra ones last.

    Raises ConfigError if there is no pip, or if it does not tell.
    """
    return ask_pip(python).index_urls


def check_index_url(url: str) -> str:
    """Return `url` if a board can use it, else raise ConfigError."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ConfigError(
            f"index {url!r}: a board needs an address that begins with https:// or http://; "
            "give one with --index-url"
        )
    if parts.username or parts.password:
        raise ConfigError(
            f"index on {parts.hostname}: a board would carry its user name and password in plain "
            "text; give an address without them with --index-url"
        )
    return url


def settings_module(index_urls: Iterable[str]) -> bytes:
    """Return the source of upip_settings.py."""
    urls = ", ".join(json.dumps(url) for url in index_urls)
    return f"index_urls = [{urls}]\n".encode()
