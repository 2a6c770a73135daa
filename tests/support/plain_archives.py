"""One release, written as an archive."""

import zlib

from sdist_upip import Member, Release
from sdist_upip.archive.writer import write_archive

RELEASE = Release(
    "My-App",
    "1.0",
    (
        Member("my_app/__init__.py", b"import sys\n" * 100),
        Member("my_app.egg-info/requires.txt", b"y\n"),
        Member("PKG-INFO", b"Metadata-Version: 2.1\nName: My-App\nVersion: 1.0\n"),
        Member("a.py", b""),
    ),
)


def deflate(data):
    """Return the deflate stream of zlib at its default level."""
    return zlib.compress(data)[2:-4]


def write(directory, **options):
    """Write the archive of `RELEASE`."""
    return write_archive(RELEASE, directory, **{"window": 4096, "compression": "fast", **options})
