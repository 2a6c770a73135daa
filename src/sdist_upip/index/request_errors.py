"""What went wrong with a request, in words: what, where, and what to do about it."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from http import HTTPStatus

import httpx2

from ..errors import DownloadError
from .pip_settings import PipSettings
from .urls import redact

_RETRIED = frozenset({429, 500, 502, 503, 504, 520, 524, 527})
"""Statuses that pass: those that pip tries again after, 504 of a proxy, and 429."""

_IN_PIP = "in pip's configuration"
_CREDENTIALS = (
    f"put them into the address of the index {_IN_PIP} (https://USER:PASSWORD@HOST/PATH), into "
    "~/.netrc, or into a keyring"
)
_NETWORK = f"check the address, the network and the proxy (`proxy` {_IN_PIP}, or HTTPS_PROXY)"


class RequestError(Exception):
    """A request that failed: where, what, what to do, and whether trying again may help.

    `wait` is what the server asks for before that, in seconds.
    """

    def __init__(
        self, url: str, what: str, remedy: str, *, retryable: bool = False, wait: float = 0
    ) -> None:
        super().__init__(f"{redact(url)}: {what}")
        self.remedy = remedy
        self.retryable = retryable
        self.wait = wait

    def as_download_error(self) -> DownloadError:
        """Return the error to show."""
        return DownloadError(f"{self}; {self.remedy}")


def request_error(error: Exception, url: str, settings: PipSettings) -> RequestError:
    """Return what an exception of httpx2 means that a request for `url` raised."""
    tls = next((cause for cause in _causes(error) if isinstance(cause, ssl.SSLError)), None)
    if tls:
        return _explain_tls(tls, url)
    if isinstance(error, httpx2.TimeoutException):
        return RequestError(
            url,
            f"no answer within {settings.timeout:g} seconds",
            f"try again later, or set a longer `timeout` {_IN_PIP}",
            retryable=True,
        )
    reason = _reason(error)
    if isinstance(error, httpx2.ProxyError):
        return RequestError(
            url,
            f"the proxy refuses ({reason})",
            f"check its address and credentials (`proxy` {_IN_PIP}, or HTTPS_PROXY)",
            retryable=reason.startswith("5"),
        )
    if isinstance(error, httpx2.ConnectError):
        proxy = f" through the proxy {redact(settings.proxy)}" if settings.proxy else ""
        return RequestError(url, f"cannot connect{proxy} ({reason})", _NETWORK, retryable=True)
    if isinstance(error, httpx2.RemoteProtocolError | httpx2.NetworkError):
        return RequestError(url, f"the connection broke off ({reason})", _NETWORK, retryable=True)
    return RequestError(url, f"no proper answer ({reason})", "tell those who run this server")


def status_error(response: httpx2.Response) -> RequestError:
    """Return what a status that is no success means."""
    url, status = str(response.url), response.status_code
    what = f"the server answers {status} {_phrase(status)}".rstrip()
    if status == 401:
        sent = "authorization" in response.request.headers
        what += ": it does not know these credentials" if sent else ": it wants credentials"
        return RequestError(url, what, _CREDENTIALS)
    if status == 403:
        return RequestError(url, what, f"if it wants other credentials, {_CREDENTIALS}")
    if status == 407:
        return RequestError(
            url,
            what,
            f"put credentials into the proxy's address (`proxy` {_IN_PIP}, or HTTPS_PROXY)",
        )
    if status in _RETRIED:
        wait = response.headers.get("retry-after", "")
        seconds = float(wait) if wait.isascii() and wait.isdigit() else 0
        return RequestError(url, what, "try again later", retryable=True, wait=seconds)
    return RequestError(url, what, "check the address, and tell those who run this server")


def _explain_tls(error: ssl.SSLError, url: str) -> RequestError:
    reason = getattr(error, "verify_message", "") or error.reason or str(error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return RequestError(
            url,
            f"its certificate is not trusted ({reason})",
            f"name the PEM file of its root as `cert` {_IN_PIP}, or the host as `trusted-host`, "
            "which trusts whoever answers",
        )
    if "CERTIFICATE_REQUIRED" in reason or "HANDSHAKE_FAILURE" in reason:
        return RequestError(
            url,
            f"it does not accept us over TLS ({reason})",
            "if it wants a client certificate, name the PEM file of certificate and key as "
            f"`client-cert` {_IN_PIP}",
        )
    broken = isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError)
    return RequestError(url, f"TLS fails ({reason})", _NETWORK, retryable=broken)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__ or error.__context__


def _reason(error: Exception) -> str:
    """Return the system's words for `error`, else its own."""
    for cause in _causes(error):
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
    return str(error) or type(error).__name__


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
