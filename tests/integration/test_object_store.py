"""A site in a real object store: the contract of stores, headers, and several writers."""

import json
import subprocess
import sys
import time

import pytest

from sdist_upip.errors import DownloadError, OutputError
from sdist_upip.site.stores.addresses import open_store
from sdist_upip.site.stores.lease import LOCK, LeaseTimes
from support.paths import TESTS
from support.sites import Archives, change
from support.store_contract import CONTRACT

WRITER = """
import sys
from pathlib import Path
from sdist_upip.site.stores.addresses import open_store
from support.sites import Archives, change

if __name__ == "__main__":
    make = Archives(Path(sys.argv[2]))
    change(open_store(sys.argv[1]), make(sys.argv[3], "1.0", ["common"]), make("common", "1.0"))
"""
HOLDER = """
import sys, time
from sdist_upip.site.stores.addresses import open_store
store = open_store(sys.argv[1])
with store.lock():
    store.write("a", b"1")
    print("locked", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize(
    "address, title",
    [("s3://bucket", "s3://bucket"), ("s3a://bucket/a/b/", "s3a://bucket/a/b")],
)
def test_an_address_of_s3(server, address, title):
    store = open_store(address)
    assert store.title == title
    assert type(store._objects).__name__ == "S3Objects"


@pytest.fixture(scope="module")
def server(object_server):
    """The server, in the environment of its clients."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in object_server.environ.items():
            patch.setenv(name, value)
        yield object_server


@pytest.fixture
def address(server):
    """The address of a site in a bucket of its own."""
    return make_address(server)


@pytest.fixture(scope="module")
def empty_store(server):
    """One store for all tests that remove their files, since a client takes a while to start."""
    return open_store(make_address(server))


def make_address(server):
    return f"s3://{server.make_bucket()}/a/site"


