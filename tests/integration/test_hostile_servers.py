"""Servers that send too slowly, too much, or never stop: an error at once, and no waiting."""

import signal
import subprocess
import sys
import threading
import time

import pytest

from sdist_upip.errors import DownloadError
from support.archives import make_archive
from support.endless_server import serve
from support.index_server import Reply

PAGE = b'<a href="x-1.0.tar.gz">'
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"


def bytes_of(data):
    return [data[position : position + 1] for position in range(len(data))]


CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
FIXED = HEAD + b"Content-Length: 1000000\r\n\r\n"
ARCHIVE = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n"

TRICKLES = {
    "status": (b"", [b"H"]),
    "header": (HEAD + b"X: ", [b"y"]),
    "headers": (HEAD, bytes_of(b"X: y\r\n")),
    "interim responses": (b"", bytes_of(b"HTTP/1.1 100 Continue\r\n\r\n")),
    "body": (FIXED, [b"x"]),
    "body without length": (HEAD + b"\r\n", [b"x"]),
    "chunks": (CHUNKED, [b"1\r\nx\r\n"]),
    "chunk extension": (CHUNKED + b"1;", [b"x"]),
    "trailers": (CHUNKED + b"1\r\nx\r\n0\r\n", [b"X: y\r\n"]),
}


@pytest.mark.parametrize("kind", TRICKLES)
def test_a_trickle_is_no_progress(kind, make_client):
    head, pieces = TRICKLES[kind]
    with serve(*pieces, head=head, pause=0.1) as url:
        for ask in (
            lambda client: client.find(f"{url}/simple", "x"),
            lambda client: client.download(f"{url}/x-1.0.tar.gz", {}),
        ):
            start = time.monotonic()
            with pytest.raises(DownloadError, match=r"fewer than 1,024 bytes in 1 seconds\. Try"):
                ask(make_client(timeout=1.0))
            assert time.monotonic() - start < 10


FLOODS = {
    "headers": (HEAD, [b"X: " + b"y" * 1000 + b"\r\n"]),
    "a header": (HEAD + b"X: ", [b"y" * 1000]),
    "interim responses": (b"", [b"HTTP/1.1 100 Continue\r\n\r\n" * 100]),
    "chunk extension": (CHUNKED + b"1;", [b"x" * 10000]),
    "trailers": (CHUNKED + b"1\r\nx\r\n0\r\n", [b"X: y\r\n" * 1000]),
    "chunks": (CHUNKED, [b"10000\r\n" + b"x" * 65536 + b"\r\n"]),
    "body": (HEAD + b"\r\n", [b"x" * 65536]),
    "small chunks with extensions": (CHUNKED, [b"1;" + b"y" * 50_000 + b"\r\nx\r\n"]),
    "an error": (b"HTTP/1.1 500 Error\r\n\r\n", [b"x" * 65536]),
    "an error with a length": (
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 100000000000\r\n\r\n",
        [b"x" * 65536],
    ),
    "a length of 5,000 digits": (
        HEAD + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
        [b"x" * 65536],
    ),
}


@pytest.mark.parametrize("kind", FLOODS)
def test_a_flood_ends(kind, make_client):
    head, pieces = FLOODS[kind]
    with serve(*pieces, head=head) as url:
        for ask in (
            lambda client: client.find_links(f"{url}/simple/", "x"),
            lambda client: client.download(f"{url}/x-1.0.tar.gz", {}),
        ):
            start = time.monotonic()
            with pytest.raises(DownloadError):
                ask(make_client(timeout=5.0))
            assert time.monotonic() - start < 30


def test_a_slow_server_that_makes_progress_is_waited_for(index, make_client):
    data = make_archive("x", "1.0", {"x.bin": bytes(range(256)) * 40})
    path = index.add("x-1.0.tar.gz", data)
    index.replies[path] = Reply(data, pause=0.2)
    client = make_client(timeout=1.0)
    (link,) = client.find(index.simple, "x")
    assert client.download(link.url, link.hashes).read_bytes() == data


def test_a_server_may_think_before_and_after_the_headers(make_client):
    head = HEAD + b"Content-Length: %d\r\n\r\n" % len(PAGE)
    with serve(head, PAGE, pause=0.8, endless=False) as url:
        (link,) = make_client(timeout=1.0).find(f"{url}/simple", "x")
    assert link.filename == "x-1.0.tar.gz"


def test_redirects_without_end(index, make_client):
    index.replies["/simple/x/"] = Reply(status=302, headers={"Location": "/simple/x/"})
    with pytest.raises(DownloadError, match="more than 20 redirects"):
        make_client().find(index.simple, "x")


def test_a_body_that_is_longer_than_its_length_is_cut(index, make_client):
    head = HEAD + b"Content-Length: %d\r\n\r\n" % len(PAGE)
    with serve(PAGE + b'<a href="x-2.0.tar.gz">', head=head, endless=False) as url:
        (link,) = make_client().find(f"{url}/simple", "x")
    assert link.filename == "x-1.0.tar.gz"


def test_the_body_of_a_refusal_is_not_kept(make_client, tmp_path):
    """httpx2 reads it whole before it asks again with credentials."""
    (tmp_path / "netrc").write_text("machine localhost login me password secret\n")
    head = b'HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm="x"\r\n\r\n'
    with serve(b"x" * 65536, head=head) as url, pytest.raises(DownloadError):
        make_client().find(f"http://me:x@{url.partition('//')[2]}/simple", "x")


@pytest.mark.parametrize("head", [b"", FIXED, CHUNKED], ids=["headers", "body", "chunks"])
def test_ctrl_c_ends_the_waiting_at_once(head, tmp_path, own_pip):
    asked = threading.Event()
    with serve(b"1\r\nx\r\n", head=head, pause=0.2, asked=asked) as url:
        process = subprocess.Popen(
            [sys.executable, "-m", "sdist_upip", "install", "-p", "lib", "-i", url, "x"],
            cwd=tmp_path,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        assert asked.wait(60)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        _, error = process.communicate(timeout=10)
    assert process.returncode == 130
    assert "Traceback" not in error
    assert not (tmp_path / "lib").exists()
