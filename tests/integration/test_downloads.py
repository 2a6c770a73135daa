"""Downloads: verified, kept, and never fetched twice."""

import hashlib
import tracemalloc

import pytest

from sdist_upip.errors import DownloadError
from support.index_clients import ARCHIVE, NAME, sha256
from support.index_server import Reply


def test_a_download_is_verified_and_kept(index, make_client, tmp_path):
    index.add(NAME, ARCHIVE)
    client = make_client()
    (link,) = client.find(index.simple, "my-app")
    path = client.download(link.url, link.hashes)
    assert path.read_bytes() == ARCHIVE
    assert path.name == NAME
    assert tmp_path / "cache" in path.parents
    assert index.sessions[-1][1]["Accept-Encoding"] == "identity"


def test_a_cached_file_costs_no_request(index, make_client):
    url = index.url(index.add(NAME, ARCHIVE))
    first = make_client().download(url, {"sha256": sha256(ARCHIVE)})
    assert index.requests == [f"/files/{NAME}"]
    assert make_client().download(url, {"sha256": sha256(ARCHIVE).upper()}) == first
    elsewhere = "https://no-such-host.invalid/" + NAME
    assert make_client().download(elsewhere, {"sha256": sha256(ARCHIVE)}) == first
    assert len(index.requests) == 1


def test_a_damaged_cached_file_is_fetched_again(index, make_client):
    url, hashes = index.url(index.add(NAME, ARCHIVE)), {"sha256": sha256(ARCHIVE)}
    path = make_client().download(url, hashes)
    path.write_bytes(ARCHIVE[:-1])
    assert make_client().download(url, hashes).read_bytes() == ARCHIVE
    assert len(index.requests) == 2


def test_the_cache_does_not_excuse_another_wrong_hash(index, make_client):
    url = index.url(index.add(NAME, ARCHIVE))
    make_client().download(url, {"sha256": sha256(ARCHIVE)})
    with pytest.raises(DownloadError, match="expected md5 00, got"):
        make_client().download(url, {"sha256": sha256(ARCHIVE), "md5": "00"})


def test_a_file_that_is_damaged_within_a_run_is_fetched_again(index, make_client):
    url, hashes = index.url(index.add(NAME, ARCHIVE)), {"sha256": sha256(ARCHIVE)}
    client = make_client()
    client.download(url, hashes).write_bytes(b"")
    assert client.download(url, hashes).read_bytes() == ARCHIVE
    client.download(url, {}).unlink()
    assert client.download(url, {}).read_bytes() == ARCHIVE


def test_without_a_hash_a_file_is_fetched_once_a_run(index, make_client):
    url = index.url(index.add(NAME, ARCHIVE, sha256=None))
    client = make_client()
    assert client.download(url, {}) == client.download(url, {})
    assert len(index.requests) == 1
    index.replies[f"/files/{NAME}"] = Reply(b"changed")
    assert make_client().download(url, {}).read_bytes() == b"changed"


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha512", "blake2b", "sha3_256"])
def test_a_wrong_hash_is_an_error_and_nothing_stays(index, make_client, tmp_path, algorithm):
    url = index.url(index.add(NAME, ARCHIVE))
    right = hashlib.new(algorithm, ARCHIVE).hexdigest()
    assert make_client(directory=tmp_path / "other").download(url, {algorithm: right})
    with pytest.raises(
        DownloadError, match=rf"{NAME}: hash mismatch: expected {algorithm} 0123, got [0-9a-f]+\."
    ):
        make_client().download(url, {algorithm: "0123", "unknown": "4"})
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []


def test_the_hash_in_a_url_counts(index, make_client):
    url = index.url(index.add(NAME, ARCHIVE))
    assert make_client().download(f"{url}#sha256={sha256(ARCHIVE)}", {})
    with pytest.raises(DownloadError, match="expected sha256 00, got"):
        make_client(directory=None).download(f"{url}#sha256=00", {})


def test_a_file_that_is_gone_is_an_error(index, make_client):
    with pytest.raises(DownloadError, match=r"/files/a-1.tar.gz: file not found on the server\. "):
        make_client().download(index.url("/files/a-1.tar.gz"), {})


