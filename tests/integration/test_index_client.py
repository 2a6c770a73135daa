"""The index client: what it finds in indexes and directories, online and offline."""

import hashlib

import pytest

from sdist_upip import __version__
from sdist_upip.errors import DownloadError
from sdist_upip.index.pip_settings import ask_pip
from support.index_clients import ARCHIVE, NAME, sha256
from support.index_server import Index, Reply
from support.trees import write_tree


def names(links):
    return [link.filename for link in links]


@pytest.mark.parametrize("kind", ["html", "json"])
def test_all_files_of_a_project_are_found(index, make_client, kind):
    index.json = kind == "json"
    index.add(NAME, ARCHIVE)
    index.add("my_app-1.1.tar.gz", b"x", name="my-app", yanked="")
    index.add("my_app-1.0-py3-none-any.whl", b"w", name="my-app", sha256=None)
    index.add("other-1.0.tar.gz", b"o", name="my-app")
    links = make_client().find(index.simple, "My.App")
    assert names(links) == [NAME, "my_app-1.1.tar.gz", "my_app-1.0-py3-none-any.whl"]
    assert [link.yanked for link in links] == [False, True, False]
    sizes = [len(ARCHIVE), 1, 1] if index.json else [None, None, None]
    assert [link.size for link in links] == sizes
    assert links[0].url == index.url(f"/files/{NAME}")
    assert links[0].hashes == {"sha256": sha256(ARCHIVE)}
    assert links[2].hashes == {}
    assert all(link.projects == ["my-app"] for link in links)
    assert links[0].comes_from == index.simple
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
def test_a_package_that_an_index_does_not_have_is_not_an_error(index, make_client, status):
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


def test_links_to_find(tmp_path, index, make_client):
    page = (
        f'<a href="{NAME}">a</a> <a href="/b/other-2.tar.gz#md5={hashlib.md5(b"o").hexdigest()}">'
    )
    index.replies["/list"] = Reply(page.encode(), headers={"Content-Type": "text/html"})
    index.replies["/b/other-2.tar.gz"] = Reply(b"o")
    write_tree(tmp_path / "w", {"page.html": page, NAME: ARCHIVE, "index.HTM": "<a href=q-1.zip>"})
    client = make_client()
    (link,) = client.find_links(index.url("/list"), "my-app")
    assert link.url == index.url(f"/{NAME}")
    (link,) = client.find_links(index.url("/list"), "other")
    assert client.download(link.url, link.hashes).read_bytes() == b"o"
    assert index.requests == ["/list", "/b/other-2.tar.gz"]
    (link,) = client.find_links(index.url(f"/x/{NAME}#sha256=ab"), "my-app")
    assert (link.url, link.hashes) == (index.url(f"/x/{NAME}"), {"sha256": "ab"})
    assert names(client.find_links(str(tmp_path / "w"), "my-app")) == [NAME, NAME]
    assert names(client.find_links(str(tmp_path / "w"), "q")) == ["q-1.zip"]
    assert names(client.find_links(str(tmp_path / "w" / "page.html"), "my-app")) == [NAME]
    assert names(client.find_links(str(tmp_path / "w" / NAME), "my-app")) == [NAME]
    with pytest.raises(DownloadError, match="/gone: page of links not found"):
        client.find_links(index.url("/gone"), "my-app")


def test_a_page_that_is_too_large_is_an_error(index, make_client, monkeypatch):
    monkeypatch.setattr("sdist_upip.index.page_requests.PAGE_LIMIT", 1 << 20)
    index.replies["/simple/a/"] = Reply(bytes(2 << 20), headers={"Content-Type": "text/html"})
    with pytest.raises(DownloadError, match="the page exceeds 1 MiB"):
        make_client().find(index.simple, "a")


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
        with pytest.raises(DownloadError, match=r"not in the cache, .*--no-index, .*--find-links"):
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
    (link,) = client.find(settings.index_urls[0], "my-app")
    assert client.download(link.url, link.hashes).read_bytes() == ARCHIVE
    assert "secret" not in repr(link)
    assert names(client.find(settings.index_urls[1], "other")) == ["other-1.tar.gz"]
    assert names(client.find_links(settings.find_links[0], "other")) == ["other-1.tar.gz"]


@pytest.mark.network
def test_the_index_of_pip_knows_old_packages_for_boards(make_client):
    settings = ask_pip()
    client = make_client(cert=settings.cert, proxy=settings.proxy, retries=settings.retries)
    links = client.find(settings.index_urls[0], "micropython-logging")
    (link,) = (link for link in links if link.filename == "micropython-logging-0.3.tar.gz")
    path = client.download(link.url, link.hashes)
    assert sha256(path.read_bytes()) == link.hashes["sha256"]
