"""Failed requests: whether the next attempt may succeed, and a message without secrets."""

import ssl

import httpx2
import pytest

from sdist_upip.errors import DownloadError
from sdist_upip.index.pip_settings import PipSettings
from sdist_upip.index.request_errors import RequestError, request_error, status_error

URL = "https://me:secret@i.test/simple/a/?token=secret"
SHOWN = "https://i.test/simple/a/: "
PROXY = "(`proxy` in pip's configuration, or HTTPS_PROXY)"
NETWORK = f"Check the URL, the network and the proxy {PROXY}."
INTO = (
    "into the URL of the index in pip's configuration (https://USER:PASSWORD@HOST/PATH), into "
    "~/.netrc, or into a keyring."
)
OPERATORS = "Ask the operators of the server."


def caused(error, cause):
    """Return `error` with a cause, as httpx2 raises it."""
    error.__cause__ = cause
    return error


def untrusted():
    error = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] of OpenSSL")
    error.verify_message = "self-signed certificate"
    return error


def tls(kind, reason):
    error = kind(1, f"[SSL: {reason}] of OpenSSL")
    error.reason = reason
    return error


CONNECT = httpx2.ConnectError

FAILURES = [
    (httpx2.ReadTimeout(""), "no response within 15 seconds",
     "Try again later, or set a longer `timeout` in pip's configuration.", True),
    (httpx2.ConnectTimeout("timed out"), "no response within 15 seconds",
     "Try again later, or set a longer `timeout` in pip's configuration.", True),
    (httpx2.ProxyError("407 Proxy Authentication Required"),
     "the proxy refused the request (407 Proxy Authentication Required)",
     f"Check the URL and the credentials of the proxy {PROXY}.", False),
    (httpx2.ProxyError("503 Busy"), "the proxy refused the request (503 Busy)",
     f"Check the URL and the credentials of the proxy {PROXY}.", True),
    (caused(CONNECT("All attempts failed"), ConnectionRefusedError(111, "Connection refused")),
     "cannot connect (Connection refused)", NETWORK, True),
    (caused(CONNECT("x"), caused(ValueError("y"), OSError(-2, "Name or service not known"))),
     "cannot connect (Name or service not known)", NETWORK, True),
    (CONNECT("All attempts failed"), "cannot connect (All attempts failed)", NETWORK, True),
    (httpx2.ReadError(""), "the connection was lost (ReadError)", NETWORK, True),
    (httpx2.WriteError("broken"), "the connection was lost (broken)", NETWORK, True),
    (httpx2.RemoteProtocolError("peer closed"), "the connection was lost (peer closed)",
     NETWORK, True),
    (httpx2.DecodingError("incorrect header"), "invalid response (incorrect header)",
     OPERATORS, False),
    (httpx2.InvalidURL("bad host"), "invalid response (bad host)", OPERATORS, False),
    (caused(CONNECT("x"), untrusted()), "the certificate is not trusted (self-signed certificate)",
     "Set `cert` in pip's configuration to the PEM file of its root certificate. To connect "
     "without verification, add the host to `trusted-host`.", False),
    (caused(httpx2.ReadError("x"), tls(ssl.SSLError, "TLSV13_ALERT_CERTIFICATE_REQUIRED")),
     "the server refused the TLS handshake (TLSV13_ALERT_CERTIFICATE_REQUIRED)",
     "If it requires a client certificate, set `client-cert` in pip's configuration to the PEM "
     "file of certificate and key.", False),
    (caused(CONNECT("x"), tls(ssl.SSLError, "SSLV3_ALERT_HANDSHAKE_FAILURE")),
     "the server refused the TLS handshake (SSLV3_ALERT_HANDSHAKE_FAILURE)",
     "If it requires a client certificate, set `client-cert` in pip's configuration to the PEM "
     "file of certificate and key.", False),
    (caused(CONNECT("x"), tls(ssl.SSLError, "WRONG_VERSION_NUMBER")),
     "TLS failed (WRONG_VERSION_NUMBER)", NETWORK, False),
    (caused(CONNECT("x"), tls(ssl.SSLEOFError, "UNEXPECTED_EOF_WHILE_READING")),
     "TLS failed (UNEXPECTED_EOF_WHILE_READING)", NETWORK, True),
    (caused(httpx2.ReadTimeout("x"), tls(ssl.SSLZeroReturnError, "ZERO_RETURN")),
     "TLS failed (ZERO_RETURN)", NETWORK, True),
]  # fmt: skip


