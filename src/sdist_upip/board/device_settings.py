"""The settings of upip on a board: the URLs of its indexes, as a module next to upip.

The default is the indexes of pip on this computer. The user chooses the index, so sdist-upip has no
URL of an index in its code.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from urllib.parse import urlsplit

from ..errors import ConfigError
from ..index.pip_settings import ask_pip, without_pip
from ..index.urls import check_url
from ..messages.credentials import hide_credentials
from ..messages.logs import get_logger

logger = get_logger(__name__)

SETTINGS = "upip_settings.py"
"""The file that device/upip.py imports."""


def find_index_urls(python: str = sys.executable) -> tuple[str, ...]:
    """Return the index URLs of the pip that `python` has, extra ones last.

    Raises ConfigError if pip is missing, or if its configuration cannot be read.
    """
    return ask_pip(python).index_urls


def find_cert() -> str | None:
    """Return the path of the certificates that pip trusts, None if it trusts its default.

    Without pip, or if its configuration cannot be read, the environment variables count alone.
    """
    try:
        return ask_pip().cert
    except ConfigError as error:
        logger.info("%s", error)
        return without_pip().cert


def check_index_url(url: str, option: str = "--index-url") -> str:
    """Return `url`, which `option` passes, if a board can use it, else raise ConfigError."""
    try:
        check_url(url)
        usable = url.isascii() and url.isprintable() and " " not in url
    except ConfigError:
        usable = False
    if not usable:
        shown = url.rpartition("@")[2]  # without credentials
        raise ConfigError(
            f"Index {shown!r}: a board needs a URL that begins with https:// or http://, in ASCII. "
            f"Pass one with {option}."
        )
    parts = urlsplit(url)
    address = f"//{parts.netloc}{parts.path}"
    if hide_credentials(address) != address:  # also a password with a slash
        raise ConfigError(
            f"Index on {parts.hostname}: a board would store the user name and the password in "
            f"plain text. Pass a URL without them with {option}."
        )
    return url


def settings_module(index_urls: Iterable[str]) -> bytes:
    """Return the source of upip_settings.py."""
    urls = ", ".join(json.dumps(url) for url in index_urls)
    return f"index_urls = [{urls}]\n".encode()
