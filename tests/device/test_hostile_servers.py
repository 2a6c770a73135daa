"""Servers that send too slowly, without end, or tricks: an error in time, and nothing is left."""

import signal
import socket
import subprocess
import threading
import time
from contextlib import suppress

import pytest

from support.archives import make_archive
from support.endless_server import serve
from support.index_server import Reply
from support.upip_device import upip_files

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
FIXED = HEAD + b"Content-Length: 1000000\r\n\r\n"
CLOSED = HEAD + b"\r\n"

CODE = """
import upip
try:
    upip.install("x", "lib", ["{url}/simple"], timeout={timeout})
except upip.Error as error:
    print("-", error)
"""


def install(executable, url, timeout=1):
    started = time.monotonic()
    outcome = executable.run(CODE.format(url=url, timeout=timeout), upip_files())
    assert not [path for path in outcome.files if path.startswith("lib/")]
    return outcome.lines[-1], time.monotonic() - started


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"", b"H"),
        (HEAD + b"X: ", b"y"),
        (CLOSED + b"<a href=", b"x"),
        (FIXED, b"x"),
        (CHUNKED + b"1;", b"x"),
        (CHUNKED, b"1\r\nx\r\n"),
    ],
    ids=["status", "header", "closed", "fixed", "chunk size", "chunks"],
)
def test_a_few_bytes_a_second_are_too_slow(executable, head, piece):
    with serve(piece, head=head, pause=0.3) as url:
        message, seconds = install(executable, url)
    assert "timed out" in message
    assert seconds < 20


@pytest.mark.parametrize("head", [b"", HEAD, CLOSED, FIXED, CHUNKED])
def test_a_server_that_falls_silent_is_given_up(executable, head):
    with serve(b"x", head=head, pause=3600) as url:
        message, seconds = install(executable, url)
    assert "timed out" in message
    assert seconds < 15


@pytest.mark.parametrize(
    ("head", "piece", "reason"),
    [
        (HEAD, b"X: y\r\n" * 99, "too many headers"),
        (HEAD + b"X: ", b"y" * 999, "truncated"),
        (b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n", "HTTP status 100"),
        (CHUNKED + b"1;", b"x" * 999, "truncated"),
        (CHUNKED + b"-5\r\n", b"x" * 99, "bad length"),
        (HEAD + b"Content-Length: -5\r\n\r\n", b"x" * 99, "bad length"),
        (CLOSED + b"\x1f\x8b", b"x" * 99, "sends compressed pages"),
        (CLOSED + b"<a ", b"x" * 99, "a tag or comment of the page is too long"),
    ],
    ids=["headers", "header", "100", "extension", "chunk", "length", "gzip", "tag"],
)
def test_what_never_ends_has_a_limit(executable, head, piece, reason):
    with serve(piece, head=head) as url:
        message, _ = install(executable, url)
    assert reason in message


@pytest.mark.slow
def test_a_page_has_a_limit(unix_port):
    with serve(b" " * 4096, head=CLOSED) as url:
        message, _ = install(unix_port, url, timeout=30)
    assert "more than 64 MiB" in message


def test_a_slow_server_that_goes_on_is_waited_for(executable):
    """100 bytes in half a second: more than 50 bytes a second."""
    data = make_archive("x", "1", {"x.py": "x = 1\n"})
    page = b"<a href=/x-1.tar.gz>x</a>" + b" " * 400
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer():
            for body in (page, data):
                client = server.accept()[0]
                with client, suppress(OSError):
                    client.recv(65536)
                    client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body))
                    for start in range(0, len(body), 100):
                        time.sleep(0.5)
                        client.sendall(body[start : start + 100])

        threading.Thread(target=answer, daemon=True).start()
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        outcome = executable.run(CODE.format(url=url, timeout=2), upip_files())
    assert outcome.files["lib/x.py"] == b"x = 1\n", outcome.stdout


@pytest.mark.parametrize(
    "link", ["x-1.tar.gz\r\nX-Evil: 1", "d\x1b[31m/x-1.tar.gz", "d e/x-1.tar.gz"]
)
def test_a_link_cannot_add_headers(executable, index, link):
    index.replies["/simple/x/"] = Reply(f'<a href="/files/{link}">'.encode())
    outcome = executable.run(CODE.format(url=index.url(""), timeout=5), upip_files())
    assert "no .tar.gz file in" in outcome.lines[-1]
    assert [request for request in index.requests if "files" in request] == []


def test_ctrl_c_ends_a_wait_and_leaves_nothing(executable, tmp_path):
    for name, data in upip_files().items():
        (tmp_path / name).write_bytes(data)
    asked = threading.Event()
    with serve(b"x", head=FIXED, pause=3600, asked=asked) as url:
        process = subprocess.Popen(
            [executable.program, "-c", CODE.format(url=url, timeout=60)],
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert asked.wait(60)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        output = process.communicate(timeout=20)[0].decode()
    assert "KeyboardInterrupt" in output
    assert not (tmp_path / "lib/.upip").exists()
