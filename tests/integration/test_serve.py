"""`sdist-upip serve`: a real server, its command, and sites that are built again."""

import errno
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager

import pytest

from sdist_upip.cli.main import main
from sdist_upip.errors import OutputError
from sdist_upip.site.serving import server as module
from sdist_upip.site.serving.server import SiteServer, find_own_address
from support.archives import make_archive
from support.projects import BACKEND
from support.trees import write_tree

JSON = "application/vnd.pypi.simple.v1+json"


@contextmanager
def serve(root, host="127.0.0.1"):
    """Serve a site in a thread; the value is the server, with the lines that it `reported`."""
    reported = []
    with SiteServer(host, 0, reported.append) as server:
        server.roots, server.reported = (root,), reported
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    root = tmp_path_factory.mktemp("serve") / "site"
    write_tree(root, {"index.html": "overview", "simple/index.html": "projects"})
    with serve(root) as server:
        yield server


def ask(server, request):
    """Send bytes to the server, and return all that it sends until it closes the connection."""
    address = (server.server_name, server.server_port)
    with socket.create_connection(address, timeout=10) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65536), b"")).decode("latin-1")


def test_one_connection_has_several_requests(server):
    connection = http.client.HTTPConnection(server.server_name, server.server_port, timeout=10)
    for method, path, headers, status, body in (
        ("GET", "/", {}, 200, b"overview"),
        ("HEAD", "/", {}, 200, b""),
        ("GET", "/nothing", {}, 404, b"404 Not Found\n"),
        ("HEAD", "/nothing", {}, 404, b""),
        ("GET", "/simple", {}, 301, b""),
        ("GET", "/simple/", {"Accept": "text/html"}, 200, b"projects"),
        ("GET", "/", {}, 200, b"overview"),
    ):
        connection.request(method, path, headers=headers)
        response = connection.getresponse()
        assert (response.status, response.read()) == (status, body)
        if method == "HEAD":
            assert int(response.headers["Content-Length"]) > 0
        assert response.headers["Server"] == "sdist-upip"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        tag = response.headers["ETag"]
    connection.request("GET", "/", headers={"If-None-Match": tag})
    response = connection.getresponse()
    assert (response.status, response.read()) == (304, b"")
    assert "Content-Length" not in response.headers
    connection.close()


