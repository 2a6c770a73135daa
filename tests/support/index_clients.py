"""An archive for the tests of the index client, and how they fetch it."""

from __future__ import annotations

import hashlib

from support.archives import make_archive

ARCHIVE = make_archive("my-app", "1.0")
NAME = "my-app-1.0.tar.gz"


def sha256(data):
    """Return the digest that an index would tell."""
    return hashlib.sha256(data).hexdigest()


def fetch(client, index):
    """Return the content of my-app's one file, found and fetched."""
    (offer,) = client.find(index.simple, "my-app")
    return client.download(offer.url, offer.hashes).read_bytes()
