"""Root certificates in the form that a board reads: DER, one after the other.

MicroPython's SSLContext reads DER only (extmod/modtls_mbedtls.c). A board lacks memory for the
hundred or more roots that a computer trusts, so only the root that a host needs is selected.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Sequence
from pathlib import Path

from ..errors import ConfigError
from ..files.regular import read_regular
from ..limits import TEXT_LIMIT

ROOTS = "upip_ca.der"
"""The file that device/upip.py looks for."""

_PEM = re.compile("-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_SECONDS = 20


def read_certificates(path: Path) -> list[bytes]:
    """Return the certificates in a PEM file, as DER; raise ConfigError if there are none."""
    try:
        text = read_regular(path, TEXT_LIMIT).decode(errors="replace")
    except OSError as error:
        raise ConfigError(f"Cannot read {path}: {error.strerror}. Pass a PEM file.") from error
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
    ConfigError if the host cannot be reached, or if no root verifies it.
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
        raise ConfigError(
            f"Cannot reach {host}:{port} to read its certificate: {error.strerror or error}. "
            "Pass the PEM file of its root with --ca."
        ) from error
