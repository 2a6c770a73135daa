"""Pages of indexes and lines of requirements mean the same on every board as on a computer."""

import sys
from urllib.parse import urljoin

import pytest

from support.hostile_pages import LINES, LONG_MARKUP, PAGES, URL, PageBody
from support.upip_device import import_module, upip_files

PIECES = (1, 7, 128)
"""How many bytes arrive at once; upip reads 128."""

CODE = """
import upip_html, upip_index, upip_marker, upip_page, upip_spec

class Body:
    url = {url!r}

    def __init__(self, page, size):
        self.rest = page.encode()
        self.size = size

    def read(self):
        piece = self.rest[:self.size]
        self.rest = self.rest[self.size:]
        return piece

def read_page(links, page, size):
    found = []
    for url, sha, yanked in links(Body(page, size)):
        try:
            name, version, _ = upip_index.archive_name(url)
        except ValueError:
            continue
        if name == "a":
            found.append((url, version, sha, yanked))
    return found

def read_line(line):
    try:
        name, extras, specs, marker = upip_spec.requirement(line)
        if marker:
            upip_marker.applies(marker, [""])
    except ValueError:
        return None
    return name, ",".join(sorted(extras))

for page, expected in {pages!r}:
    for size in {pieces!r}:
        for links in (upip_page.links, upip_html.links):
            found = read_page(links, page, size)
            if found != expected:
                print(page, size, found)
for line, expected in {lines!r}:
    if read_line(line) != expected:
        print(repr(line), read_line(line))
print("done")
"""


class SmallPieces(PageBody):
    """A page that arrives `size` bytes at a time."""

    def __init__(self, page, size):
        super().__init__(page.encode())
        self.size = size

    def read(self):
        piece = self.rest[: self.size]
        self.rest = self.rest[self.size :]
        return piece


def test_every_page_and_line_of_the_table(interpreter):
    lines = [(line, meaning and meaning[:2]) for line, meaning in LINES]
    code = CODE.format(url=URL, pages=PAGES, pieces=PIECES, lines=lines)
    outcome = interpreter.run("exec(open('script').read())", {**upip_files(), "script": code})
    assert outcome.lines == ["done"]


@pytest.mark.parametrize("page", [page.encode() for page in LONG_MARKUP])
def test_markup_without_end_is_refused(upip, page):
    with pytest.raises(ValueError, match="a tag or comment of the page is too long"):
        list(import_module("upip_page").links(PageBody(page)))


HASH = "#sha256=" + 64 * "a"


def as_pypi(anchor):
    """Return a page as PyPI writes it, with an anchor."""
    return f"""<!DOCTYPE html>
<html>
  <head>
    <meta name="pypi:repository-version" content="1.4">
    <title>Links for a</title>
  </head>
  <body class="x">
    <h1>Links for a</h1>
{anchor}
<br/><a href="/b-1.tar.gz">b</a><br />
</body>
</html>
<!--SERIAL 12345678-->"""


PLAIN = [
    f'<a href="https://files.test/a-1.tar.gz{HASH}">a</a>',
    f'<a href="http://files.test:80/a/b/a-1.tar.gz{HASH}" data-requires-python="&gt;=3.4">a</a>',
    f'<a href="a-1.tar.gz{HASH}" data-core-metadata="sha256=1" data-yanked="by &lt;me">a</a>',
    '<a href="../../../a-1.tar.gz">a</a>',
    '<a href="files/a-1.tar.gz" data-gpg-sig="false">a</a >',
]
ODD = [
    "<a href=a-1.tar.gz>",
    "<a href='a-1.tar.gz'>",
    '<a class="x" href="a-1.tar.gz">',
    '<A href="a-1.tar.gz">',
    '<a\thref="a-1.tar.gz">',
    '<a href = "a-1.tar.gz">',
    '<a href="" title="a-1.tar.gz">',
    '<a href="a-1.tar.gz" data-yanked>',
    '<a href="a-1.tar.gz" data-Yanked="x">',
    '<a href="a-1.tar.gz" data-yanked-by="x">',
    '<a href="a-1.tar.gz" data-requires-python=">3">',
    '<a href="a-1.tar.gz" x=\'"\' data-yanked="">',
    '<a href="/a-1.tar.gz">',
    '<a href="//h.test/a-1.tar.gz">',
    '<a href="https://h.test/../a-1.tar.gz">',
    '<a href="https://h.test/./a-1.tar.gz">',
    '<a href="https://u:p@h.test/a-1.tar.gz">',
    '<a href="../http://h.test/a-1.tar.gz">',
    '<a href="HTTPS://h.test/a-1.tar.gz">',
    '<a href="ftp://h.test/a-1.tar.gz">',
    '<a href="./a-1.tar.gz">',
    '<a href="x/../a-1.tar.gz">',
    '<a href="a-1.tar.gz?x#y">',
    '<a href="a-1.tar.gz#egg=a&amp;sha256=1">',
    f'<a href="a-1.tar.gz{HASH.upper()}">',
    '<a href=" a-1.tar.gz">',
    '<a href="\u00e4-1.tar.gz">',
    '<base href="https://h.test/"><a href="a-1.tar.gz">',
    '<m x=a"b c="d><a href=\'a-1.tar.gz\'>">',
    "<m y=z=\"q><a href='a-1.tar.gz'>\">",
    '<m ="x y="z><a href=\'a-1.tar.gz\'>">',
    '<m="a b="><a href=\'a-1.tar.gz\'>">',
    "<m x='><a href=\"a-1.tar.gz\">'>",
    '< <a href="a-1.tar.gz">',
    '<!-- <a href="no-1.tar.gz"> --><a href="a-1.tar.gz"><!--><a href="no-1.tar.gz">-->',
]


@pytest.mark.parametrize("size", PIECES)
@pytest.mark.parametrize("anchor", PLAIN + ODD)
def test_usual_pages_mean_the_same_as_any(upip, anchor, size):
    usual, general = (
        list(import_module(name).links(SmallPieces(as_pypi(anchor), size)))
        for name in ("upip_page", "upip_html")
    )
    assert usual == general
    assert usual[-1][0] in ("https://x.test/b-1.tar.gz", "https://h.test/b-1.tar.gz")


@pytest.mark.parametrize("anchor", PLAIN)
def test_usual_pages_load_no_more_modules(upip, anchor, monkeypatch):
    monkeypatch.setitem(sys.modules, "upip_html", None)
    page = as_pypi(anchor).replace('"/b', '"b')
    assert len([*import_module("upip_page").links(SmallPieces(page, 128))]) == 2


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
    assert import_module("upip_html").join(base, url) == joined == urljoin(base, url)
