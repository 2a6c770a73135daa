"""Requests that fail, wait or are redirected: which are tried again, and the messages."""

import socket
import threading
import time
from types import SimpleNamespace

import pytest

from sdist_upip.errors import DownloadError
from sdist_upip.index.archive_cache import CacheWriter
from support.index_clients import ARCHIVE, NAME, fetch
from support.index_server import Index, Reply

PAGE = "/simple/my-app/"
FILE = f"/files/{NAME}"
BUSY = Reply(b"", 503)


@pytest.fixture
def index():
    with Index() as index:
        index.add(NAME, ARCHIVE)
        yield index


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def fails(client, source, *parts):
    """The source cannot be asked, and the message has all three parts."""
    with pytest.raises(DownloadError) as caught:
        client.find(source, "my-app")
    where, _, rest = str(caught.value).partition(": ")
    what, _, remedy = rest.partition(". ")
    assert where.startswith("http")
    assert what
    assert remedy[0].isupper() and remedy.endswith(".")
    for part in parts:
        assert part in str(caught.value)
    return str(caught.value)


def test_a_host_that_is_not_there(make_client):
    source = "https://me:secret@no-such-host.invalid/simple"
    message = fails(make_client(), source, "cannot connect (", "the network and the proxy")
    assert message.startswith("https://no-such-host.invalid/simple/my-app/: ")
    assert "secret" not in message


def test_a_refused_connection(make_client):
    fails(make_client(), f"http://localhost:{free_port()}/", "cannot connect (Connection refused)")


def test_a_server_that_hangs(make_client):
    with socket.create_server(("127.0.0.1", 0)) as server:
        source = f"http://localhost:{server.getsockname()[1]}/"
        start = time.monotonic()
        fails(
            make_client(timeout=0.3), source, "no response within 0.3 seconds", "`timeout` in pip"
        )
        assert time.monotonic() - start < 5


def test_a_slow_server_is_borne_unless_it_stops(index, make_client):
    data = bytes(512 * 6)
    index.replies["/a-1.tar.gz"] = Reply(data, pause=0.1)
    client = make_client(timeout=0.4)
    assert client.download(index.url("/a-1.tar.gz"), {}).read_bytes() == data
    index.replies["/b-1.tar.gz"] = Reply(data, pause=0.8)
    with pytest.raises(DownloadError, match=r"b-1.tar.gz: no response within 0.4 seconds"):
        client.download(index.url("/b-1.tar.gz"), {})


def test_a_temporary_failure_is_tried_again(index, make_client, caplog):
    index.first = {PAGE: [BUSY], FILE: [Reply(b"", 500)]}
    assert fetch(make_client(retries=1), index) == ARCHIVE
    assert index.requests == [PAGE, PAGE, FILE, FILE]
    own = [record for record in caplog.records if record.name.startswith("sdist_upip")]
    assert [record.message for record in own] == [
        f"{index.url(PAGE)}: the server returned 503 Service Unavailable. Retrying (1 of 1).",
        f"{index.url(FILE)}: the server returned 500 Internal Server Error. Retrying (1 of 1).",
    ]


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520, 429])
def test_a_failure_that_stays_is_reported_in_the_end(index, make_client, status):
    index.replies[PAGE] = Reply(b"", status)
    message = fails(make_client(retries=1), index.simple, "Try again later.")
    assert f"the server returned {status}" in message
    assert index.requests == [PAGE] * 2


@pytest.mark.parametrize("status", [400, 401, 403, 405, 418, 451, 501, 204, 300])
def test_a_permanent_failure_is_not_tried_again(index, make_client, status):
    index.replies[PAGE] = Reply(b"", status)
    fails(make_client(retries=5), index.simple, f"the server returned {status}")
    assert index.requests == [PAGE]


@pytest.fixture
def waits(monkeypatch):
    """The seconds that requests wait, by a clock that does not wait."""
    waits = []
    clock = SimpleNamespace(sleep=waits.append, monotonic=lambda: sum(waits))
    monkeypatch.setattr("sdist_upip.background.turns.time", clock)
    return waits


def test_attempts_come_at_growing_distances(index, make_client, waits):
    index.replies[PAGE] = BUSY
    fails(make_client(retries=4), index.simple)
    assert waits == [0.5, 1, 2]