@pytest.mark.parametrize(
    ("error", "what", "remedy", "retryable"), FAILURES, ids=[str(row[1]) for row in FAILURES]
)
def test_an_exception_becomes_a_message(error, what, remedy, retryable):
    found = request_error(error, URL, PipSettings())
    assert (str(found), found.remedy) == (SHOWN + what, remedy)
    assert (found.retryable, found.wait) == (retryable, 0)
    assert "secret" not in f"{found} {found.remedy}"


def test_a_context_is_a_cause_too():
    error = CONNECT("x")
    error.__context__ = untrusted()
    found = request_error(error, URL, PipSettings())
    assert str(found) == f"{SHOWN}the certificate is not trusted (self-signed certificate)"


def test_the_settings_are_named():
    found = request_error(httpx2.ReadTimeout(""), URL, PipSettings(timeout=0.25))
    assert str(found) == f"{SHOWN}no response within 0.25 seconds"
    settings = PipSettings(proxy="http://me:secret@proxy.test:3128")
    found = request_error(CONNECT("refused"), URL, settings)
    assert str(found) == (
        f"{SHOWN}cannot connect through the proxy http://proxy.test:3128 (refused)"
    )


def respond(status, headers=None, sent=None):
    """Return the error for a response."""
    request = httpx2.Request("GET", URL, headers=sent)
    return status_error(httpx2.Response(status, headers=headers, request=request))


@pytest.mark.parametrize(
    ("status", "sent", "what", "remedy"),
    [
        (401, {}, "401 Unauthorized: credentials are required", f"Put credentials {INTO}"),
        (
            401,
            {"Authorization": "Basic x"},
            "401 Unauthorized: the credentials were rejected",
            f"Put credentials {INTO}",
        ),
        (403, {}, "403 Forbidden", f"If other credentials are required, put them {INTO}"),
        (
            407,
            {},
            "407 Proxy Authentication Required",
            f"Put credentials into the URL of the proxy {PROXY}.",
        ),
        (204, {}, "204 No Content", f"Check the URL. {OPERATORS}"),
        (300, {}, "300 Multiple Choices", f"Check the URL. {OPERATORS}"),
        (501, {}, "501 Not Implemented", f"Check the URL. {OPERATORS}"),
        (599, {}, "599", f"Check the URL. {OPERATORS}"),
    ],
)
def test_a_status_that_stays(status, sent, what, remedy):
    found = respond(status, {"Retry-After": "7"}, sent)
    assert (str(found), found.remedy) == (f"{SHOWN}the server returned {what}", remedy)
    assert (found.retryable, found.wait) == (False, 0)


@pytest.mark.parametrize(
    ("status", "phrase"),
    [
        (429, "429 Too Many Requests"),
        (500, "500 Internal Server Error"),
        (502, "502 Bad Gateway"),
        (503, "503 Service Unavailable"),
        (504, "504 Gateway Timeout"),
        (520, "520"),
        (524, "524"),
        (527, "527"),
    ],
)
def test_a_temporary_status_may_be_tried_again(status, phrase):
    found = respond(status)
    assert (str(found), found.remedy) == (
        f"{SHOWN}the server returned {phrase}",
        "Try again later.",
    )
    assert (found.retryable, found.wait) == (True, 0)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("7", 7.0),
        ("0", 0.0),
        ("86400", 86400.0),
        ("-1", 0.0),
        ("1.5", 0.0),
        ("", 0.0),
        ("Fri, 31 Dec 1999 23:59:59 GMT", 0.0),
        ("²".encode(), 0.0),
    ],
)
def test_the_time_that_the_server_asks_for(value, wait):
    assert respond(503, [("Retry-After", value)]).wait == wait


def test_the_error_to_show_has_all_parts():
    error = RequestError(URL, "it failed", "Do this. Then that.", retryable=True, wait=2)
    assert (error.retryable, error.wait) == (True, 2)
    shown = error.as_download_error()
    assert type(shown) is DownloadError
    assert str(shown) == f"{SHOWN}it failed. Do this. Then that."
