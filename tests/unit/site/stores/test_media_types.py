"""The headers of the files of a site."""

import pytest

from sdist_upip.site.stores.media_types import find_cache_control, find_type

SHORT = "public, max-age=60"
FOREVER = "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "path, media_type, cache_control",
    [
        ("index.html", "text/html; charset=utf-8", SHORT),
        ("simple/x/index.html", "text/html; charset=utf-8", SHORT),
        ("static/site.css", "text/css; charset=utf-8", SHORT),
        ("static/search.js", "text/javascript; charset=utf-8", SHORT),
        ("static/icon.svg", "image/svg+xml", SHORT),
        ("index.json", "application/json", SHORT),
        ("package/py/x/latest.json", "application/json", SHORT),
        ("pypi/x/json", "application/json", SHORT),
        ("pypi/x.html/json", "application/json", SHORT),
        ("records/catalog.jsonl", "application/jsonl", SHORT),
        ("feed.xml", "application/atom+xml", SHORT),
        ("files/x-1.0.tar.gz", "application/gzip", FOREVER),
        ("files/x-1.0.tar.gz.metadata", "text/plain; charset=utf-8", FOREVER),
        ("file/ab/abcdef", "application/octet-stream", FOREVER),
        ("CNAME", "application/octet-stream", SHORT),
        (".nojekyll", "application/octet-stream", SHORT),
        ("a.unknown-end", "application/octet-stream", SHORT),
    ],
)
def test_headers(path, media_type, cache_control):
    assert find_type(path) == media_type
    assert find_cache_control(path) == cache_control
