"""Addresses of indexes and files: URLs or paths, with what may not be shown taken out."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import unquote, urlsplit

from unearth.utils import parse_netloc, split_auth_from_url, url_to_path

from ..errors import ConfigError
from ..files.user_directories import expand_home

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
"""Two characters at least, since one is a drive of Windows."""
_UNUSUAL = re.compile(r"[^A-Za-z0-9._+!~-]")
_PORTS = {"http": 80, "https": 443}


def is_local(address: str) -> bool:
    """Tell whether `address` is a path or a file: URL."""
    return not _SCHEME.match(address) or address.lower().startswith("file:")


def local_path(address: str) -> Path:
    """Return the path that a path or a file: URL means.

    Raises ConfigError for a file: URL that names another computer, and an unknown home directory.
    """
    if not _SCHEME.match(address):
        return expand_home(address)
    try:
        return url_to_path("file:" + address[5:])
    except ValueError as error:
        raise ConfigError(
            f"{address}: a file: address names no computer here; write file:///PATH"
        ) from error


def check_url(url: str) -> None:
    """Raise ConfigError if `url` is none that can be fetched."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _PORTS and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ConfigError(
            f"{redact(url)}: cannot open this address; write https://HOST/PATH or a path, and "
            "special characters of a password as %XX"
        )


def redact(address: str) -> str:
    """Return `address` without credentials, query and fragment, to be shown.

    The query goes too, since it may hold a token or a signature.
    """
    if is_local(address):
        return address.partition("#")[0]
    try:
        parts = urlsplit(address)
        host = parts.netloc.rpartition("@")[2]
        _ = parts.port
    except ValueError:  # where the password ends is a guess
        return f"{address.partition(':')[0]}://…"
    if not host:  # user:password@host without https:// looks like this
        return f"{parts.scheme}:…"
    return parts._replace(netloc=host, query="", fragment="").geturl()


def without_credentials(url: str) -> str:
    """Return `url` without user name, password and fragment."""
    return split_auth_from_url(url)[1].partition("#")[0]


def file_name(url: str) -> str:
    """Return the last part of a URL's path, fit for a file of that name."""
    name = unquote(urlsplit(url).path.rpartition("/")[2])
    return _UNUSUAL.sub("_", name).lstrip(".") or "file"


class TrustedHosts:
    """Which hosts can be relied on: HOST and HOST:PORT are what the user trusts."""

    def __init__(self, trusted_hosts: Iterable[str] = ()) -> None:
        try:
            self._trusted = {parse_netloc(host) for host in trusted_hosts}
        except ValueError as error:
            raise ConfigError(
                f"trusted-host {' '.join(trusted_hosts)}: {error}; write HOST or HOST:PORT in "
                "pip's configuration"
            ) from error

    def is_trusted(self, url: str) -> bool:
        """Tell whether the user trusts the host of `url`, whatever its certificate."""
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme)
        return not self._trusted.isdisjoint({(parts.hostname, None), (parts.hostname, port)})

    def is_secure_origin(self, url: str) -> bool:
        """Tell whether nobody between can change what `url` answers, as pip sees it.

        That is: over TLS, from this computer, or from a host that the user trusts.
        """
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme == "https" or host == "localhost" or self.is_trusted(url):
            return True
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False
