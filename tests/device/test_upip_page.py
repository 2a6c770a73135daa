"""Pages of indexes and lines of requirements mean the same on every board as on a computer."""

from urllib.parse import urljoin

import pytest

from support.hostile_pages import LINES, LONG_MARKUP, PAGES, URL, PageBody
from support.upip_device import import_module, upip_files

PIECES = (1, 7, 128)
"""How many bytes arrive at once; upip reads 128."""

CODE = """
import upip_index, upip_marker, upip_page, upip_req

class Body:
    url = {url!r}

    def __init__(self, page, size):
        self.rest = page.encode()
        self.size = size

    def read(self):
        piece = self.rest[:self.size]
        self.rest = self.rest[self.size:]
        return piece

def read_page(page, size):
    found = []
    for url, sha, yanked in upip_page.links(Body(page, size)):
        try:
            name, version, _ = upip_index.archive_name(url)
        except ValueError:
            continue
        if name == "a":
            found.append((url, version, sha, yanked))
    return found

def read_line(line):
    try:
        name, extras, specs, marker = upip_req.requirement(line)
        if marker:
            upip_marker.applies(marker, [""])
    except ValueError:
        return None
    return name, ",".join(sorted(extras))

for page, expected in {pages!r}:
    for size in {pieces!r}:
        found = read_page(page, size)
        if found != expected:
            print(page, size, found)
for line, expected in {lines!r}:
    if read_line(line) != expected:
        print(repr(line), read_line(line))
print("done")
"""


def test_every_page_and_line_of_the_table(interpreter):
    lines = [(line, meaning and meaning[:2]) for line, meaning in LINES]
    code = CODE.format(url=URL, pages=PAGES, pieces=PIECES, lines=lines)
    outcome = interpreter.run("exec(open('script').read())", {**upip_files(), "script": code})
    assert outcome.lines == ["done"]


@pytest.mark.parametrize("page", [page.encode() for page in LONG_MARKUP])
def test_markup_without_end_is_refused(upip, page):
    with pytest.raises(ValueError, match="a tag or comment of the page is too long"):
        list(import_module("upip_page").links(PageBody(page)))


def test_text_between_links_may_have_any_length(upip):
    page = b"x" * 300_000 + b"<a href=a-1.tar.gz>" + b"<!-- -->" * 40_000 + b"<a href=/b-1.tar.gz>"
    links = [url for url, _, _ in import_module("upip_page").links(PageBody(page))]
    assert links == [URL + "a-1.tar.gz", "https://x.test/b-1.tar.gz"]


@pytest.mark.parametrize(
    ("base", "url", "joined"),
    [
        ("http://h/simple/x/", "../../files/a.tar.gz", "http://h/files/a.tar.gz"),
        ("http://h/simple/x/", "a.tar.gz", "http://h/simple/x/a.tar.gz"),
        ("http://h/simple/x/", "/a", "http://h/a"),
        ("https://h/simple/x/", "//other/a", "https://other/a"),
        ("https://h/simple/x/", "http://o/a", "http://o/a"),
        ("http://h/x", "../../../a", "http://h/a"),
        ("http://h:1/a/b?c", "d", "http://h:1/a/d"),
        ("http://h", "a", "http://h/a"),
    ],
)
def test_addresses_are_joined_as_on_any_page(upip, base, url, joined):
    assert import_module("upip_page").join(base, url) == joined == urljoin(base, url)
