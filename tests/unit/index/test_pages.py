"""Pages of indexes: the links in them."""

import json
import re
from urllib.parse import unquote

import pytest

from sdist_upip.filenames import read_archive_name
from sdist_upip.index.pages import (
    IndexPage,
    PageError,
    fragment_hashes,
    known_hashes,
    parse_index_page,
)
from support import hostile_pages
from support.hostile_names import HOSTILE_PARTS, HOSTILE_WHEELS

URL = "https://x.test/simple/my-app/"


def read(content, **fields):
    page = IndexPage(URL, content if isinstance(content, bytes) else content.encode(), **fields)
    return [link for link, _ in parse_index_page(page, "x")]


def read_json(*files):
    return read(json.dumps({"files": files}), is_json=True)


@pytest.mark.parametrize(
    ("href", "url"),
    [
        ("../../files/a-1.tar.gz", "https://x.test/files/a-1.tar.gz"),
        ("/files/a-1.tar.gz", "https://x.test/files/a-1.tar.gz"),
        ("//y.test/a-1.tar.gz", "https://y.test/a-1.tar.gz"),
        ("a-1.tar.gz?v=1&amp;w=2#egg=a", f"{URL}a-1.tar.gz?v=1&w=2"),
        ("https://me:secret@y.test/a-1.tar.gz", "https://y.test/a-1.tar.gz"),
    ],
)
def test_links_are_relative_to_the_page(href, url):
    (link,) = read(f'<A HREF="{href}">whatever</A>')
    assert link.url == url
    assert (link.filename, link.projects) == ("a-1.tar.gz", ["a"])


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("https://y.test/d/", "https://y.test/d/a-1.tar.gz"),
        ("/d/", "https://x.test/d/a-1.tar.gz"),
    ],
)
def test_a_base_counts(base, url):
    (link,) = read(f'<base href="{base}"><base href="/other/"><a href=a-1.tar.gz>')
    assert link.url == url


@pytest.mark.parametrize(
    "href",
    ["file:///etc/a-1.tar.gz", "mailto:a-1.tar.gz", "ftp://x/a-1.tar.gz", "http://[/a-1.tar.gz"],
)
def test_links_that_lead_elsewhere_are_passed_over(href):
    assert read(f'<a href="{href}"></a><a>no link</a><a href></a>') == []


@pytest.mark.parametrize("part", [*HOSTILE_PARTS, *HOSTILE_WHEELS])
def test_links_that_are_not_one_file_name_are_passed_over(part):
    assert read(f'<a href="{part}"></a><a href="https://x.test/{part}"></a>') == []
    assert read_json({"url": "x-1.tar.gz", "filename": unquote(part)}) == []
    assert read_json({"url": "x-1.tar.gz", "filename": part}) == []


def test_a_page_of_this_computer_may_name_its_files():
    page = IndexPage("file:///srv/a/index.html", b'<a href="a-1.tar.gz">')
    assert [link.url for link, _ in parse_index_page(page, "x")] == ["file:///srv/a/a-1.tar.gz"]


@pytest.mark.parametrize("host", ["//host", "//host:1", "////host"])
def test_no_page_of_this_computer_names_files_of_another(host):
    page = IndexPage("file:///srv/a/index.html", f'<a href="file:{host}/a-1.tar.gz">'.encode())
    assert list(parse_index_page(page, "x")) == []


def test_hashes_and_yanked_are_read():
    links = read(
        '<a href="a-1.tar.gz#sha256=AB&md5=cd" data-yanked="broken">'
        '<a href="a-2.tar.gz#sha256=ef" data-yanked>'
        '<a href="a-3.tar.gz#egg=a" data-yanked="">'
        '<a href="a-4.tar.gz">'
    )
    assert [link.yanked for link in links] == [True, True, True, False]
    assert [link.hashes for link in links] == [
        {"sha256": "ab", "md5": "cd"},
        {"sha256": "ef"},
        {},
        {},
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "no-such", "hex", "idna"])
def test_an_encoding_that_does_not_fit_harms_no_link(encoding):
    content = b'<title>\xff\xfe</title><a href="a-1.tar.gz">'
    (link,) = read(content, encoding=encoding)
    assert link.filename == "a-1.tar.gz"


