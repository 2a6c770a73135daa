"""The answers to requests: pages, types, redirections, conditions, and paths that are refused."""

import json
import os

import pytest

from sdist_upip.site.catalog import CatalogEntry
from sdist_upip.site.serving.answers import make_answer
from support.site_records import make_project
from support.trees import write_tree

JSON = "application/vnd.pypi.simple.v1+json"
HTML = "text/html; charset=utf-8"
PROJECT = make_project("some-name")
FILES = {
    "index.html": "overview",
    "feed.xml": "feed",
    "project/some-name/index.html": "project",
    "simple/index.html": "projects",
    "simple/some-name/index.html": "archives",
    "files/some_name-1.0.tar.gz": "archive",
    "files/some_name-1.0.tar.gz.metadata": "metadata",
    "file/ab/abcd": "content",
    "package/6/Some_Name/latest.json": "{}",
    "pypi/some-name/json": "{}",
    "static/ä b.css": "style",
    "records/project/some-name.json": PROJECT.to_json().decode(),
    "records/catalog.jsonl": CatalogEntry.from_project(PROJECT).to_line().decode() + "\n",
    ".git/config": "secret",
    "static/.hidden": "secret",
}


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    directory = tmp_path_factory.mktemp("answers")
    write_tree(directory, {"secret": "secret", "secrets/index.html": "secret"})
    root = write_tree(directory / "site", FILES)
    (root / "link").symlink_to("../secret")
    (root / "links").symlink_to("../secrets")
    (root / "absolute").symlink_to(directory / "secret")
    os.mkfifo(root / "fifo")
    return root


def get(root, target, **headers):
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return make_answer((root,), target, names)


@pytest.mark.parametrize(
    "target, path, media_type, varies",
    [
        ("/", "index.html", HTML, False),
        ("/index.html", "index.html", HTML, False),
        ("/?q=a", "index.html", HTML, False),
        ("/#a", "index.html", HTML, False),
        ("/project/some-name/", "project/some-name/index.html", HTML, False),
        ("/simple/", "simple/index.html", HTML, True),
        ("/simple/some-name/", "simple/some-name/index.html", HTML, True),
        ("/%73imple/some%2Dname/", "simple/some-name/index.html", HTML, True),
        ("/simple/some-name/index.html", "simple/some-name/index.html", HTML, False),
        ("/files/some_name-1.0.tar.gz", "files/some_name-1.0.tar.gz", "application/gzip", False),
        (
            "/files/some_name-1.0.tar.gz.metadata",
            "files/some_name-1.0.tar.gz.metadata",
            "text/plain; charset=utf-8",
            False,
        ),
        ("/file/ab/abcd", "file/ab/abcd", "application/octet-stream", False),
        (
            "/package/6/Some_Name/latest.json",
            "package/6/Some_Name/latest.json",
            "application/json",
            False,
        ),
        ("/pypi/some-name/json", "pypi/some-name/json", "application/json", False),
        ("/feed.xml", "feed.xml", "application/atom+xml", False),
        ("/static/%C3%A4%20b.css", "static/ä b.css", "text/css; charset=utf-8", False),
    ],
)
def test_files_and_pages(root, target, path, media_type, varies):
    answer = get(root, target)
    assert answer.status == 200
    assert answer.body == (root / path).read_bytes()
    assert answer.headers["Content-Type"] == media_type
    assert answer.headers["Cache-Control"] == "no-cache"
    assert ("Vary" in answer.headers) == varies


@pytest.mark.parametrize(
    "target, location",
    [
        ("/simple", "/simple/"),
        ("/simple/some-name", "/simple/some-name/"),
        ("/simple/Some_Name", "/simple/some-name/"),
        ("/simple/Some_Name/", "/simple/some-name/"),
        ("/simple/some...name/?a=b&c", "/simple/some-name/?a=b&c"),
        ("/simple/Some.Name?a", "/simple/some-name/?a"),
        ("/project/some-name", "/project/some-name/"),
    ],
)
def test_redirections(root, target, location):
    answer = get(root, target, accept=JSON)
    assert answer.status == 301
    assert dict(answer.headers) == {"Location": location}
    assert answer.body == b""