@pytest.mark.parametrize(
    "request_, status",
    [
        (b"GET / HTTP/1.0\r\n\r\n", "200"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", "200"),
        (b"GET /../../../etc/passwd HTTP/1.0\r\n\r\n", "404"),
        (b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.0\r\n\r\n", "404"),
        (b"GET \\..\\..\\secret HTTP/1.0\r\n\r\n", "404"),
        (b"GET /\xff\xfe HTTP/1.0\r\n\r\n", "404"),
        (b"GET http://other.example/ HTTP/1.0\r\n\r\n", "404"),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc", "405"),
        (b"DELETE /index.html HTTP/1.1\r\nHost: x\r\n\r\n", "405"),
        (b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n", "405"),
        (b"BREW / HTTP/1.0\r\n\r\n", "501"),
        (b"GET /" + b"a" * 70_000 + b" HTTP/1.0\r\n\r\n", "414"),
        (b"GET / HTTP/1.0\r\n" + b"".join(b"A%d: b\r\n" % one for one in range(200)), "431"),
    ],
)
def test_raw_requests(server, request_, status):
    answer = ask(server, request_)
    assert re.match(rf"HTTP/1\.[01] {status} ", answer), answer[:200]
    assert "root:" not in answer
    assert "Traceback" not in answer
    if status == "405":
        assert "Allow: GET, HEAD\r\n" in answer


@pytest.mark.parametrize(
    "header", ["Content-Length: %d", "Content-Length : %d", "Transfer-Encoding: chunked"]
)
def test_the_body_of_a_request_is_not_another_request(server, header):
    inner = b"GET /simple/ HTTP/1.1\r\nHost: x\r\n\r\n"
    header = header.replace("%d", str(len(inner))).encode()
    answer = ask(server, b"GET / HTTP/1.1\r\nHost: x\r\n%b\r\n\r\n%b" % (header, inner))
    assert answer.count("HTTP/1.1 200") == 1
    assert "projects" not in answer


def test_requests_are_reported_and_a_client_that_leaves_is_no_error(server):
    del server.reported[:]
    ask(server, b"GET /a HTTP/1.0\r\n\r\n")
    assert server.reported == ["127.0.0.1 GET /a HTTP/1.0 404"]
    for error, lines in ((ConnectionResetError(), 0), (TimeoutError(), 0), (KeyError("x"), 1)):
        del server.reported[:]
        try:
            raise error
        except Exception:
            server.handle_error(None, None)
        assert len(server.reported) == lines


def test_addresses_of_other_families(server):
    root = server.roots[0]
    if socket.has_ipv6:
        with serve(root, "::1") as other:
            assert other.url == f"http://[::1]:{other.server_port}"
            assert other.is_local
            assert "overview" in ask(other, b"GET / HTTP/1.0\r\n\r\n")
    for host in ("0.0.0.0", ""):
        with serve(root, host) as other:
            assert not other.is_local
            assert "0.0.0.0" not in other.url
            assert "::]" not in other.url
    assert server.url == f"http://127.0.0.1:{server.server_port}"
    assert server.is_local


def test_the_own_address_without_a_network(monkeypatch):
    def connect(self, address):
        raise OSError(errno.ENETUNREACH, "Network is unreachable")

    class Probe(socket.socket):
        pass

    Probe.connect = connect
    monkeypatch.setattr(module.socket, "socket", Probe)
    assert find_own_address(socket.AF_INET) == "127.0.0.1"


def test_a_port_or_an_address_that_cannot_be_used(server):
    port = server.server_port
    for host, number, message in (
        ("127.0.0.1", port, f"Cannot serve at port {port} of 127.0.0.1: another program uses this"),
        ("192.0.2.77", 0, r"Cannot serve at port 0 of 192.0.2.77: .* Pass an address of this com"),
        ("a..b", 0, r"Cannot serve at port 0 of a\.\.b: .* Pass an address of this computer"),
    ):
        with pytest.raises(OutputError, match=message) as error:
            SiteServer(host, number, print)
        assert len(error.value.lines) == 1
    for number in (errno.EACCES, errno.EPERM):
        denied = OSError(number, "denied")
        assert "permission denied. Pass a --port above 1023" in module._explain("x", 80, denied)


@pytest.mark.parametrize(
    "arguments, message",
    [
        (
            [],
            "site is not a site. Pass a site, a package, an archive or a project, or -r or --lock",
        ),
        (["--port", "65536", "x"], "'65536' is not a port from 0 to 65535"),
        (["--port", "-1", "x"], "'-1' is not a port from 0 to 65535"),
        (["--port", "٣", "x"], "is not a port from 0 to 65535"),
    ],
)
def test_usage(arguments, message, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as stop:
        main(["serve", *arguments])
    assert stop.value.code == 2
    assert message in capsys.readouterr().err


def test_errors_before_there_is_a_site(tmp_path, monkeypatch, capsys, own_pip, server):
    monkeypatch.chdir(tmp_path)
    write_tree(tmp_path, {"broken-1.0.tar.gz": "x"})
    for arguments, message in (
        (["broken-1.0.tar.gz", "--no-index", "--port", "0"], "error: broken-1.0.tar.gz"),
        (["./nothing", "--port", "0"], "error: './nothing' is neither a project directory nor"),
        (["x", "--port", str(server.server_port)], "error: Cannot serve at port "),
    ):
        assert main(["serve", *arguments]) == 1
        shown = capsys.readouterr()
        assert shown.out == ""
        assert shown.err.startswith(message)


def test_sites_without_packages_and_with_damaged_records(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(SiteServer, "serve_forever", lambda self: None)
    write_tree(tmp_path, {"empty/records/site.json": "{}", "other/records/site.json": "{}"})
    write_tree(tmp_path, {"other/records/catalog.jsonl": "{"})
    for name, warning in (("empty", ""), ("other", "warning: The records of .*/other cannot be")):
        assert main(["serve", str(tmp_path / name), "--port", "0"]) == 0
        shown = capsys.readouterr()
        assert re.fullmatch(r"Serving http://127\.0\.0\.1:\d+/ for development, .*\n", shown.out)
        assert re.match(warning, shown.err)


class Run:
    """`sdist-upip serve` in a process of its own; its messages are in a file."""

    def __init__(self, directory, *arguments):
        self._errors = directory / "messages.txt"
        environ = {**os.environ, "TMPDIR": str(directory / "scratch")}
        with self._errors.open("wb") as errors:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "sdist_upip", "serve", "--port", "0", *arguments],
                cwd=directory,
                env=environ,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self.lines = []
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if "sdist-upip install --freeze" in line:
                break
        match = re.match(r"Serving http://127\.0\.0\.1:(\d+)/ for", "".join(self.lines[:1]))
        assert match, (self.lines, self.messages)
        self.port = int(match[1])

    @property
    def messages(self):
        return self._errors.read_text()

    def get(self, path, accept="*/*"):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        connection.request("GET", path, headers={"Accept": accept})
        body = connection.getresponse().read()
        connection.close()
        return body

    def wait_for(self, condition):
        deadline = time.monotonic() + 30
        while not condition():
            assert time.monotonic() < deadline, self.messages
            time.sleep(0.05)

    def stop(self, number):
        self.process.send_signal(number)
        rest, _ = self.process.communicate(timeout=10)
        assert rest == ""
        assert "Traceback" not in self.messages
        return self.process.returncode


@pytest.fixture
def start(tmp_path, own_pip):
    """A function that starts the command in the directory of the test."""
    runs = []
    (tmp_path / "scratch").mkdir()

    def start(*arguments):
        runs.append(Run(tmp_path, *arguments))
        return runs[-1]

    yield start
    for run in runs:
        run.process.kill()
        run.process.communicate()


def test_a_site_of_words_follows_their_files(start, tmp_path):
    head = f'{BACKEND}[project]\nname = "blink"\nversion = "1.0"\n'
    write_tree(tmp_path / "project", {"pyproject.toml": head, "blink.py": "LED = 1\n"})
    (tmp_path / "other-2.0.tar.gz").write_bytes(make_archive("other", "2.0", {"other.py": "x = 1"}))
    run = start("./project", "other-2.0.tar.gz", "--no-index")
    url = f"http://127.0.0.1:{run.port}"
    assert run.lines[0] == f"Serving {url}/ for development, not for production. Ctrl-C ends it."
    assert f'    mip.install("blink", index="{url}")' in run.lines
    assert f"    mpremote mip install --index {url} blink" in run.lines
    assert f'    upip.install("blink", index_urls=["{url}/simple"])' in run.lines
    assert f"    pip install --index-url {url}/simple/ blink" in run.lines
    run.wait_for(lambda: "--host 0.0.0.0 to let boards in the network reach it." in run.messages)

    def read_hashes():
        return json.loads(run.get("/package/py/blink/1.0.json"))["hashes"]

    def read_module():
        ((_, digest),) = read_hashes()
        return run.get(f"/file/{digest[:2]}/{digest}")

    names = [one["name"] for one in json.loads(run.get("/simple/", JSON))["projects"]]
    assert names == ["blink", "other"]
    assert read_module() == b"LED = 1\n"
    (old,) = read_hashes()
    source = tmp_path / "project/blink.py"
    source.write_text("LED = 22\n")
    run.wait_for(lambda: "The site is built again." in run.messages)
    assert read_module() == b"LED = 22\n"
    assert (
        run.get(f"/file/{old[1][:2]}/{old[1]}") == b"LED = 1\n"
    )  # a client may have read its name
    source.write_text("LED = \n")
    run.wait_for(lambda: "error: " in run.messages)
    assert "does not compile" in run.messages
    assert read_module() == b"LED = 22\n"
    assert run.stop(signal.SIGINT) == 128 + signal.SIGINT
    assert list((tmp_path / "scratch").iterdir()) == []


def test_the_directory_of_a_site(start, tmp_path, capsys):
    archive = tmp_path / "other-2.0.tar.gz"
    archive.write_bytes(make_archive("other", "2.0", {"other.py": "x = 1"}))
    site = tmp_path / "site"
    assert main(["index", str(archive), "--no-index", "-o", str(site)]) == 0
    before = {path: path.stat().st_mtime_ns for path in site.rglob("*")}
    run = start()
    assert b"other" in run.get("/")
    assert json.loads(run.get("/simple/other/", JSON))["versions"] == ["2.0"]
    (site / "index.html").write_text("changed")
    assert run.get("/") == b"changed"
    assert run.stop(signal.SIGTERM) == 128 + signal.SIGTERM
    changed = [path for path, time_ in before.items() if path.stat().st_mtime_ns != time_]
    assert changed == [site / "index.html"]
    assert list((tmp_path / "scratch").iterdir()) == []
