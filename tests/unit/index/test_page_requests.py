"""Pages from the cache or from their servers, and which of both is asked."""

import gzip
import threading

import httpx2
import pytest

from sdist_upip.errors import DownloadError
from sdist_upip.index.page_cache import PageCache
from sdist_upip.index.page_requests import IndexPages

SOURCE = "https://i.test/simple/"
URL = "https://i.test/simple/a/"
FRESH = {"cache-control": "max-age=600"}


class Response:
    """A response of httpx2, as far as pages need it."""

    def __init__(self, content=b"", status=200, headers=(), url=URL, credentials=False):
        self.url = url
        self.status_code = status
        self.headers = {"content-type": "text/html", **dict(headers)}
        self.charset_encoding = None
        self.request = self
        self.content = content
        if credentials:
            self.headers["authorization"] = "Basic x"

    def iter_raw(self):
        for start in range(0, len(self.content), 1 << 16):
            yield self.content[start : start + (1 << 16)]


class Session:
    """A session whose responses are given, and the conditions that were sent."""

    def __init__(self, *responses, secure=True, trusted=False):
        self.responses = list(responses)
        self.sent = []
        self.secure = secure
        self.trusted = trusted
        self.auth = self

    def add_index(self, url):
        pass

    def may_reuse(self, url):
        return self.secure

    def is_trusted(self, url):
        return self.trusted

    def fetch(self, url, read, *, headers, conditions):
        assert headers["Accept-Encoding"] == "gzip"
        self.sent.append(conditions)
        response = self.responses.pop(0)
        return None if response is None else read(response)


@pytest.fixture
def read(tmp_path):
    """A function that reads the page with a session; returns the names of the files on it."""

    def read(session, *, refresh=False, again=False):
        pages = IndexPages(session, PageCache(tmp_path), refresh=refresh)
        found = pages.read(URL, SOURCE, refresh=again)
        return None if found is None else [link.filename for link, _ in found]

    return read


def page(version, headers=(), **options):
    return Response(b"<a href=a-%d.tar.gz>" % version, headers=headers, **options)


def unchanged(headers=(), **options):
    return Response(status=304, headers=headers, **options)


ONE, TWO = ["a-1.tar.gz"], ["a-2.tar.gz"]
NOTHING = ("", {})


def asks(etag, url=URL):
    return (url, {"If-None-Match": etag})


def test_a_page_with_an_etag_is_asked_for_with_it(read):
    assert read(Session(page(1, {"etag": '"x"'}))) == ONE
    session = Session(unchanged())
    assert read(session) == ONE
    assert session.sent == [asks('"x"')]
    session = Session(page(2, {"etag": '"y"'}))
    assert read(session) == TWO
    session = Session(unchanged())
    assert read(session) == TWO
    assert session.sent == [asks('"y"')]


def test_a_page_that_is_fresh_is_not_asked_for(read):
    assert read(Session(page(1, FRESH))) == ONE
    assert read(Session()) == ONE


@pytest.mark.parametrize("option", ["refresh", "again"])
def test_a_fresh_page_is_asked_for_if_that_is_wished(read, option):
    read(Session(page(1, {**FRESH, "etag": '"x"'})))
    session = Session(unchanged(FRESH))
    assert read(session, **{option: True}) == ONE
    assert session.sent == [asks('"x"')]


def test_a_page_with_neither_is_asked_for_in_full(read):
    read(Session(page(1)))
    session = Session(page(2))
    assert read(session) == TWO
    assert session.sent == [NOTHING]


def test_304_makes_a_page_fresh(read):
    read(Session(page(1, {"etag": '"x"'})))
    read(Session(unchanged(FRESH)))
    assert read(Session()) == ONE


def test_the_etag_is_sent_to_the_server_that_stated_it(read):
    moved = "https://elsewhere.test/a/"
    read(Session(page(1, {"etag": '"x"'}, url=moved)))
    session = Session(unchanged())
    read(session)
    assert session.sent == [asks('"x"', moved)]


def test_a_page_for_one_user_is_asked_for_each_time(read):
    headers = {**FRESH, "etag": '"x"'}
    read(Session(page(1, headers, credentials=True)))
    session = Session(unchanged(headers, credentials=True))
    assert read(session) == ONE
    assert session.sent == [asks('"x"')]
    session = Session(None)
    assert read(session) is None
    assert session.sent == [asks('"x"')]


def test_a_page_that_may_not_be_requested_may_not_be_reused(read):
    read(Session(page(1, FRESH)))
    session = Session(page(2), secure=False)
    assert read(session) == TWO
    assert session.sent == [NOTHING]


