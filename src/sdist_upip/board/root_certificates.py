"""Root certificates in the form that a board reads: DER, one after the other.

MicroPython's SSLContext reads DER only (extmod/modtls_mbedtls.c). A board lacks memory for the
hundred or more roots that a computer trusts, so only the root that a host needs is selected.
"""

from __future__ import annotations

import os
import re
import socket
import ssl
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from ..errors import ConfigError
from ..files.regular import read_regular
from ..limits import TEXT_LIMIT

ROOTS = "upip_ca.der"
"""The file that device/upip.py looks for."""

FEW = 4
"""Most certificates that a board can be expected to load without a warning."""

_PEM = re.compile("-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_SECONDS = 20


class UnreachableHostError(ConfigError):
    """A host whose certificate cannot be read, so that no root can be selected for it."""


def read_certificates(path: Path) -> list[bytes]:
    """Return the certificates in a PEM file, as DER; raise ConfigError if there are none."""
    try:
        data = read_regular(path, TEXT_LIMIT)
    except OSError as error:
        raise ConfigError(f"Cannot read {path}: {error.strerror}. Pass a PEM file.") from error
    return _parse_certificates(path, data)


def read_cert(path: Path) -> list[bytes]:
    """Return the certificates in pip's `cert`, a PEM file or a directory of some.

    They are DER, each once. Raises ConfigError if there are none.
    """
    try:
        if path.is_dir():
            found = _parse_certificates(path, b"\n".join(_read_directory(path)))
        else:
            found = read_certificates(path)
    except ConfigError as error:
        raise ConfigError(f"--ca, by the setting cert of pip: {error}") from error
    return list(dict.fromkeys(found))


def read_roots(cert: str | None) -> list[bytes]:
    """Return all root certificates that a host may be verified with, as DER, each once.

    They are those of pip's `cert` or, without it, of SSL_CERT_FILE, and those of certifi. Raises
    ConfigError if there are none.
    """
    roots: list[bytes] = []
    if cert:
        roots += read_cert(Path(cert))
    elif (path := Path(os.environ.get("SSL_CERT_FILE", ""))).is_file():
        roots += read_certificates(path)
    try:
        roots += read_certificates(find_bundle())
    except ConfigError:
        if not roots:
            raise
    return list(dict.fromkeys(roots))


def _read_directory(path: Path) -> Iterator[bytes]:
    with suppress(OSError):
        for entry in sorted(path.iterdir()):
            with suppress(OSError):
                yield read_regular(entry, TEXT_LIMIT)


def _parse_certificates(path: Path, data: bytes) -> list[bytes]:
    text = data.decode(errors="replace")
    try:
        certificates = [ssl.PEM_cert_to_DER_cert(pem) for pem in _PEM.findall(text)]
        for certificate in certificates:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=certificate)
    except (ssl.SSLError, ValueError) as error:
        raise ConfigError(f"{path}: a certificate is damaged. Pass another file.") from error
    if not certificates:
        raise ConfigError(f"{path} contains no certificate. Pass a PEM file.")
    return certificates


def find_bundle() -> Path:
    """Return the path of the roots in certifi; raise ConfigError if certifi is not installed."""
    try:
        import certifi
    except ImportError as error:
        raise ConfigError(
            "--ca HOST: certifi is not installed. Run pip install 'sdist-upip[ca]', or pass a PEM "
            "file."
        ) from error
    return Path(certifi.where())


def find_root(host: str, port: int, roots: Sequence[bytes]) -> bytes:
    """Return the root in `roots` (DER) that verifies the certificate of `host`.

    Connects about log2(len(roots)) times, each time with half of the remaining roots. Raises
    UnreachableHostError if the host cannot be reached, and ConfigError if no root verifies it.
    """
    remaining = list(roots)
    if not _is_trusted(host, port, remaining):
        raise ConfigError(
            f"{host}:{port}: no known root verifies its certificate. "
            "Pass the PEM file of its root with --ca."
        )
    while len(remaining) > 1:
        half = remaining[: len(remaining) // 2]
        remaining = half if _is_trusted(host, port, half) else remaining[len(half) :]
    return remaining[0]


def _is_trusted(host: str, port: int, roots: Sequence[bytes]) -> bool:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=b"".join(roots))
    try:
        with (
            socket.create_connection((host, port), timeout=_SECONDS) as connection,
            context.wrap_socket(connection, server_hostname=host),
        ):
            return True
    except ssl.SSLCertVerificationError:
        return False
    except OSError as error:
        raise UnreachableHostError(
            f"Cannot reach {host}:{port} to read its certificate: {error.strerror or error}. "
            "Pass the PEM file of its root with --ca."
        ) from error