def start(script, *arguments):
    command = [sys.executable, "-c", script, *map(str, arguments)]
    return subprocess.Popen(command, cwd=TESTS, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("check", CONTRACT, ids=lambda check: check.__name__)
def test_contract(empty_store, check):
    store = empty_store
    with store.lock():
        check(store)
        files = list(store.find(""))
        assert LOCK not in files
        store.remove(files)
    assert store.read(LOCK) is None


def test_files_have_their_types_and_are_cached(server, address):
    store = open_store(address)
    with store.lock():
        store.write("simple/x/index.html", b"1")
        store.write_many([("pypi/x/json", b"2"), ("files/x-1.tar.gz", b"3"), ("file/ab/1", b"4")])
    bucket = address.split("/")[2]

    def head(path):
        found = server.client.head_object(Bucket=bucket, Key=f"a/site/{path}")
        return found["ContentType"], found["CacheControl"]

    forever = "public, max-age=31536000, immutable"
    assert head("simple/x/index.html") == ("text/html; charset=utf-8", "public, max-age=60")
    assert head("pypi/x/json") == ("application/json", "public, max-age=60")
    assert head("files/x-1.tar.gz") == ("application/gzip", forever)
    assert head("file/ab/1") == ("application/octet-stream", forever)


def test_objects_of_a_console_for_directories_are_not_files(server, address):
    store, bucket = open_store(address), address.split("/")[2]
    for path in ("", "simple/", "file/"):
        server.client.put_object(Bucket=bucket, Key=f"a/site/{path}", Body=b"")
    with store.lock():
        store.write("simple/x/index.html", b"1")
        assert list(store.find("")) == list(store.find("simple")) == ["simple/x/index.html"]


def test_what_others_write_is_seen_at_once(server, address):
    """No listing is kept, and a file that changed on the way is not replaced."""
    store, bucket = open_store(address), address.split("/")[2]
    with store.lock():
        store.write("a/1", b"1")
        assert list(store.find("")) == ["a/1"]
        _, token = store.read_versioned("a/1")
        for path in ("a/1", "a/2"):
            server.client.put_object(Bucket=bucket, Key=f"a/site/{path}", Body=b"other")
        assert list(store.find("a")) == ["a/1", "a/2"]
        assert store.read("a/2") == b"other"
        # Only the server can see that, since the client asks nothing before.
        requests = store._objects
        assert not requests._replace("a/1", b"2", token)
        assert not requests._replace("a/3", b"2", token)
        assert not requests.create("a/2", b"2")
        assert store.read("a/1") == b"other"


def test_a_server_without_conditions(server, address, monkeypatch):
    """It answers that it does not implement them. What is there is compared before writing."""
    store = open_store(address)
    objects, real = store._objects, store._objects._fs.pipe_file

    def pipe_file(path, data, **options):
        if "IfMatch" in options or "IfNoneMatch" in options:
            error = OSError("not implemented")
            error.response = {"Error": {"Code": "NotImplemented"}}
            raise error
        real(path, data, **options)

    monkeypatch.setattr(objects._fs, "pipe_file", pipe_file)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    with store.lock():
        assert objects.create("a", b"1")
        assert not objects.create("a", b"2")
        _, token = store.read_versioned("a")
        assert objects.swap("a", b"2", token)
        assert not objects.swap("a", b"3", token)
        assert store.read("a") == b"2"


def test_processes_that_publish_at_a_time_both_land(address, tmp_path):
    """The site is the one that a single run writes into a directory."""
    for name in ("one", "two", "both"):
        (tmp_path / name).mkdir()
    processes = [start(WRITER, address, tmp_path / name, name) for name in ("one", "two")]
    make = Archives(tmp_path / "both")
    archives = [make(name, "1.0", ["common"]) for name in ("two", "one")]
    store, other = open_store(address), open_store(str(tmp_path / "site"))
    change(other, *archives, make("common", "1.0"))
    for process in processes:
        process.communicate(timeout=60)
    assert [process.returncode for process in processes] == [0, 0]
    found = {path: store.read(path) for path in store.find("")}
    assert {"files/one-1.0.tar.gz", "files/two-1.0.tar.gz", "simple/common/index.html"} <= set(
        found
    )
    assert found == {path: other.read(path) for path in other.find("")}


def test_a_killed_run_does_not_have_the_site_for_long(address, monkeypatch, caplog):
    process = start(HOLDER, address)
    assert process.stdout.readline() == "locked\n"
    process.kill()
    process.communicate()
    store = open_store(address)
    holder = json.loads(store.read(LOCK))
    store._times = LeaseTimes(patience=0)
    with pytest.raises(OutputError, match=rf"{address} is locked by .* \(process {process.pid}\)"):
        store.lock().__enter__()
    store._times = LeaseTimes(valid=1.0, poll=0.1)
    with store.lock():
        assert json.loads(store.read(LOCK))["run"] != holder["run"]
        store.write("b", b"2")
    assert list(store.find("")) == ["a", "b"]
    assert any("Waiting for it" in message for message in caplog.messages)


def test_failures_of_the_store(server, address, monkeypatch):
    store = open_store("s3://missing-bucket/site")
    with pytest.raises(OutputError, match=r"Cannot lock s3://missing-bucket/site: .* exist\. Crea"):
        store.lock().__enter__()
    store = open_store(address)
    monkeypatch.setattr(store._objects._fs, "retries", 1)
    with monkeypatch.context() as patch:
        patch.delenv("AWS_SECRET_ACCESS_KEY")
        patch.delenv("AWS_ACCESS_KEY_ID")
        with pytest.raises(DownloadError, match=r"Cannot read .*/x: Unable to locate credentials"):
            store.read("x")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    store = open_store("s3://bucket/site")
    monkeypatch.setattr(store._objects._fs, "retries", 1)
    store._objects._fs.config_kwargs["retries"] = {"max_attempts": 0}
    with pytest.raises(DownloadError) as error:
        store.read("x")
    assert str(error.value) == (
        "Cannot read s3://bucket/site/x: Could not connect to the endpoint URL: "
        '"http://127.0.0.1:9/bucket/site/x". Check the address and the network, and run the '
        "command again."
    )