def test_a_page_of_an_unverified_server_is_not_used_for_a_verified_one(read):
    read(Session(page(1, FRESH), trusted=True))
    assert read(Session(page(2))) == TWO
    assert read(Session(trusted=True)) == ONE


def test_a_project_that_is_gone_is_gone(read):
    read(Session(page(1, {"etag": '"x"'})))
    assert read(Session(None)) is None


def test_one_large_page_at_a_time(tmp_path, monkeypatch):
    monkeypatch.setattr("sdist_upip.index.page_requests._LARGE", 1 << 16)
    inside, most, lock = 0, 0, threading.Lock()
    together = threading.Barrier(2)

    class Slow(Response):
        def iter_raw(self):
            nonlocal inside, most
            for number in range(20):
                if number == 1:
                    together.wait(20)
                if number == 2:
                    with lock:
                        inside += 1
                        most = max(most, inside)
                yield b" " * (1 << 16)
            with lock:
                inside -= 1

    pages = IndexPages(Session(Slow(), Slow()), PageCache(None), refresh=False)
    threads = [threading.Thread(target=pages.read, args=(URL, SOURCE)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1


def test_a_large_page_that_waits_for_its_server_lets_others_in(monkeypatch):
    """Its connection is lost, and another thread may use the server until it has its page."""
    monkeypatch.setattr("sdist_upip.index.page_requests._LARGE", 1 << 16)

    class Lost(Response):
        def iter_raw(self):
            yield from super().iter_raw()
            raise httpx2.ReadError("lost")

    class Retrying(Session):
        def fetch(self, url, read, **options):
            with pytest.raises(httpx2.ReadError):
                read(Lost(bytes(1 << 17)))
            thread = threading.Thread(target=others.read, args=(URL, SOURCE), daemon=True)
            thread.start()
            thread.join(5)
            assert not thread.is_alive()
            return read(page(1))

    others = IndexPages(Session(Response(bytes(1 << 17))), PageCache(None), refresh=False)
    pages = IndexPages(Retrying(), PageCache(None), refresh=False)
    others._large = pages._large
    assert [link.filename for link, _ in pages.read(URL, SOURCE)] == ONE


@pytest.mark.parametrize("encoding", ["gzip", "GZip", "x-gzip"])
def test_a_page_is_decoded_in_small_pieces(read, monkeypatch, encoding):
    sizes = []

    class Bytes(bytearray):
        def __iadd__(self, piece):
            sizes.append(len(piece))
            return super().__iadd__(piece)

    monkeypatch.setattr("sdist_upip.index.page_requests.bytearray", Bytes, raising=False)
    content = gzip.compress(b"<a href=a-1.tar.gz>" + bytes(1 << 20)) + b"rest"
    assert read(Session(Response(content, headers={"content-encoding": encoding}))) == ONE
    assert sum(sizes) == len(b"<a href=a-1.tar.gz>") + (1 << 20)
    assert max(sizes) == 1 << 16


def test_a_page_that_cannot_be_decoded_is_an_error(read):
    with pytest.raises(httpx2.DecodingError):
        read(Session(page(1, {"content-encoding": "gzip"})))


def test_the_large_page_that_fails_lets_the_next_one_in(monkeypatch):
    monkeypatch.setattr("sdist_upip.index.page_requests._LARGE", 1 << 16)
    monkeypatch.setattr("sdist_upip.index.page_requests.PAGE_LIMIT", 1 << 18)
    pages = IndexPages(Session(*[Response(bytes(1 << 20))] * 2), PageCache(None), refresh=False)

    def read():
        with pytest.raises(DownloadError, match="the page exceeds"):
            pages.read(URL, SOURCE)

    for _ in range(2):
        thread = threading.Thread(target=read)
        thread.start()
        thread.join(20)
        assert not thread.is_alive()


@pytest.mark.parametrize("kind", ["", "text/plain", "application/json"])
def test_other_content_is_an_error(read, kind):
    with pytest.raises(DownloadError, match="expected a page of a simple index, got"):
        read(Session(page(1, {"content-type": kind})))


@pytest.mark.parametrize("cut", [0, 1, 8, 40])
def test_a_page_that_is_compressed_and_not_whole_is_an_error(read, cut):
    content = gzip.compress(b"<a href=a-1.tar.gz>")
    response = Response(content[: len(content) - cut], headers={"content-encoding": "gzip"})
    if cut == 0:
        assert read(Session(response)) == ONE
    else:
        with pytest.raises(httpx2.DecodingError, match="truncated"):
            read(Session(response))