def test_what_a_server_says_of_its_encoding_changes_no_byte(index, make_client):
    reply = Reply(
        ARCHIVE, headers={"Content-Encoding": "gzip", "Content-Type": "application/x-tar"}
    )
    index.replies["/a-1.tar.gz"] = reply
    path = make_client().download(index.url("/a-1.tar.gz"), {"sha256": sha256(ARCHIVE)})
    assert path.read_bytes() == ARCHIVE


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
def test_progress_is_reported(index, make_client, framing):
    data = bytes(200_000)
    index.replies["/a-1.tar.gz"] = Reply(data, framing=framing)
    seen = []
    progress = lambda done, total: seen.append((done, total))  # noqa: E731
    make_client().download(index.url("/a-1.tar.gz"), {}, progress=progress)
    total = len(data) if framing == "length" else None
    assert len(seen) > 2
    assert seen == sorted(seen)
    assert seen[-1] == (len(data), total)
    assert {entry[1] for entry in seen} == {total}


@pytest.mark.parametrize("framing", ["length", "close"])
def test_a_file_that_is_too_large_is_not_kept(index, make_client, tmp_path, monkeypatch, framing):
    monkeypatch.setattr("sdist_upip.index.downloads.FOREIGN_LIMIT", 1 << 20)
    index.replies["/a-1.tar.gz"] = Reply(bytes((1 << 20) + 1), framing=framing)
    with pytest.raises(DownloadError, match=r"a-1.tar.gz: the file exceeds 1 MiB"):
        make_client().download(index.url("/a-1.tar.gz"), {})
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []
    (tmp_path / "a-1.tar.gz").write_bytes(bytes((1 << 20) + 1))
    with pytest.raises(DownloadError, match=r"a-1.tar.gz: the file exceeds 1 MiB"):
        make_client().download(str(tmp_path / "a-1.tar.gz"), {})


def test_memory_does_not_grow_with_a_file(index, make_client):
    data = bytes(20 << 20)
    index.replies["/a-1.tar.gz"] = Reply(data)
    hashes = {"sha256": sha256(data)}
    client = make_client()
    client.find(index.simple, "x")
    tracemalloc.start()
    try:
        path = client.download(index.url("/a-1.tar.gz"), hashes)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert path.stat().st_size == 20 << 20
    assert peak < 2 << 20


def test_a_cache_that_cannot_be_written_does_not_matter(index, make_client, tmp_path, caplog):
    (tmp_path / "cache").write_text("a file")
    client = make_client()
    for number in range(3):
        index.add(f"a{number}-1.tar.gz", b"%d" % number)
        path = client.download(index.url(f"/files/a{number}-1.tar.gz"), {})
        assert path.read_bytes() == b"%d" % number
    assert caplog.text.count("Cannot keep downloads") == 1


@pytest.mark.parametrize("difference", [-1, 1])
def test_a_wrong_size_is_an_error(make_client, index, tmp_path, difference):
    path = index.add(NAME, ARCHIVE)
    (tmp_path / NAME).write_bytes(ARCHIVE)
    for url in (index.url(path), str(tmp_path / NAME)):
        client = make_client()
        assert client.download(url, {}, size=len(ARCHIVE)).read_bytes() == ARCHIVE
        expected = f"expected {len(ARCHIVE) + difference} bytes, got {len(ARCHIVE)}"
        with pytest.raises(DownloadError, match=f"size mismatch: {expected}"):
            client.download(url, {}, size=len(ARCHIVE) + difference)


@pytest.mark.parametrize("fragment", ["sha256=", "sha256", "sha256=12", "sha256:12", "sha-256=12"])
def test_a_malformed_hash_is_not_ignored(make_client, index, fragment):
    path = index.add(NAME, ARCHIVE, sha256=None)
    index.replies["/simple/my-app/"] = Reply(
        f"<a href={path}#{fragment}>".encode(), headers={"Content-Type": "text/html"}
    )
    client = make_client()
    (link,) = client.find(index.simple, "my-app")
    with pytest.raises(DownloadError, match="hash mismatch: expected sha256 "):
        client.download(link.url, link.hashes)
