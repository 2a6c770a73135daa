"""Requests to indexes, with pip's settings for certificates, proxies, credentials and retries."""

from __future__ import annotations

import logging
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit
from urllib.request import getproxies
from weakref import WeakSet

import httpx2

from ..background.jobs import ForegroundError, is_background, log
from ..background.turns import StoppedError, Turns
from ..errors import ConfigError, DownloadError
from ..files.regular import open_regular
from ..messages.logs import get_logger
from .auth import IndexAuth
from .pip_settings import PipSettings
from .request_errors import RequestError, request_error, status_error
from .response_meter import ResponseMeter
from .urls import TrustedHosts, check_url, redact, without_credentials

NOT_MODIFIED = 304
"""The status of a response without a body: what the client has is still right."""
_OK = 200
_UNAUTHORIZED = 401
_ABSENT = (404, 410)
_REDIRECTS = 20
_BACKOFF = 0.25
"""Seconds; doubled with each attempt after the second, as pip does."""
_LONGEST_WAIT = 30.0
"""Longest wait that a server can ask for with Retry-After, in seconds."""

_Result = TypeVar("_Result")
_logger = get_logger(__name__)


class IndexSession:
    """Connections to indexes and file hosts, until `close`, for several threads.

    Redirects are followed here and not by httpx2, so that each host gets only its own credentials,
    and none over a connection that others can read. Once `stopped` is set, threads in the
    background send no further request. Raises ConfigError for invalid settings.
    """

    def __init__(
        self,
        settings: PipSettings,
        *,
        offline: bool = False,
        stopped: threading.Event | None = None,
    ) -> None:
        self._settings = replace(settings, proxy=_spell_proxy(settings.proxy))
        self._offline = offline
        self._stopped = stopped or threading.Event()
        self._origins = TrustedHosts(settings.trusted_hosts)
        self._opening = threading.Lock()
        self._clients: dict[tuple[bool, bool], httpx2.Client] = {}
        self._sockets: WeakSet[socket.socket] = WeakSet()
        self._adding = threading.Lock()
        self._meter = ResponseMeter(settings.timeout, self._add_connection)
        self._turns = Turns(self._stopped)
        self.auth = IndexAuth(settings, self._turns)

    def close(self) -> None:
        """Close all connections."""
        while self._clients:
            self._clients.popitem()[1].close()

    def interrupt(self) -> None:
        """End the connections that other threads read from."""
        with self._adding:
            connections = list(self._sockets)
        for connection in connections:
            with suppress(OSError):
                # An SSLSocket would forget its session, which another thread uses.
                socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def may_reuse(self, url: str) -> bool:
        """Return whether `fetch` would send a request for `url`, so that an old response counts."""
        return not self._offline and self._origins.is_secure_origin(url)

    def is_trusted(self, url: str) -> bool:
        """Return whether the user trusts the host of `url` without a valid certificate."""
        return self._origins.is_trusted(url)

    def fetch(
        self,
        url: str,
        read: Callable[[httpx2.Response], _Result],
        *,
        headers: Mapping[str, str],
        conditions: tuple[str, Mapping[str, str]] = ("", {}),
        hash_checked: bool = False,
    ) -> _Result | None:
        """Return the result of `read` for the response, a stream; None for status 404 and 410.

        `read` is called again with a new response if its connection is lost. `conditions` are a URL
        and the headers that are sent to it alone; then `read` gets a response with status 304, too.
        With `hash_checked` plain HTTP is allowed, since the caller verifies the content with a
        trusted hash. Raises DownloadError, and ConfigError for an invalid URL.
        """
        check_url(url)
        if self._offline:
            raise DownloadError(
                f"{redact(url)}: not in the cache, and network access is disabled. Omit "
                "--no-index, or pass a directory that has the file with --find-links."
            )
        host = urlsplit(url).netloc
        attempt = 0
        while True:
            self._turns.wait(host)
            try:
                return self._follow(url, read, headers, conditions, hash_checked)
            except RequestError as failure:
                wait = _BACKOFF * 2**attempt if attempt else 0.0
                wait = max(wait, min(failure.wait, _LONGEST_WAIT))
                if failure.busy:
                    self._turns.limit(host, wait)
                if not failure.retryable or attempt >= self._settings.retries:
                    raise failure.as_download_error() from failure
                attempt += 1
                log(
                    _logger,
                    logging.WARNING,
                    "%s. Retrying (%d of %d).",
                    failure,
                    attempt,
                    self._settings.retries,
                )
                if not failure.busy:
                    self._turns.sleep(wait)

    def _add_connection(self, stream: Any) -> None:
        with self._adding:
            self._sockets.add(stream.get_extra_info("socket"))
        if self._is_stopped():  # `interrupt` does not know this connection, and no one closes it
            stream.close()
            raise StoppedError

    def _is_stopped(self) -> bool:
        return self._stopped.is_set() and is_background()

    def _follow(
        self,
        url: str,
        read: Callable[[httpx2.Response], _Result],
        headers: Mapping[str, str],
        conditions: tuple[str, Mapping[str, str]],
        hash_checked: bool,
    ) -> _Result | None:
        for _ in range(_REDIRECTS):
            safe = self._origins.is_secure_origin(url)
            if not (safe or hash_checked):
                raise DownloadError(
                    f"{redact(url)}: plain http is insecure, since the response can be altered on "
                    "the way. Use https, or add the host to `trusted-host` in pip's configuration."
                )
            sent = {**headers, **conditions[1]} if url == conditions[0] else headers
            try:
                with self._open(url, sent, safe) as response:
                    if not response.has_redirect_location:
                        return _consume(response, read, sent is not headers)
                    target = str(response.url.join(response.headers["location"]))
            except (httpx2.HTTPError, httpx2.InvalidURL, UnicodeError) as error:
                raise request_error(error, url, self._settings) from error
            _check_redirect(url, target)
            url = target
        raise RequestError(
            url, f"more than {_REDIRECTS} redirects", "Check the URL. It may redirect in a loop."
        )

    @contextmanager
    def _open(self, url: str, headers: Mapping[str, str], safe: bool) -> Iterator[httpx2.Response]:
        client = self._client(self._origins.is_trusted(url), url.lower().startswith("https:"))
        self._meter.start(url)

        def send() -> httpx2.Response:
            if self._is_stopped():
                raise StoppedError
            request = client.build_request(
                "GET",
                url if safe else without_credentials(url),
                headers=headers,
                extensions={"trace": self._meter.trace},
            )
            return client.send(
                request, stream=True, auth=self.auth if safe else None, follow_redirects=False
            )

        try:
            response = send()
        except (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError):
            # A server may close a kept connection just when it is used again.
            response = send()
        with closing(response):
            yield response

    def _client(self, trusted: bool, tls: bool) -> httpx2.Client:
        key = trusted, tls
        with self._opening:
            if key not in self._clients:
                self._clients[key] = self._make_client(*key)
        return self._clients[key]

    def _make_client(self, trusted: bool, tls: bool) -> httpx2.Client:
        if tls or self._settings.proxy or getproxies():
            context = _make_context(self._settings, trusted)
        else:
            # Root certificates take long to load. Without them, no server would be accepted.
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            return httpx2.Client(
                verify=context,
                proxy=self._settings.proxy,
                timeout=self._settings.timeout,
                headers={"User-Agent": f"sdist-upip/{version('sdist-upip')}"},
            )
        except (ValueError, ImportError, httpx2.InvalidURL) as error:
            proxy = self._settings.proxy
            where = f"Proxy {redact(proxy)}" if proxy else "The proxy in HTTPS_PROXY"
            raise ConfigError(
                f"{where} is invalid or unsupported. Write http://HOST:PORT, or install "
                "httpx2[socks] for socks5://."
            ) from error


