"""The index client: what it finds in indexes and folders, and the files that it fetches."""

import hashlib
import tracemalloc
from pathlib import Path

import pytest

from archives import make_archive
from conftest import write_tree
from index_server import Index, Reply
from sdist_upip import __version__
from sdist_upip.errors import DownloadError
from sdist_upip.pip_settings import ask_pip

ARCHIVE = make_archive("my-app", "1.0")
NAME = "my-app-1.0.tar.gz"


@pytest.fixture
def index():
    with Index() as index:
        yield index


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def names(offers):
    return [offer.filename for offer in offers]


@pytest.mark.parametrize("kind", ["html", "json"])
def test_all_files_of_a_project_are_found(index, make_client, kind):
    index.json = kind == "json"
    index.add(NAME, ARCHIVE)
    index.add("my_app-1.1.tar.gz", b"x", name="my-app", yanked="")
    index.add("my_app-1.0-py3-none-any.whl", b"w", name="my-app", sha256=None)
    index.add("other-1.0.tar.gz", b"o", name="my-app")
    offers = make_client().find(index.simple, "My.App")
    assert names(offers) == [NAME, "my_app-1.1.tar.gz", "my_app-1.0-py3-none-any.whl"]
    assert [offer.yanked for offer in offers] == [False, True, False]
    sizes = [len(ARCHIVE), 1, 1] if index.json else [None, None, None]
    assert [offer.size for offer in offers] == sizes
    assert offers[0].url == index.url(f"/files/{NAME}")
    assert offers[0].hashes == {"sha256": sha256(ARCHIVE)}
    assert offers[2].hashes == {}
    assert {offer.project for offer in offers} == {"my-app"}
    assert offers[0].location == index.simple
    path, headers = index.sessions[0]
    assert path == "/simple/my-app/"
    assert headers["User-Agent"] == f"sdist-upip/{__version__}"


def test_an_index_is_asked_once_a_run(index, make_client):
    index.add(NAME, ARCHIVE)
    client = make_client()
    for _ in range(3):
        assert client.find(index.simple, "my_app") == client.find(index.simple, "my-app")
        assert client.find(index.simple, "missing") == []
    assert index.requests == ["/simple/my-app/", "/simple/missing/"]


@pytest.mark.parametrize("status", [404, 410])
def test_what_an_index_does_not_know_is_no_error(index, make_client, status):
    index.replies["/simple/gone/"] = Reply(b"", status)
    assert make_client().find(index.simple, "gone") == []


def test_indexes_differ(index, make_client):
    index.add(NAME, ARCHIVE)
    with Index() as second:
        second.add("my-app-2.0.tar.gz", b"2", name="my-app")
        client = make_client()
        assert names(client.find(index.simple, "my-app")) == [NAME]
        assert names(client.find(second.simple, "my-app")) == ["my-app-2.0.tar.gz"]


def test_a_slash_at_the_end_of_an_index_does_not_matter(index, make_client):
    index.add(NAME, ARCHIVE)
    assert names(make_client().find(index.simple.rstrip("/"), "my-app")) == [NAME]


@pytest.mark.parametrize("form", [str, Path.as_uri])
def test_a_folder_laid_out_as_an_index(tmp_path, make_client, form):
    page = f'<a href="../../files/{NAME}#sha256={sha256(ARCHIVE)}">x</a>'
    write_tree(tmp_path, {"simple/my-app/index.html": page, f"files/{NAME}": ARCHIVE})
    client = make_client()
    (offer,) = client.find(form(tmp_path / "simple"), "My_App")
    assert offer.location == str(tmp_path / "simple")
    assert client.download(offer.url, offer.hashes) == tmp_path / "files" / NAME
    assert client.find(form(tmp_path / "simple"), "missing") == []
    with pytest.raises(DownloadError, match=f"{NAME}: its sha256 is {sha256(ARCHIVE)} and not 00"):
        client.download(offer.url, {"sha256": "00"})


@pytest.mark.parametrize("form", [str, Path.as_uri])
def test_a_folder_of_archives(tmp_path, make_client, form):
    files = {NAME: ARCHIVE, "my_app-1.1.tar.gz": b"x", "other-1.tar.gz": b"o", "notes.txt": b""}
    write_tree(tmp_path / "my archives", files)
    client = make_client()
    for found in (client.find, client.find_links):
        offers = found(form(tmp_path / "my archives"), "my-app")
        assert names(offers) == [NAME, "my_app-1.1.tar.gz"]
        assert [offer.size for offer in offers] == [len(ARCHIVE), 1]
        assert client.download(offers[0].url, {}).read_bytes() == ARCHIVE


