"""Messages for failed requests: the URL, the failure, and the remedy."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from http import HTTPStatus

import httpx2

from ..errors import DownloadError
from ..messages.credentials import EXAMPLE
from .pip_settings import PipSettings
from .urls import redact

_RETRIED = frozenset({429, 500, 502, 503, 504, 520, 524, 527})
"""Temporary statuses: those after which pip tries again, 504 of a proxy, and 429."""

_BUSY = frozenset({429, 503})

_IN_PIP = "in pip's configuration"
_PROXY = f"(`proxy` {_IN_PIP}, or HTTPS_PROXY)"
_INTO = (
    f"into the URL of the index {_IN_PIP} (https://{EXAMPLE}@HOST/PATH), into ~/.netrc, or "
    "into a keyring."
)
_NETWORK = f"Check the URL, the network and the proxy {_PROXY}."
_OPERATORS = "Ask the operators of the server."


class RequestError(Exception):
    """A failed request; `retryable` if the next attempt may succeed.

    `what` is a clause, `remedy` is one or more sentences. `wait` is the time that the server asks
    for before the next attempt, in seconds. With `busy`, it asks for fewer requests, or may have
    been sent more than it can answer at the same time.
    """

    def __init__(
        self,
        url: str,
        what: str,
        remedy: str,
        *,
        retryable: bool = False,
        wait: float = 0,
        busy: bool = False,
    ) -> None:
        super().__init__(f"{redact(url)}: {what}")
        self.remedy = remedy
        self.retryable = retryable
        self.wait = wait
        self.busy = busy

    def as_download_error(self) -> DownloadError:
        """Return the error to show."""
        return DownloadError(f"{self}. {self.remedy}")


def request_error(error: Exception, url: str, settings: PipSettings) -> RequestError:
    """Return the error for an exception of httpx2 that a request for `url` raised."""
    tls = next((cause for cause in _causes(error) if isinstance(cause, ssl.SSLError)), None)
    if tls:
        return _tls_error(tls, url)
    if isinstance(error, httpx2.TimeoutException):
        return RequestError(
            url,
            f"no response within {settings.timeout:g} seconds",
            f"Try again later, or set a longer `timeout` {_IN_PIP}.",
            retryable=True,
            busy=True,
        )
    reason = _reason(error)
    if isinstance(error, UnicodeError):
        what = "the name of the host or of the proxy is not valid"
        return RequestError(url, f"{what} ({reason.rstrip('.')})", _NETWORK)
    if isinstance(error, httpx2.ProxyError):
        return RequestError(
            url,
            f"the proxy refused the request ({reason})",
            f"Check the URL and the credentials of the proxy {_PROXY}.",
            retryable=reason.startswith("5"),
        )
    if isinstance(error, httpx2.ConnectError):
        proxy = f" through the proxy {redact(settings.proxy)}" if settings.proxy else ""
        what = f"cannot connect{proxy} ({reason})"
        return RequestError(url, what, _NETWORK, retryable=True, busy=True)
    if isinstance(error, httpx2.RemoteProtocolError | httpx2.NetworkError):
        return RequestError(url, f"the connection was lost ({reason})", _NETWORK, retryable=True)
    return RequestError(url, f"invalid response ({reason})", _OPERATORS)


def status_error(response: httpx2.Response) -> RequestError:
    """Return the error for a response whose status is not 200."""
    url, status = str(response.url), response.status_code
    what = f"the server returned {status} {_phrase(status)}".rstrip()
    if status == 401:
        sent = "authorization" in response.request.headers
        what += ": the credentials were rejected" if sent else ": credentials are required"
        return RequestError(url, what, f"Put credentials {_INTO}")
    if status == 403:
        return RequestError(url, what, f"If other credentials are required, put them {_INTO}")
    if status == 407:
        return RequestError(url, what, f"Put credentials into the URL of the proxy {_PROXY}.")
    if status in _RETRIED:
        wait = response.headers.get("retry-after", "")
        seconds = float(wait) if wait.isascii() and wait.isdigit() else 0
        busy = bool(seconds) or status in _BUSY
        return RequestError(url, what, "Try again later.", retryable=True, wait=seconds, busy=busy)
    return RequestError(url, what, f"Check the URL. {_OPERATORS}")


def _tls_error(error: ssl.SSLError, url: str) -> RequestError:
    reason = getattr(error, "verify_message", "") or error.reason or str(error)
    if isinstance(error, ssl.SSLCertVerificationError):
        return RequestError(
            url,
            f"the certificate is not trusted ({reason})",
            f"Set `cert` {_IN_PIP} to the PEM file of its root certificate. To connect without "
            "verification, add the host to `trusted-host`.",
        )
    if "CERTIFICATE_REQUIRED" in reason or "HANDSHAKE_FAILURE" in reason:
        return RequestError(
            url,
            f"the server refused the TLS handshake ({reason})",
            f"If it requires a client certificate, set `client-cert` {_IN_PIP} to the PEM file of "
            "certificate and key.",
        )
    broken = isinstance(error, ssl.SSLEOFError | ssl.SSLZeroReturnError)
    return RequestError(url, f"TLS failed ({reason})", _NETWORK, retryable=broken)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error:
        yield error
        error = error.__cause__ or error.__context__


def _reason(error: Exception) -> str:
    """Return the message of the operating system for `error`, else its own."""
    for cause in _causes(error):
        if isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
    return str(error) or type(error).__name__


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