@pytest.mark.parametrize(
    "target",
    [
        *("", "*", "x", "http://host/", "//", "///etc/passwd", "//simple/", "/simple//"),
        *("/../secret", "/..", "/simple/../../secret", "/./index.html", "/a/./b"),
        *("/%2e%2e/secret", "/%2E%2e%2fsecret", "/..%2fsecret", "/simple/%2e%2e/%2e%2e/secret"),
        *("/%252e%252e/secret", "/..%5csecret", "/..\\secret", "/a\\..\\..\\secret", "/%5c%5chost"),
        *("/index.html%00", "/%00", "/secret\0", "/index.html%0a", "/%0d%0aX: y"),
        *("/%2fetc%2fpasswd", "/etc/passwd", "/C:/secret", "/c%3a%5csecret", "/index.html/"),
        *("/link", "/links/", "/links/index.html", "/links", "/absolute", "/fifo", "/fifo/"),
        *("/.git/config", "/.git/", "/static/.hidden", "/%2egit/config", "/static", "/static/"),
        *("/%ff", "/%c3", "/%zz", "/nothing", "/nothing/", f"/{'a' * 300}", f"/{'a/' * 3000}"),
        *("/simple/nothing", "/simple/nothing/", "/simple/-x/", "/simple/a%2fb/", "/simple/ä/"),
        *("/simple/some-name/x", "/files", "/files/", "/file/ab/", "/files/nothing.tar.gz"),
    ],
)
def test_other_paths_are_not_found(root, target):
    answer = get(root, target)
    assert answer.status == 404
    assert b"secret" not in answer.body
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    "accept, media_type",
    [
        (JSON, JSON),
        ("application/vnd.pypi.simple.latest+json", JSON),
        ("application/vnd.pypi.simple.v1+html", f"application/vnd.pypi.simple.v1+{HTML[5:]}"),
        (f"{JSON};q=0.1, text/html", HTML),
        ("*/*", HTML),
    ],
)
def test_pages_of_the_simple_index_are_negotiated(root, accept, media_type):
    for target, html in (("/simple/", b"projects"), ("/simple/some-name/", b"archives")):
        answer = get(root, target, accept=accept)
        assert answer.status == 200
        assert answer.headers["Content-Type"] == media_type
        assert answer.headers["Vary"] == "Accept"
        assert (answer.body == html) == ("html" in media_type)
        assert answer.body == html or json.loads(answer.body)["meta"] == {"api-version": "1.1"}


def test_json_pages_are_made_of_the_records(root):
    page = json.loads(get(root, "/simple/some-name/", accept=JSON).body)
    assert page["files"][0]["filename"] == "some_name-1.0.tar.gz"
    index = json.loads(get(root, "/simple/", accept=JSON).body)
    assert index["projects"] == [{"name": "some-name"}]


def test_a_type_that_no_page_has(root):
    answer = get(root, "/simple/some-name/", accept="image/png")
    assert answer.status == 406
    assert answer.headers["Vary"] == "Accept"
    assert JSON.encode() in answer.body
    assert get(root, "/index.html", accept="image/png").status == 200


def test_conditions(root):
    answer = get(root, "/simple/")
    tag = answer.headers["ETag"]
    for condition in (tag, f"W/{tag}", f'"x", {tag}', f'"x",W/{tag}', "*"):
        same = get(root, "/simple/", if_none_match=condition)
        assert same.status == 304
        assert same.body == b""
        assert same.headers == {"ETag": tag, "Cache-Control": "no-cache", "Vary": "Accept"}
    for condition in ("", '"x"', tag.strip('"'), "x"):
        assert get(root, "/simple/", if_none_match=condition).status == 200
    assert get(root, "/simple/", accept=JSON, if_none_match=tag).status == 200
    assert get(root, "/nothing", if_none_match="*").status == 404


def test_files_that_never_change_also_come_from_the_site_before(root, tmp_path):
    new = write_tree(tmp_path / "new", {"index.html": "new", "files/some_name-1.0.tar.gz": "other"})

    def get(target):
        return make_answer((new, root), target, {})

    assert get("/").body == b"new"
    assert get("/files/some_name-1.0.tar.gz").body == b"other"
    assert get("/file/ab/abcd").body == b"content"
    for target in ("/feed.xml", "/simple/", "/pypi/some-name/json", "/file/", "/file/ab/nothing"):
        assert get(target).status == 404


@pytest.mark.parametrize("path", ["records/project/some-name.json", "records/catalog.jsonl"])
def test_records_that_are_damaged(tmp_path, path):
    root = write_tree(tmp_path / "site", {**FILES, path: "{"})
    target = "/simple/some-name/" if "project" in path else "/simple/"
    answer = get(root, target, accept=JSON)
    assert answer.status == 500
    assert answer.body.startswith(b"500 Internal Server Error\nThe records of the site: ")
    assert get(root, target).status == 200
