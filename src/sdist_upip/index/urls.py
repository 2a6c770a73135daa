"""URLs and local paths of indexes and files, and how to show them without secrets."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ..errors import ConfigError
from ..filenames import find_filename_defect
from ..files.user_directories import expand_home
from ..messages.credentials import hide_credentials

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+:")
"""At least two characters, since a single letter is a drive on Windows."""
_NOT_IN_URLS = re.compile(r"[\x00-\x20\x7f-\x9f]")
"""A newline would add headers to the request."""
_PORTS = {"http": 80, "https": 443}


def is_local(location: str) -> bool:
    """Return whether `location` is a path or a file: URL."""
    return not _SCHEME.match(location) or location.lower().startswith("file:")


def local_path(location: str) -> Path:
    """Return the path for a path or a file: URL.

    Raises ConfigError for a file: URL of another host, for a path with a NUL character, and for an
    unknown home directory.
    """
    if not _SCHEME.match(location):
        refuse_nul(location)
        return expand_home(location)
    try:
        path = _file_path(f"file:{location[5:]}")
    except ValueError:
        path = None
    if path is None:
        raise ConfigError(
            f"{location}: file: URLs of other hosts are not supported. Write file:///PATH."
        )
    refuse_nul(str(path))
    return path


def _file_path(url: str) -> Path | None:
    """Return the path of a file: URL, None if it is of another host. May raise ValueError."""
    if not is_of_this_computer(url):
        return None
    from urllib.request import url2pathname

    return Path(url2pathname(urlsplit(url).path))


def is_of_this_computer(url: str) -> bool:
    """Return whether the file: URL `url` names no other host, as file://HOST or file:////HOST."""
    parts = urlsplit(url)
    return parts.netloc in ("", "localhost") and not parts.path.startswith(("//", "/\\", "\\"))


def refuse_nul(path: str) -> None:
    """Raise ConfigError for a path with a NUL character, which no system has."""
    if "\0" in path:
        raise ConfigError(f"{path!r} has a NUL character. Remove it.")


@lru_cache(maxsize=256)
def check_url(url: str) -> None:
    """Raise ConfigError if `url` is not a valid http or https URL."""
    try:
        parts = urlsplit(url)
        usable = parts.scheme in _PORTS and bool(parts.hostname) and parts.port != 0
        _read_host(url).encode("idna")  # as sockets do
    except ValueError:
        usable = False
    if not usable:
        raise ConfigError(
            f"{redact(url)}: invalid or unsupported URL. Write https://HOST/PATH or a path. Write "
            "special characters of a password as %XX."
        )


def _read_host(url: str) -> str:
    """Return the host of a URL as httpx2 reads it, if that is installed. Raises ValueError."""
    try:
        from httpx2 import URL, InvalidURL
    except ImportError:  # `device` writes settings without the extra `install`
        return urlsplit(url).hostname or ""
    try:
        return URL(url).raw_host.decode("ascii")
    except InvalidURL as error:
        raise ValueError(str(error)) from error


def redact(location: str) -> str:
    """Return `location` without credentials, query and fragment, for messages.

    The query is removed because it may contain a token or a signature.
    """
    if is_local(location):
        return hide_credentials(location.partition("#")[0])
    try:
        parts = urlsplit(location)
        host = parts.netloc.rpartition("@")[2]
        _ = parts.port
    except ValueError:  # the end of the password is unknown
        return f"{location.partition(':')[0]}://…"
    if not host:  # user:password@host without https:// looks like this
        return f"{parts.scheme}:…"
    return hide_credentials(parts._replace(netloc=host, query="", fragment="").geturl())


def without_credentials(url: str) -> str:
    """Return `url` without user name, password and fragment."""
    url = url.partition("#")[0]
    if "@" not in url:
        return url
    parts = urlsplit(url)
    _, mark, host = parts.netloc.rpartition("@")
    return parts._replace(netloc=host).geturl() if mark else url


def join_url(base: str, reference: str) -> str:
    """Return the absolute URL of a link on the page `base` (RFC 3986, 5.2).

    Raises ValueError for a link that is not a URL: with a blank or a control character before the
    fragment, with a colon in the first segment, or without a host. `urljoin` keeps to older rules,
    which drop empty segments. The copy for boards is in device/upip_html.py.
    """
    link, mark, fragment = reference.partition("#")
    if _NOT_IN_URLS.search(link):
        raise ValueError("a blank or a control character")
    path, question, query = link.partition("?")
    parts = urlsplit(base)
    origin, directory = f"{parts.scheme}://{parts.netloc}", parts.path.split("/")[1:-1]
    if path.startswith("//"):
        path = f"{parts.scheme}:{path}"
    if "://" in path:
        scheme, _, rest = path.partition("://")
        host, _, path = rest.partition("/")
        if not host and scheme.lower() != "file":
            raise ValueError("no host")
        origin, directory = f"{scheme.lower()}://{host}", []
    elif path.lower().startswith("file:/"):
        origin, directory, path = "file://", [], path[6:]
    elif ":" in path.partition("/")[0]:
        raise ValueError("a colon in the first segment")
    elif path.startswith("/"):
        directory, path = [], path[1:]
    segments = path.split("/")
    for segment in segments:
        if segment == "..":
            del directory[-1:]
        elif segment != ".":
            directory.append(segment)
    if segments[-1] in (".", ".."):
        directory.append("")
    return f"{origin}/{'/'.join(directory)}{question}{query}{mark}{fragment}"


def file_name(url: str) -> str:
    """Return the last part of a URL's path, decoded, or "" if that is not a safe file name."""
    name = unquote(urlsplit(url).path.rpartition("/")[2])
    return "" if find_filename_defect(name) else name


class TrustedHosts:
    """The hosts that the user trusts, each as HOST or HOST:PORT."""

    def __init__(self, trusted_hosts: Iterable[str] = ()) -> None:
        try:
            self._trusted = set(map(_split_host, trusted_hosts))
        except ValueError as error:
            shown = " ".join(host.rpartition("@")[2] for host in trusted_hosts)
            raise ConfigError(
                f"trusted-host {shown}: {error}. Write HOST or HOST:PORT in pip's configuration."
            ) from error

    def is_trusted(self, url: str) -> bool:
        """Return whether the user trusts the host of `url` without a valid certificate."""
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme)
        return not self._trusted.isdisjoint({(parts.hostname, None), (parts.hostname, port)})

    def is_secure_origin(self, url: str) -> bool:
        """Return whether the response of `url` cannot be altered on the way, by pip's rules.

        Secure origins are those over TLS, on this computer, or on a host that the user trusts.
        """
        parts = urlsplit(url)
        host = parts.hostname or ""
        if parts.scheme == "https" or host == "localhost" or self.is_trusted(url):
            return True
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False


def _split_host(text: str) -> tuple[str, int | None]:
    """Return the host and the port of HOST or HOST:PORT, an IPv6 address with or without brackets.

    Raises ValueError.
    """
    is_address = text.count(":") > 1 and not {"[", "@"} & set(text)
    parts = urlsplit(f"//[{text}]" if is_address else f"//{text}")
    return parts.hostname or "", parts.port
