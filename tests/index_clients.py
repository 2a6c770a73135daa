"""What the tests of the index client share: clients that know nothing of this computer's pip."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from archives import make_archive

ARCHIVE = make_archive("my-app", "1.0")
NAME = "my-app-1.0.tar.gz"

_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
_CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")


@pytest.fixture
def own_network(monkeypatch, tmp_path):
    """Let no proxy, certificate or password of this computer's matter."""
    for name in (*_PROXIES, *map(str.upper, _PROXIES), *_CERTIFICATES):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))


@pytest.fixture
def make_client(tmp_path, own_network):
    """A function from fields of PipSettings to a client with them; retries are off."""
    # Imported here, since all tests share the module and few need the libraries behind it.
    from sdist_upip.index.archive_cache import ArchiveCache
    from sdist_upip.index.client import IndexClient
    from sdist_upip.index.pip_settings import PipSettings

    opened = []

    def make(*, directory: Path | None = tmp_path / "cache", offline: bool = False, **settings):
        settings = {"timeout": 5.0, "retries": 0, "no_input": True, **settings}
        cache = ArchiveCache(directory)
        client = IndexClient(PipSettings(**settings), cache, offline=offline)
        opened.append((client.__enter__(), cache.__enter__()))
        return client

    yield make
    for client, cache in opened:
        client.__exit__(None, None, None)
        cache.__exit__(None, None, None)


def sha256(data):
    """Return the digest that an index would tell."""
    return hashlib.sha256(data).hexdigest()


def fetch(client, index):
    """Return the content of my-app's one file, found and fetched."""
    (offer,) = client.find(index.simple, "my-app")
    return client.download(offer.url, offer.hashes).read_bytes()
