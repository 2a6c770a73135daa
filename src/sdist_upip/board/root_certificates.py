"""Root certificates in the form that a board reads: DER, one after the other.

MicroPython's SSLContext takes DER only (extmod/modtls_mbedtls.c), and has no room for the hundred
or more roots that a computer trusts, so the one that a host needs is picked out.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Sequence
from pathlib import Path

from ..errors import ConfigError

ROOTS = "upip_ca.der"
"""The file that device/upip.py looks for."""

_PEM = re.compile("-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_SECONDS = 20


def read_certificates(path: Path) -> list[bytes]:
    """Return the certificates in a PEM file, as DER; raise ConfigError if there are none."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}; name a PEM file") from error
    try:
        certificates = [ssl.PEM_cert_to_DER_cert(pem) for pem in _PEM.findall(text)]
        for certificate in certificates:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=certificate)
    except (ssl.SSLError, ValueError) as error:
        raise ConfigError(f"{path}: a certificate in it is damaged; name another file") from error
    if not certificates:
        raise ConfigError(f"{path} holds no certificate; name a PEM file")
    return certificates


def find_bundle() -> Path:
    """Return the roots that certifi carries; raise ConfigError if it is not installed."""
    try:
        import certifi
    except ImportError as error:
        raise ConfigError(
            "--ca HOST needs certifi; run pip install 'sdist-upip[ca]', or name a PEM file"
        ) from error
    return Path(certifi.where())


def find_root(host: str, port: int, roots: Sequence[bytes]) -> bytes:
    """Return the one of `roots` (DER) with which `host` can be trusted.

    Connects about log2(len(roots)) times, each time with half of those that remain. Raises
    ConfigError if the host cannot be reached, or if all of `roots` together do not vouch for it.
    """
    remaining = list(roots)
    if not _is_trusted(host, port, remaining):
        raise ConfigError(
            f"{host}:{port} has no certificate that a known root vouches for; "
            "name the PEM file of its root with --ca"
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
            f"cannot reach {host}:{port} to see its certificate: {error}; "
            "name the PEM file of its root with --ca"
        ) from error
