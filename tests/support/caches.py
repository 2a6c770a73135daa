"""An archive put into the cache of downloads."""

import hashlib

DATA = b"an archive" * 1000
SHA256 = hashlib.sha256(DATA).hexdigest()


def put(cache, data=DATA, filename="a-1.tar.gz"):
    """Write `data` piece by piece as a download does, and return the path of the cached file."""
    writer = cache.open_writer()
    for start in range(0, len(data), 1000):
        writer.write(data[start : start + 1000])
    return cache.store(writer, filename)
