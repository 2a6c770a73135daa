"""The pages that are kept: for how long, for whom, and what is a damaged file."""

import sys
import time
from dataclasses import replace

import pytest

from sdist_upip.index.page_cache import PageCache, keep_page, renew_page
from sdist_upip.index.pages import IndexPage

URL = "https://i.test/simple/a/"
PAGE = IndexPage("https://other.test/a/", b"<a href=a-1.tar.gz>", "latin-1", is_json=False)
ETAG = {"etag": '"1"'}


@pytest.fixture
def cache(tmp_path):
    return PageCache(tmp_path / "cache")


@pytest.fixture
def clock(monkeypatch):
    """The time, as a list of one number."""
    now = [1_000_000.0]
    monkeypatch.setattr(time, "time", lambda: now[0])
    return now


def seconds_of(headers, *, private=False):
    """Return how long a page with these headers is used without a question, None for never kept."""
    kept = keep_page(PAGE, headers, private=private)
    return None if kept is None else kept.expires - kept.received


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 0),
        ({"cache-control": "max-age=600, public"}, 600),
        ({"cache-control": 'public, Max-Age="600"'}, 600),
        ({"cache-control": "max-age=600", "age": "500"}, 100),
        ({"cache-control": "max-age=600", "age": "700"}, 0),
        ({"cache-control": "max-age=600", "age": "-5"}, 600),
        ({"cache-control": "max-age=600, no-cache"}, 0),
        ({"cache-control": "max-age=600, max-age=0"}, 600),
        ({"cache-control": "max-age=-1"}, 0),
        ({"cache-control": "max-age=1e3"}, 0),
        ({"cache-control": "max-age=\u0661"}, 0),
        ({"cache-control": "s-maxage=600"}, 0),
        ({"cache-control": "max-age=" + "9" * 5000}, 24 * 3600),
        ({"cache-control": "max-age=600", "age": "9" * 5000}, 0),
        ({"cache-control": "max-age=600, no-store"}, None),
        ({"cache-control": "max-age=600", "vary": "Accept-Encoding"}, 600),
        ({"cache-control": "max-age=600", "vary": "*"}, None),
    ],
)
def test_the_server_states_how_long_a_page_is_valid(clock, headers, seconds):
    assert seconds_of(headers) == seconds


def test_a_page_for_one_user_is_asked_for_each_time(clock):
    assert seconds_of({"cache-control": "max-age=600"}, private=True) == 0


@pytest.mark.parametrize(("passed", "fresh"), [(0, True), (599, True), (600, False), (-1, False)])
def test_a_page_is_fresh_until_then_and_not_before_it_came(clock, passed, fresh):
    kept = keep_page(PAGE, {"cache-control": "max-age=600"}, private=False)
    clock[0] += passed
    assert kept.is_fresh is fresh


def test_a_page_is_found_again(cache, clock):
    kept = keep_page(PAGE, {**ETAG, "cache-control": "max-age=600"}, private=False)
    cache.keep(URL, kept, verified=True)
    assert cache.find(URL, verified=True) == kept
    assert cache.find(URL + "b/", verified=True) is None


def test_a_page_of_an_unverified_server_is_another_one(cache):
    cache.keep(URL, keep_page(PAGE, ETAG, private=False), verified=False)
    assert cache.find(URL, verified=True) is None
    assert cache.find(URL, verified=False).page == PAGE


def test_a_page_that_cannot_be_used_again_is_not_kept(cache, tmp_path):
    cache.keep(URL, keep_page(PAGE, {"cache-control": "max-age=0"}, private=False), verified=True)
    assert not (tmp_path / "cache").exists()


def test_a_very_large_page_is_not_kept(cache, monkeypatch):
    monkeypatch.setattr("sdist_upip.index.page_cache._LARGEST", 10)
    cache.keep(URL, keep_page(PAGE, ETAG, private=False), verified=True)
    assert cache.find(URL, verified=True) is None


def test_a_long_url_is_not_kept(cache):
    page = replace(PAGE, url=f"https://i.test/{'x' * (1 << 16)}")
    cache.keep(URL, keep_page(page, ETAG, private=False), verified=True)
    assert cache.find(URL, verified=True) is None


@pytest.mark.parametrize(
    ("etag", "kept"),
    [
        ('"1"', True),
        ('W/"!~1"', True),
        ("1", False),
        ('""', False),
        ('"é"', False),
        ('"a\r\nHost: b"', False),
        (f'"{"x" * 257}"', False),
    ],
)
def test_only_an_etag_that_can_be_sent_is_kept(etag, kept):
    assert keep_page(PAGE, {"etag": etag}, private=False).etag == (etag if kept else "")


