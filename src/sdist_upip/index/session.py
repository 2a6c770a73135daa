"""Requests to indexes, with pip's settings for certificates, proxies, credentials and retries."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

import httpx2
from unearth.fetchers import PyPIClient

from ..errors import ConfigError, DownloadError
from ..files.regular import open_regular
from ..messages.logs import get_logger
from .auth import IndexAuth
from .pip_settings import PipSettings
from .request_errors import RequestError, request_error, status_error
from .response_meter import ResponseMeter
from .urls import TrustedHosts, check_url, redact, without_credentials

_ABSENT = (404, 410)
_REDIRECTS = 20
_BACKOFF = 0.25
"""Seconds; doubled with each attempt after the second, as pip does."""
_LONGEST_WAIT = 30.0
"""Longest wait that a server can ask for with Retry-After, in seconds."""

_Result = TypeVar("_Result")
_logger = get_logger(__name__)


class IndexSession:
    """Connections to indexes and file hosts, until `close`.

    Redirects are followed here and not by httpx2, so that each host gets only its own credentials,
    and none over a connection that others can read. Raises ConfigError for invalid settings.
    """

    def __init__(self, settings: PipSettings, *, offline: bool = False) -> None:
        self._settings = replace(settings, proxy=_spell_proxy(settings.proxy))
        self._offline = offline
        self._origins = TrustedHosts(settings.trusted_hosts)
        self._clients: dict[bool, PyPIClient] = {}
        self._meter = ResponseMeter(settings.timeout)
        self.auth = IndexAuth(settings)

    def close(self) -> None:
        """Close all connections."""
        while self._clients:
            self._clients.popitem()[1].close()

    def fetch(
        self,
        url: str,
        read: Callable[[httpx2.Response], _Result],
        *,
        headers: dict[str, str],
        hash_checked: bool = False,
    ) -> _Result | None:
        """Return the result of `read` for the response, a stream; None for status 404 and 410.

        `read` is called again with a new response if its connection is lost. With `hash_checked`
        plain HTTP is allowed, since the caller verifies the content with a trusted hash. Raises
        DownloadError, and ConfigError for an invalid URL.
        """
        check_url(url)
        if self._offline:
            raise DownloadError(
                f"{redact(url)}: not in the cache, and network access is disabled. Omit "
                "--no-index, or pass a directory that has the file with --find-links."
            )
        attempt = 0
        while True:
            try:
                return self._follow(url, read, headers, hash_checked)
            except RequestError as failure:
                if not failure.retryable or attempt >= self._settings.retries:
                    raise failure.as_download_error() from failure
                wait = _BACKOFF * 2**attempt if attempt else 0.0
                wait = max(wait, min(failure.wait, _LONGEST_WAIT))
                attempt += 1
                _logger.warning(
                    "%s. Retrying (%d of %d).", failure, attempt, self._settings.retries
                )
                time.sleep(wait)

    def _follow(
        self,
        url: str,
        read: Callable[[httpx2.Response], _Result],
        headers: dict[str, str],
        hash_checked: bool,
    ) -> _Result | None:
        for _ in range(_REDIRECTS):
            safe = self._origins.is_secure_origin(url)
            if not (safe or hash_checked):
                raise DownloadError(
                    f"{redact(url)}: plain http is insecure, since the response can be altered on "
                    "the way. Use https, or add the host to `trusted-host` in pip's configuration."
                )
            try:
                with self._open(url, headers, safe) as response:
                    if not response.has_redirect_location:
                        return _consume(response, read)
                    target = str(response.url.join(response.headers["location"]))
            except (httpx2.HTTPError, httpx2.InvalidURL, UnicodeError) as error:
                raise request_error(error, url, self._settings) from error
            _check_redirect(url, target)
            url = target
        raise RequestError(
            url, f"more than {_REDIRECTS} redirects", "Check the URL. It may redirect in a loop."
        )

    @contextmanager
    def _open(self, url: str, headers: dict[str, str], safe: bool) -> Iterator[httpx2.Response]:
        client = self._client(self._origins.is_trusted(url))
        self._meter.start(url)

        def send() -> httpx2.Response:
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

    def _client(self, trusted: bool) -> PyPIClient:
        if trusted not in self._clients:
            try:
                self._clients[trusted] = PyPIClient(
                    verify=_make_context(self._settings, trusted),
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
        return self._clients[trusted]


def _consume(
    response: httpx2.Response, read: Callable[[httpx2.Response], _Result]
) -> _Result | None:
    if response.status_code in _ABSENT:
        return None
    if response.status_code != 200:
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
    except OSError as error:
        reason = error.strerror or str(error)
        raise ConfigError(
            f"{name} {path}: {reason}. Set {name} to a PEM file in pip's configuration."
        ) from error
    return context