@pytest.mark.parametrize(
    ("value", "wait"), [("7", 7), ("86400", 30), ("Fri, 31 Dec 1999 23:59:59 GMT", 0), ("-1", 0)]
)
def test_a_server_may_say_when_to_come_again(index, make_client, waits, value, wait):
    index.first[PAGE] = [Reply(b"", 429, {"Retry-After": value})]
    assert fetch(make_client(retries=1), index) == ARCHIVE
    assert waits == ([wait] if wait else [])


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_a_body_that_is_cut_is_fetched_again(index, make_client, tmp_path, framing):
    index.first[FILE] = [Reply(ARCHIVE, framing=framing, cut=100)]
    index.first[PAGE] = [
        Reply(index.page("my-app"), headers={"Content-Type": "text/html"}, framing=framing, cut=50)
    ]
    assert fetch(make_client(retries=1), index) == ARCHIVE
    assert index.requests == [PAGE, PAGE, FILE, FILE]
    files = [path.name for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert files == [NAME]


def test_a_body_that_is_always_cut_is_an_error(index, make_client, tmp_path):
    index.replies[FILE] = Reply(ARCHIVE, cut=100)
    client = make_client(retries=1)
    with pytest.raises(DownloadError, match=rf"{NAME}: the connection was lost \(.*\)\. Check"):
        client.download(index.url(FILE), {})
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []


def test_progress_starts_again_with_a_new_attempt(index, make_client):
    data = bytes(200_000)
    index.first["/a-1.tar.gz"] = [Reply(data, cut=150_000)]
    index.replies["/a-1.tar.gz"] = Reply(data)
    seen = []
    client = make_client(retries=1)
    client.download(
        index.url("/a-1.tar.gz"), {}, progress=lambda done, total: seen.append((done, total))
    )
    assert seen != sorted(seen)
    assert seen[-1] == (len(data), len(data))


def test_what_is_not_http_is_an_error(make_client):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        server.settimeout(5)

        def greet():
            for _ in range(2):
                connection, _ = server.accept()
                with connection:
                    connection.sendall(b"220 mail.test ready\r\n")
                    connection.recv(1000)

        thread = threading.Thread(target=greet)
        thread.start()
        fails(make_client(), f"http://localhost:{port}/", "the connection was lost (")
        thread.join()


@pytest.mark.parametrize("kind", [None, "text/plain", "application/json", "application/zip"])
def test_what_is_not_a_page_of_an_index_is_an_error(index, make_client, kind):
    index.replies[PAGE] = Reply(b"{}", headers={"Content-Type": kind} if kind else {})
    fails(make_client(), index.simple, kind or "no content type", "Check the URL of the index.")


@pytest.mark.parametrize("content", [b"", b"{}", b'{"files": 3}'])
def test_a_page_that_cannot_be_read_is_an_error(index, make_client, content):
    kind = {"Content-Type": "application/vnd.pypi.simple.v1+json"}
    index.replies[PAGE] = Reply(content, headers=kind)
    fails(make_client(), index.simple, "invalid JSON for a simple index")


def test_a_page_that_is_packed_wrongly_is_an_error(index, make_client):
    kind = {"Content-Type": "text/html", "Content-Encoding": "gzip"}
    index.replies[PAGE] = Reply(b"not gzip", headers=kind)
    fails(make_client(), index.simple, "invalid response (")


def test_redirects_are_followed(index, make_client):
    with Index() as mirror:
        mirror.add(NAME, ARCHIVE)
        index.replies[PAGE] = Reply(b"", 302, {"Location": mirror.url(PAGE)})
        client = make_client()
        (link,) = client.find(index.simple, "my-app")
        assert link.url == mirror.url(FILE)
        index.replies[FILE] = Reply(b"", 307, {"Location": mirror.url("/other/name?sig=x")})
        mirror.replies["/other/name?sig=x"] = Reply(ARCHIVE)
        path = client.download(index.url(FILE), link.hashes)
        assert path.name == NAME
        assert path.read_bytes() == ARCHIVE


def test_redirects_in_circles_are_an_error(index, make_client):
    index.replies[PAGE] = Reply(b"", 302, {"Location": "/b/"})
    index.replies["/b/"] = Reply(b"", 302, {"Location": PAGE})
    fails(make_client(retries=3), index.simple, "more than 20 redirects", "in a loop")
    assert len(index.requests) == 20


@pytest.mark.parametrize(
    "target", ["file:///etc/passwd", "ftp://x.test/", "https://", "http://[x/", "mailto:x"]
)
def test_a_redirect_out_of_the_web_is_refused(index, make_client, target):
    index.replies[PAGE] = Reply(b"", 302, {"Location": target})
    fails(make_client(), index.simple)
    index.replies[FILE] = Reply(b"", 302, {"Location": target})
    with pytest.raises(DownloadError):
        make_client().download(index.url(FILE), {})


def test_plain_http_from_elsewhere_is_refused(make_client):
    message = fails(make_client(), "http://me:secret@index.invalid/simple", "`trusted-host`")
    assert message.startswith("http://index.invalid/simple/my-app/: plain http is insecure, ")
    fails(make_client(trusted_hosts=("index.invalid",)), "http://index.invalid/", "cannot connect")


def test_a_redirect_to_plain_http_elsewhere_is_refused(index, make_client):
    index.replies[PAGE] = Reply(b"", 302, {"Location": "http://index.invalid/my-app/"})
    fails(make_client(), index.simple, "http://index.invalid/my-app/: plain http is insecure")


def test_plain_http_will_do_for_a_file_with_a_good_hash(make_client):
    url, client = "http://me:secret@files.invalid/a-1.tar.gz", make_client()
    for hashes in ({}, {"md5": "00"}, {"sha1": "00", "md5": "00"}, {"unknown": "00"}):
        with pytest.raises(DownloadError, match="plain http is insecure"):
            client.download(url, hashes)
    with pytest.raises(DownloadError, match="cannot connect"):
        client.download(url, {"md5": "00", "sha256": "00"})


def test_a_full_cache_falls_back_and_the_file_arrives(index, make_client, monkeypatch, caplog):
    write, full = CacheWriter.write, []

    def write_until_full(writer, data):
        if not full:
            full.append(writer)
            writer._file.close()
            writer._file = open("/dev/full", "wb", buffering=0)  # noqa: PTH123, SIM115
        write(writer, data)

    monkeypatch.setattr(CacheWriter, "write", write_until_full)
    assert fetch(make_client(), index) == ARCHIVE
    assert "No space left on device. Continuing without a cache." in caplog.text
    assert index.requests == [PAGE, FILE, FILE]