def _consume(
    response: httpx2.Response, read: Callable[[httpx2.Response], _Result], is_conditional: bool
) -> _Result | None:
    if response.status_code in _ABSENT:
        return None
    if response.status_code == _UNAUTHORIZED and is_background():
        raise ForegroundError
    if response.status_code != _OK and not (
        is_conditional and response.status_code == NOT_MODIFIED
    ):
        raise status_error(response)
    return read(response)


def _check_redirect(url: str, target: str) -> None:
    """Raise DownloadError for a redirect from https to http, or to another kind of URL."""
    try:
        check_url(target)
    except ConfigError as error:
        raise DownloadError(
            f"{redact(url)}: redirects to {redact(target)}, which is not an http or https URL. "
            "Check the URL."
        ) from error
    if url.lower().startswith("https:") and not target.startswith("https:"):
        raise DownloadError(
            f"{redact(url)}: redirects from https to {redact(target)}, which is insecure. Use "
            "another URL of this index."
        )


def _spell_proxy(proxy: str | None) -> str | None:
    return f"http://{proxy}" if proxy and "://" not in proxy else proxy


def _make_context(settings: PipSettings, trusted: bool) -> ssl.SSLContext:
    """Return the TLS context for hosts that the user trusts, or for all other hosts."""
    name, path = "cert", settings.cert
    try:
        if trusted:
            context = httpx2.create_ssl_context(verify=False)
        elif not path:
            context = httpx2.create_ssl_context()
        elif Path(path).is_dir():
            context = ssl.create_default_context(capath=path)
        else:
            open_regular(Path(path)).close()
            context = ssl.create_default_context(cafile=path)
        name, path = "client-cert", settings.client_cert
        if path:
            open_regular(Path(path)).close()
            context.load_cert_chain(path)
    except (OSError, ValueError) as error:  # a NUL character is a ValueError
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(
            f"{name} {path}: {reason}. Set {name} to a PEM file in pip's configuration."
        ) from error
    return context