@pytest.mark.parametrize(
    "newer",
    [
        None,
        keep_page(PAGE, {}, private=False),
        keep_page(replace(PAGE, url=f"https://i.test/{'x' * (1 << 16)}"), ETAG, private=False),
    ],
)
def test_a_page_is_not_used_after_a_newer_one_that_is_not_kept(cache, newer):
    headers = {**ETAG, "cache-control": "max-age=600"}
    cache.keep(URL, keep_page(PAGE, headers, private=False), verified=True)
    cache.keep(URL, newer, verified=True)
    assert cache.find(URL, verified=True) is None


def test_a_page_that_has_not_changed_is_renewed(clock):
    kept = keep_page(PAGE, ETAG, private=False)
    clock[0] += 5
    renewed = renew_page(kept, {"cache-control": "max-age=60"}, private=False)
    assert (renewed.page, renewed.etag) == (PAGE, '"1"')
    assert (renewed.received, renewed.expires) == (clock[0], clock[0] + 60)
    assert renew_page(kept, {"etag": '"2"'}, private=False).etag == '"1"'
    assert renew_page(kept, {"cache-control": "no-store"}, private=False) is None


def damage(content):
    head, _, body = content.partition(b"\n")
    return {
        "empty": b"",
        "cut": content[:-1],
        "longer": content + b"x",
        "other page": head + b"\n" + body.replace(b"1", b"2"),
        "no json": b"x\n" + body,
        "deep": b"[" * 100_000 + b"\n" + body,
        "other json": b"[]\n" + body,
        "no etag": head.replace(b'"etag"', b'"gate"') + b"\n" + body,
        "no time": head.replace(b'"expires": ', b'"expires": "x", "y": ') + b"\n" + body,
        "huge time": head.replace(b'"expires": ', b'"expires": 1%0400d, "y": ' % 0) + b"\n" + body,
        "other URL": head.replace(b"https://", b"https://[") + b"\n" + body,
        "no URL": head.replace(b'"url": ', b'"url": 1, "y": ') + b"\n" + body,
        "no text": head.replace(b'"url": ', b'"url": "https://\\ud800", "y": ') + b"\n" + body,
    }


KINDS = damage(b"")


@pytest.mark.parametrize("kind", KINDS)
def test_a_damaged_file_is_none(cache, tmp_path, kind):
    cache.keep(URL, keep_page(PAGE, ETAG, private=False), verified=True)
    (path,) = (tmp_path / "cache/pages").iterdir()
    path.write_bytes(damage(path.read_bytes())[kind])
    assert cache.find(URL, verified=True) is None


def test_damage_does_not_make_a_page_fresh_for_ever(cache, tmp_path, clock):
    cache.keep(URL, keep_page(PAGE, ETAG, private=False), verified=True)
    (path,) = (tmp_path / "cache/pages").iterdir()
    content = path.read_bytes().replace(b'"expires": ', b'"expires": Infinity, "y": ')
    path.write_bytes(content.replace(b'"etag": "', b'"etag": "\\r\\nHost: b'))
    clock[0] += 24 * 3600
    found = cache.find(URL, verified=True)
    assert (found.is_fresh, found.etag) == (False, "")


def test_a_directory_in_the_place_of_a_file_does_not_matter(cache, tmp_path):
    kept = keep_page(PAGE, ETAG, private=False)
    cache.keep(URL, kept, verified=True)
    (path,) = (tmp_path / "cache/pages").iterdir()
    path.unlink()
    path.mkdir()
    cache.keep(URL, kept, verified=True)
    assert cache.find(URL, verified=True) is None


def test_a_cache_that_cannot_be_written_does_not_matter(tmp_path):
    (tmp_path / "cache").write_text("a file")
    cache = PageCache(tmp_path / "cache")
    cache.keep(URL, keep_page(PAGE, ETAG, private=False), verified=True)
    assert cache.find(URL, verified=True) is None


def test_without_a_directory_nothing_is_kept():
    cache = PageCache(None)
    cache.keep(URL, keep_page(PAGE, ETAG, private=False), verified=True)
    assert cache.find(URL, verified=True) is None


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of POSIX")
def test_only_the_user_can_read_the_pages(cache, tmp_path):
    cache.keep(URL, keep_page(PAGE, ETAG, private=False), verified=True)
    assert (tmp_path / "cache/pages").stat().st_mode & 0o777 == 0o700