def test_a_folder_by_a_relative_path(tmp_path, make_client, monkeypatch):
    write_tree(tmp_path / "archives", {NAME: ARCHIVE})
    monkeypatch.chdir(tmp_path)
    client = make_client()
    (offer,) = client.find("archives", "my-app")
    assert client.download(offer.url, {}) == tmp_path / "archives" / NAME
    assert client.download(f"archives/{NAME}", {}).read_bytes() == ARCHIVE


def test_a_folder_that_is_not_there_is_an_error(tmp_path, make_client):
    for found in (make_client().find, make_client().find_links):
        with pytest.raises(DownloadError, match=r"gone: there is no such folder .*pip config list"):
            found(str(tmp_path / "gone"), "my-app")
    with pytest.raises(DownloadError, match=r"cannot read .*gone-1.tar.gz: No such file"):
        make_client().download(str(tmp_path / "gone-1.tar.gz"), {})


def test_a_file_is_no_index(tmp_path, make_client):
    (tmp_path / "simple").write_text("")
    with pytest.raises(DownloadError, match=r"cannot read .*simple: Not a directory; check"):
        make_client().find(str(tmp_path / "simple"), "my-app")


def test_links_to_find(tmp_path, index, make_client):
    page = (
        f'<a href="{NAME}">a</a> <a href="/b/other-2.tar.gz#md5={hashlib.md5(b"o").hexdigest()}">'
    )
    index.replies["/list"] = Reply(page.encode(), headers={"Content-Type": "text/html"})
    index.replies["/b/other-2.tar.gz"] = Reply(b"o")
    write_tree(tmp_path / "w", {"page.html": page, NAME: ARCHIVE, "index.HTM": "<a href=q-1.zip>"})
    client = make_client()
    (offer,) = client.find_links(index.url("/list"), "my-app")
    assert offer.url == index.url(f"/{NAME}")
    (offer,) = client.find_links(index.url("/list"), "other")
    assert client.download(offer.url, offer.hashes).read_bytes() == b"o"
    assert index.requests == ["/list", "/b/other-2.tar.gz"]
    (offer,) = client.find_links(index.url(f"/x/{NAME}#sha256=ab"), "my-app")
    assert (offer.url, offer.hashes) == (index.url(f"/x/{NAME}"), {"sha256": "ab"})
    assert names(client.find_links(str(tmp_path / "w"), "my-app")) == [NAME, NAME]
    assert names(client.find_links(str(tmp_path / "w"), "q")) == ["q-1.zip"]
    assert names(client.find_links(str(tmp_path / "w" / "page.html"), "my-app")) == [NAME]
    assert names(client.find_links(str(tmp_path / "w" / NAME), "my-app")) == [NAME]
    with pytest.raises(DownloadError, match="/gone: there is no such page of links"):
        client.find_links(index.url("/gone"), "my-app")


def test_a_download_is_verified_and_kept(index, make_client, tmp_path):
    index.add(NAME, ARCHIVE)
    client = make_client()
    (offer,) = client.find(index.simple, "my-app")
    path = client.download(offer.url, offer.hashes)
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
    with pytest.raises(DownloadError, match="its md5 is"):
        make_client().download(url, {"sha256": sha256(ARCHIVE), "md5": "00"})


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
    assert make_client(folder=tmp_path / "other").download(url, {algorithm: right})
    with pytest.raises(DownloadError, match=rf"{NAME}: its {algorithm} is .* and not 0123 as prom"):
        make_client().download(url, {algorithm: "0123", "unknown": "4"})
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []


def test_the_hash_in_an_address_counts(index, make_client):
    url = index.url(index.add(NAME, ARCHIVE))
    assert make_client().download(f"{url}#sha256={sha256(ARCHIVE)}", {})
    with pytest.raises(DownloadError, match="its sha256 is"):
        make_client(folder=None).download(f"{url}#sha256=00", {})


