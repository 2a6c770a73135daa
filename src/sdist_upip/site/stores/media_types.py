"""The headers of a file of a site: its type, and how long caches may keep it."""

from __future__ import annotations

import mimetypes

_TYPES = {
    "css": "text/css; charset=utf-8",
    "gz": "application/gzip",
    "html": "text/html; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "metadata": "text/plain; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
}
"""Types that do not depend on the registry of this computer, by the end of the name."""
_BINARY = "application/octet-stream"

IMMUTABLE = "public, max-age=31536000, immutable"
"""Cache-Control of a file that never changes."""

_CHANGING = "public, max-age=60"


def find_type(path: str) -> str:
    """Return the media type of a file, by its path below the root of the site."""
    segments = path.split("/")
    if segments[0] == "file":
        return _BINARY
    if segments[0] == "pypi" and segments[-1] == "json":
        return _TYPES["json"]
    if path == "feed.xml":
        return "application/atom+xml"
    name, dot, end = segments[-1].rpartition(".")
    if not (name and dot):
        return _BINARY
    return _TYPES.get(end) or mimetypes.types_map.get(f".{end}", _BINARY)


def find_cache_control(path: str) -> str:
    """Return the value of Cache-Control of a file: archives and files for mip never change."""
    return IMMUTABLE if is_immutable(path) else _CHANGING


def is_immutable(path: str) -> bool:
    """Return whether a path has the same content as long as it is there."""
    return path.startswith(("file/", "files/"))
