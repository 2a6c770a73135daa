"""An archive for the tests of the index client, and its download."""

from __future__ import annotations

import hashlib

from support.archives import make_archive

ARCHIVE = make_archive("my-app", "1.0")
NAME = "my-app-1.0.tar.gz"


def sha256(data):
    """Return the sha256 that an index states for `data`."""
    return hashlib.sha256(data).hexdigest()


def fetch(client, index):
    """Find and download the only file of my-app, and return its content."""
    (link,) = client.find(index.simple, "my-app")
    return client.download(link.url, link.hashes).read_bytes()