def test_a_file_that_is_gone_is_an_error(index, make_client):
    with pytest.raises(DownloadError, match=r"/files/a-1.tar.gz: the server has no such file; "):
        make_client().download(index.url("/files/a-1.tar.gz"), {})


def test_what_a_server_says_of_its_encoding_changes_no_byte(index, make_client):
    reply = Reply(
        ARCHIVE, headers={"Content-Encoding": "gzip", "Content-Type": "application/x-tar"}
    )
    index.replies["/a-1.tar.gz"] = reply
    path = make_client().download(index.url("/a-1.tar.gz"), {"sha256": sha256(ARCHIVE)})
    assert path.read_bytes() == ARCHIVE


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
def test_progress_is_told(index, make_client, framing):
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
    monkeypatch.setattr("sdist_upip.downloads.LIMIT", 1 << 20)
    index.replies["/a-1.tar.gz"] = Reply(bytes((1 << 20) + 1), framing=framing)
    with pytest.raises(DownloadError, match=r"a-1.tar.gz: it has more than 1 MiB"):
        make_client().download(index.url("/a-1.tar.gz"), {})
    assert [path for path in (tmp_path / "cache").rglob("*") if path.is_file()] == []
    (tmp_path / "a-1.tar.gz").write_bytes(bytes((1 << 20) + 1))
    with pytest.raises(DownloadError, match=r"a-1.tar.gz: it has more than 1 MiB"):
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


def test_a_page_that_is_too_large_is_an_error(index, make_client, monkeypatch):
    monkeypatch.setattr("sdist_upip.index_client._PAGE_LIMIT", 1 << 20)
    index.replies["/simple/a/"] = Reply(bytes(2 << 20), headers={"Content-Type": "text/html"})
    with pytest.raises(DownloadError, match="the page has more than 1 MiB"):
        make_client().find(index.simple, "a")


def test_a_cache_that_cannot_be_written_does_not_matter(index, make_client, tmp_path, caplog):
    (tmp_path / "cache").write_text("a file")
    client = make_client()
    for number in range(3):
        index.add(f"a{number}-1.tar.gz", b"%d" % number)
        path = client.download(index.url(f"/files/a{number}-1.tar.gz"), {})
        assert path.read_bytes() == b"%d" % number
    assert caplog.text.count("cannot keep downloads") == 1


def test_offline_only_local_files_and_the_cache_are_used(index, make_client, tmp_path):
    write_tree(tmp_path / "archives", {NAME: ARCHIVE})
    url, hashes = index.url(index.add("b-1.tar.gz", b"b")), {"sha256": sha256(b"b")}
    make_client().download(url, hashes)
    client = make_client(offline=True)
    assert client.download(url, hashes).read_bytes() == b"b"
    assert names(client.find(str(tmp_path / "archives"), "my-app")) == [NAME]
    count = len(index.requests)
    for call in (
        lambda: client.download(url, {}),
        lambda: client.find(index.simple, "b"),
        lambda: client.find_links(index.url("/list"), "b"),
    ):
        with pytest.raises(DownloadError, match=r"not in the cache, .*--find-links"):
            call()
    assert len(index.requests) == count


def test_what_pip_is_set_to_leads_all_the_way(index, make_client, tmp_path, monkeypatch):
    index.account = ("me", "secret")
    index.add(NAME, ARCHIVE)
    write_tree(tmp_path / "wheels", {"other-1.tar.gz": b"o"})
    (tmp_path / "pip.conf").write_text(
        f"[global]\nindex-url = http://me:secret@localhost:{index.port}/simple/\n"
        f"find-links = {tmp_path / 'wheels'}\nextra-index-url = {(tmp_path / 'wheels').as_uri()}\n"
        "no-input = true\ncert =\n"
    )
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    for name in ("PIP_FIND_LINKS", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_CERT"):
        monkeypatch.delenv(name, raising=False)
    settings = ask_pip()
    client = make_client(**{name: getattr(settings, name) for name in settings.__slots__})
    (offer,) = client.find(settings.index_urls[0], "my-app")
    assert client.download(offer.url, offer.hashes).read_bytes() == ARCHIVE
    assert "secret" not in repr(offer)
    assert names(client.find(settings.index_urls[1], "other")) == ["other-1.tar.gz"]
    assert names(client.find_links(settings.find_links[0], "other")) == ["other-1.tar.gz"]