def test_json_pages_are_read():
    first, second = read_json(
        {
            "filename": "a-1.tar.gz",
            "url": "../../files/0123",
            "hashes": {"SHA256": "AB", "new": "x"},
            "yanked": "broken",
            "size": 12,
        },
        {"filename": "a-2.tar.gz", "url": "https://y.test/a-2.tar.gz", "hashes": {}},
    )
    assert (first.filename, first.url) == ("a-1.tar.gz", "https://x.test/files/0123")
    assert (first.hashes, first.yanked, first.size) == ({"sha256": "ab"}, True, 12)
    assert (second.filename, second.hashes, second.yanked) == ("a-2.tar.gz", {}, False)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{}",
        '{"files": 1}',
        '{"files": [1]}',
        '{"files": [{"url": "a-1.tar.gz"}]}',
        '{"files": [{"url": "a-1.tar.gz", "filename": "a-1.tar.gz", "hashes": []}]}',
        "[" * 100_000,
    ],
)
def test_other_json_is_an_error(content):
    with pytest.raises(PageError, match="invalid JSON for a simple index"):
        read(content, is_json=True)


@pytest.mark.parametrize("content", [b"\xff\x00<a", b"<![x[<a href='a-1.tar.gz'>", b"<!"])
def test_broken_html_does_not_crash(content):
    try:
        assert read(content) == []
    except PageError as error:
        assert str(error) == "invalid HTML"


def test_only_hashes_that_can_be_checked_count():
    assert known_hashes({"SHA512": "AB", "crc32": "00", "shake_128": "00"}) == {"sha512": "ab"}
    assert fragment_hashes("https://x.test/a#sha384=aa&egg=b&blake2b=cc") == {
        "sha384": "aa",
        "blake2b": "cc",
    }


def read_archives(page):
    """Return the archives of the project `a` as the table has them."""
    found = []
    for link, _ in parse_index_page(IndexPage(hostile_pages.URL, page.encode()), ""):
        archive = read_archive_name(link.filename)
        if archive and archive[0] == "a":
            digest = link.hashes.get("sha256", "")
            is_hash = not digest or re.fullmatch("[0-9a-f]{64}", digest)
            digest = digest if is_hash else hostile_pages.BAD
            found.append((link.url, archive[1], digest, link.yanked))
    return found


@pytest.mark.parametrize(("page", "archives"), hostile_pages.PAGES)
def test_pages_mean_the_same_as_on_a_board(page, archives):
    assert read_archives(page) == archives
    assert read_archives(f"{'x' * 70_000}<p>{page}") == archives


@pytest.mark.parametrize("page", hostile_pages.LONG_MARKUP, ids=range(3))
def test_a_tag_without_end_is_refused(page):
    with pytest.raises(PageError, match="a tag, comment or script of more than 262,144 letters"):
        read_archives(page)


def test_the_number_of_links_is_limited(monkeypatch):
    monkeypatch.setattr("sdist_upip.index.pages.LINK_LIMIT", 1000)
    page = "<a href=a-1.zip>" * 1000
    assert len(read(page)) == 1000
    with pytest.raises(PageError, match="more than 1,000 links"):
        read(page + "<a href=a-1.zip>")
    file = '{"url":"a-1.zip","filename":"a-1.zip"}'
    json_page = '{"files":[' + ",".join([file] * 1000) + "]}"
    assert len(read(json_page, is_json=True)) == 1000
    with pytest.raises(PageError, match="more than 1,000 links"):
        read(json_page.replace("]}", f",{file}]}}"), is_json=True)


@pytest.mark.parametrize("item", ["{},", "[],", "1,", '"ab",'])
def test_json_with_many_values_is_not_parsed(item):
    with pytest.raises(PageError, match="more values than a page of a simple index has"):
        read('{"files":[' + item * 5_000_000 + "0]}", is_json=True)
