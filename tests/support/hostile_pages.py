"""Pages of indexes and lines of requirements, and what each means, on a board and a computer alike.

This module imports nothing, so that tests on boards can use it.
"""

URL = "https://x.test/simple/a/"
"""The URL of each page, which is that of the project `a`."""

SHA = "0123456789abcdef" * 4
BAD = "bad"
"""In place of a sha256: the link states something that is no sha256, so no file satisfies it."""

_FILES = "https://x.test/files/"
_ONE = (URL + "a-1.0.tar.gz", "1.0", "", False)
_TWO = (URL + "a-2.0.tar.gz", "2.0", "", False)

PAGES = [
    # quotes
    ('<a href="a-1.0.tar.gz">a</a>', [_ONE]),
    ("<a href='a-1.0.tar.gz'>a</a>", [_ONE]),
    ("<a href=a-1.0.tar.gz>a</a>", [_ONE]),
    ("<a href=a-1.0.tar.gz >a</a><a href=a-2.0.tar.gz>", [_ONE, _TWO]),
    (f"<a href=a-1.0.tar.gz#sha256={SHA}>a</a>", [(URL + "a-1.0.tar.gz", "1.0", SHA, False)]),
    # letters, blanks and lines in a tag
    ('<A HREF="a-1.0.tar.gz">a</A>', [_ONE]),
    ('<a HREF="a-1.0.tar.gz">a</a>', [_ONE]),
    ('<a href = "a-1.0.tar.gz" >a</a>', [_ONE]),
    ("<a href =\ta-1.0.tar.gz>a</a>", [_ONE]),
    ('<a\nhref="a-1.0.tar.gz"\n>a</a>', [_ONE]),
    ('<a\r\n\tclass="x"\r\n\thref="a-1.0.tar.gz">a</a>', [_ONE]),
    ('<a href="a-1.0.tar.gz"class="x">a</a>', [_ONE]),
    ('<a class="x"href="a-1.0.tar.gz">a</a>', [_ONE]),
    ('<a class=x rel=internal href="a-1.0.tar.gz" data-x>a</a>', [_ONE]),
    ('<a href=" a-1.0.tar.gz ">a</a>', [_ONE]),
    ('<a href="\n  a-1.0.tar.gz\n">a</a>', [_ONE]),
    # what looks like an href
    ('<a data-href="a-2.0.tar.gz" href="a-1.0.tar.gz">', [_ONE]),
    ('<a xhref="a-2.0.tar.gz" href="a-1.0.tar.gz">', [_ONE]),
    ('<a title=" href=\'a-2.0.tar.gz\'" href="a-1.0.tar.gz">', [_ONE]),
    ('<a title="2 > 1" href="a-1.0.tar.gz">', [_ONE]),
    ('<a title="<a href=a-2.0.tar.gz>" href="a-1.0.tar.gz">', [_ONE]),
    ('<a href="a-1.0.tar.gz" href="a-2.0.tar.gz">', [_ONE]),
    ('<a data-href="a-1.0.tar.gz">', []),
    ('<ahref="a-1.0.tar.gz">', []),
    ('<abbr href="a-1.0.tar.gz">', []),
    ('<link href="a-1.0.tar.gz">', []),
    ('<area href="a-1.0.tar.gz">', []),
    ('</a href="a-1.0.tar.gz">', []),
    ('a href="a-1.0.tar.gz"', []),
    ("<a>a-1.0.tar.gz</a><a href>x</a><a href=''>x</a><a name=x>x</a>", []),
    # comments
    ('<!-- <a href="a-2.0.tar.gz"> --><a href="a-1.0.tar.gz">', [_ONE]),
    ('<!-- > <a href="a-2.0.tar.gz"> --><a href="a-1.0.tar.gz">', [_ONE]),
    ('<!--\n<a href="a-2.0.tar.gz">\n--><a href="a-1.0.tar.gz">', [_ONE]),
    ('<!DOCTYPE html><?x y?><a href="a-1.0.tar.gz">', [_ONE]),
    # tags that are no links, with what looks like one
    ('<a href="a-1.0.tar.gz">a</a<a href=a-2.0.tar.gz>>', [_ONE]),
    ('</p <a href="a-2.0.tar.gz"><a href="a-1.0.tar.gz">', [_ONE]),
    ('<!x <a href="a-2.0.tar.gz"><a href="a-1.0.tar.gz">', [_ONE]),
    ('<?x <a href="a-2.0.tar.gz"><a href="a-1.0.tar.gz">', [_ONE]),
    ("<a =href=a-1.0.tar.gz>", []),
    # character references
    (
        '<a href="a-1.0.tar.gz?v=1&amp;w=2">',
        [(URL + "a-1.0.tar.gz?v=1&w=2", "1.0", "", False)],
    ),
    ('<a href="a-1.0&#43;x.tar.gz">', [(URL + "a-1.0+x.tar.gz", "1.0+x", "", False)]),
    ('<a href="a-1.0&#x2B;x.tar.gz">', [(URL + "a-1.0+x.tar.gz", "1.0+x", "", False)]),
    ('<a href="a-1.0&#x2b;x.tar.gz">', [(URL + "a-1.0+x.tar.gz", "1.0+x", "", False)]),
    ("<a href=a&#45;1.0.tar.gz>", [_ONE]),
    ('<a href="&#46;&#46;/a/a-1.0.tar.gz">', [_ONE]),
    ('<a href="a-1.0.tar.gz?x=&quot;&lt;&gt;">', [(URL + 'a-1.0.tar.gz?x="<>', "1.0", "", False)]),
    # base
    (
        '<base href="https://y.test/d/"><a href="a-1.0.tar.gz">',
        [("https://y.test/d/a-1.0.tar.gz", "1.0", "", False)],
    ),
    (
        "<BASE HREF=/d/><a href=a-1.0.tar.gz>",
        [("https://x.test/d/a-1.0.tar.gz", "1.0", "", False)],
    ),
    (
        '<base target="_top"><base href="/d/"><base href="/e/"><a href="a-1.0.tar.gz">',
        [("https://x.test/d/a-1.0.tar.gz", "1.0", "", False)],
    ),
    ('<!-- <base href="/d/"> --><a href="a-1.0.tar.gz">', [_ONE]),
    (
        '<a href=a-1.0.tar.gz><base href="/d/"><a href=a-2.0.tar.gz>',
        [_ONE, ("https://x.test/d/a-2.0.tar.gz", "2.0", "", False)],
    ),
    ("<base href><base href=/d/><a href=a-1.0.tar.gz>", [_ONE]),
    ("<base href=https://><base href=/d/><a href=a-1.0.tar.gz>", [_ONE]),
    ("<base href=ftp://y.test/><base href=/d/><a href=a-1.0.tar.gz>", [_ONE]),
    (
        "<base href=..><a href=a-1.0.tar.gz>",
        [("https://x.test/simple/a-1.0.tar.gz", "1.0", "", False)],
    ),
    # kinds of URLs
    ('<a href="../../files/a-1.0.tar.gz">', [(_FILES + "a-1.0.tar.gz", "1.0", "", False)]),
    ('<a href="/files/a-1.0.tar.gz">', [(_FILES + "a-1.0.tar.gz", "1.0", "", False)]),
    (
        '<a href="//y.test/a-1.0.tar.gz">',
        [("https://y.test/a-1.0.tar.gz", "1.0", "", False)],
    ),
    (
        '<a href="HTTPS://y.test/a-1.0.tar.gz">',
        [("https://y.test/a-1.0.tar.gz", "1.0", "", False)],
    ),
    (
        '<a href="https://me:secret@y.test/a-1.0.tar.gz">',
        [("https://y.test/a-1.0.tar.gz", "1.0", "", False)],
    ),
    ('<a href="./a-1.0.tar.gz?x=/b-2.0.tar.gz">', [(_ONE[0] + "?x=/b-2.0.tar.gz", *_ONE[1:])]),
    ('<a href="file:///etc/a-1.0.tar.gz">', []),
    ('<a href="FILE:///etc/a-1.0.tar.gz">', []),
    ('<a href="ftp://x.test/a-1.0.tar.gz">', []),
    ('<a href="javascript:a-1.0.tar.gz">', []),
    ('<a href="data:,a-1.0.tar.gz">', []),
    ('<a href="https://[/a-1.0.tar.gz">', []),
    ("<a href=d//a-1.0.tar.gz>", [(URL + "d//a-1.0.tar.gz", "1.0", "", False)]),
    (
        "<a href=https://y.test/d/../a-1.0.tar.gz>",
        [("https://y.test/a-1.0.tar.gz", "1.0", "", False)],
    ),
    ("<a href=https:a-1.0.tar.gz>", []),
    ("<a href=https:///a-1.0.tar.gz>", []),
    ("<a href=///d/a-1.0.tar.gz>", []),
    ('<a href="&quot;://y.test/a-1.0.tar.gz">', []),
    ("<a href=a-1.0.tar.gz;>", []),
    # hashes
    (
        f'<a href="a-1.0.tar.gz#sha256={SHA.upper()}">',
        [(_ONE[0], "1.0", SHA, False)],
    ),
    (
        f'<a href="a-1.0.tar.gz#egg=a&amp;md5=00112233445566778899aabbccddeeff&amp;sha256={SHA}">',
        [(_ONE[0], "1.0", SHA, False)],
    ),
    ('<a href="a-1.0.tar.gz#egg=a">', [_ONE]),
    ('<a href="a-1.0.tar.gz#">', [_ONE]),
    ('<a href="a-1.0.tar.gz#sha256=">', [(_ONE[0], "1.0", BAD, False)]),
    ('<a href="a-1.0.tar.gz#sha256">', [(_ONE[0], "1.0", BAD, False)]),
    ('<a href="a-1.0.tar.gz#sha256=12">', [(_ONE[0], "1.0", BAD, False)]),
    (f'<a href="a-1.0.tar.gz#sha256={SHA}0">', [(_ONE[0], "1.0", BAD, False)]),
    (f'<a href="a-1.0.tar.gz#sha256:{SHA}">', [(_ONE[0], "1.0", BAD, False)]),
    (f'<a href="a-1.0.tar.gz#sha-256={SHA}">', [(_ONE[0], "1.0", BAD, False)]),
    (
        f'<a href="a-1.0.tar.gz#sha256={SHA}&amp;sha256={SHA[::-1]}">',
        [(_ONE[0], "1.0", BAD, False)],
    ),
    (f'<a href="a-1.0.tar.gz#SHA256={SHA}">', [(_ONE[0], "1.0", SHA, False)]),
    (f'<a href="a-1.0.tar.gz#x y&amp;sha256={SHA}">', [(_ONE[0], "1.0", SHA, False)]),
    (f'<a href="a-1.0.tar.gz#sha256={SHA[:8]}\n{SHA[8:]}">', [(_ONE[0], "1.0", BAD, False)]),
    (f'<a href="a-1.0.tar.gz#sha256=%30{SHA[1:]}">', [(_ONE[0], "1.0", BAD, False)]),
    (f'<a href="a-1.0.tar.gz#sha2560&amp;sha256={SHA}">', [(_ONE[0], "1.0", BAD, False)]),
    (f'<a href="a-1.0.tar.gz#sha25%36={SHA}">', [_ONE]),
    (f'<a href="a-1.0.tar.gz#sha384={SHA}">', [_ONE]),
    # yanked
    ('<a href="a-1.0.tar.gz" data-yanked>', [(*_ONE[:3], True)]),
    ('<a href="a-1.0.tar.gz" data-yanked="">', [(*_ONE[:3], True)]),
    ("<a data-yanked='why' href='a-1.0.tar.gz'>", [(*_ONE[:3], True)]),
    ('<a href="a-1.0.tar.gz"data-yanked=why>', [(*_ONE[:3], True)]),
    ('<a href="a-1.0.tar.gz"\nDATA-YANKED>', [(*_ONE[:3], True)]),
    ('<a href="a-1.0.tar.gz" title=" data-yanked">', [_ONE]),
    ('<a href="a-1.0.tar.gz" data-yanked-not>', [_ONE]),
    # names and versions
    ('<a href="a-1.0%2Bx.tar.gz">', [(URL + "a-1.0%2Bx.tar.gz", "1.0+x", "", False)]),
    ('<a href="A-1.0.tar.gz">', [(URL + "A-1.0.tar.gz", "1.0", "", False)]),
    ('<a href="%61-1.0.tar.gz">', [(URL + "%61-1.0.tar.gz", "1.0", "", False)]),
    ('<a href="b-1.0.tar.gz">', []),
    ('<a href="a-b-1.0.tar.gz">', []),
    ('<a href="a-x.tar.gz">', []),
    ('<a href="a-.tar.gz">', []),
    ('<a href="a.tar.gz">', []),
    ('<a href="a-1.0.tar.gz.asc">', []),
    ('<a href="a-1.0.tar.gz/">', []),
    ('<a href="a-1.0.TAR.GZ">', []),
    ('<a href="a-1.0%0a.tar.gz">', []),
    ('<a href="a-1.0%1b.tar.gz">', []),
    ('<a href="a-1.0%00.tar.gz">', []),
    ('<a href="a-1.0+x%0Afile 00 boot.py.tar.gz">', []),
    ('<a href="a-1.0+x/y.tar.gz">', []),
    ('<a href="a-1.0+x%2fy.tar.gz">', []),
    ('<a href="..%2fa-1.0.tar.gz">', []),
    ('<a href="%2ftmp%2fa-1.0.tar.gz">', []),
    ('<a href="..%5ca-1.0.tar.gz">', []),
    ('<a href="x:a-1.0.tar.gz">', []),
    # control characters and blanks in a URL
    ('<a href="a-\n1.0.tar.gz">', []),
    ('<a href="a-1.0.tar.gz\r\nX: y">', []),
    ('<a href="d\t/a-1.0.tar.gz">', []),
    ('<a href="d e/a-1.0.tar.gz">', []),
    ('<a href="d&#10;X/a-1.0.tar.gz">', []),
    # truncated
    ('<a href="a-1.0.tar.gz"><a href="a-2.0.tar.gz', [_ONE]),
    ('<a href="a-1.0.tar.gz"><a href="a-2.0.tar.gz"', [_ONE]),
    ('<a href="a-1.0.tar.gz"><!-- <a href="a-2.0.tar.gz">', [_ONE]),
    ("", []),
]
"""From a page to its archives of the project `a`: (URL, version, sha256 or "", yanked)."""

LONG_MARKUP = ["<a " * 400_000, "<a x='" + "y" * 400_000, "<!--" + "<a>" * 200_000]
"""Pages with a tag or a comment that is too long: refused as a whole, in little memory."""

LINES = [
    ("a", ("a", "", "")),
    ("a-b", ("a-b", "", "")),
    ("t", ("t", "", "")),
    ("tt[t]>=1", ("tt", "t", ">=1")),
    ("top ( >= 1 )", ("top", "", ">=1")),
    ("A_b.C", ("a-b-c", "", "")),
    ("a..b", ("a-b", "", "")),
    ("a--b", ("a-b", "", "")),
    ("1", ("1", "", "")),
    ("1a", ("1a", "", "")),
    (" a ", ("a", "", "")),
    ("a\t>=1", ("a", "", ">=1")),
    ("a>=1", ("a", "", ">=1")),
    ("a-b>=1", ("a-b", "", ">=1")),
    ("a >= 1 , < 2", ("a", "", ">=1,<2")),
    ("a(>=1)", ("a", "", ">=1")),
    ("a (>=1,<2)", ("a", "", ">=1,<2")),
    ("a()", ("a", "", "")),
    ("a>=1,", ("a", "", ">=1")),
    ("a==1.*", ("a", "", "==1.*")),
    ("a!=1.0.*", ("a", "", "!=1.0.*")),
    ("a~=1.2", ("a", "", "~=1.2")),
    ("a-b ~= 1.2.3", ("a-b", "", "~=1.2.3")),
    ("a==1.0+x", ("a", "", "==1.0+x")),
    ("a>=1.0rc1", ("a", "", ">=1.0rc1")),
    ("a>=v1.0", ("a", "", ">=1.0")),
    ("a<1!2", ("a", "", "<1!2")),
    ("a<2,>=1,!=1.5", ("a", "", ">=1,!=1.5,<2")),
    ("a[x]", ("a", "x", "")),
    ("a [x]", ("a", "x", "")),
    ("a[]", ("a", "", "")),
    ("a[y , x]>=1", ("a", "x,y", ">=1")),
    ("a; implementation_name == 'micropython'", ("a", "", "")),
    ("a>=1;implementation_name=='micropython'", ("a", "", ">=1")),
    ('a ; implementation_name == "micropython"', ("a", "", "")),
    ("a; (implementation_name=='x' or implementation_name=='micropython')", ("a", "", "")),
    ("a-1.0.tar.gz", ("a-1-0-tar-gz", "", "")),  # a name of a package, and never a file
    # refused
    ("", None),
    (" ", None),
    ("-", None),
    ("-a", None),
    ("_a", None),
    (".a", None),
    ("foo-", None),
    ("foo_", None),
    ("foo.", None),
    ("a-b;", None),
    ("a;", None),
    ("a ; ", None),
    ("a;;", None),
    ("a>=1;", None),
    ("a-b~=1", None),
    ("a~=1", None),
    ("a~=1.0.*", None),
    ("a>=1.*", None),
    ("a<1.*", None),
    ("a==*", None),
    ("a>=1.0+x", None),
    ("a>=", None),
    ("a==", None),
    ("a=1", None),
    ("a=>1", None),
    ("a<>1", None),
    ("a==x", None),
    ("a,>=1", None),
    ("a>=1,,<2", None),
    ("a>=1 <2", None),
    ("a>=1 2", None),
    ("a>=1||<2", None),
    ("a>=1 and a<2", None),
    ("a>1.0-", None),
    ("a==1/2", None),
    ("a==../b", None),
    ("a[x", None),
    ("a[x,]", None),
    ("a[,]", None),
    ("a[y_]", None),
    ("a[x y]", None),
    ("a(>=1", None),
    ("a b", None),
    ("a/b", None),
    ("../a", None),
    ("a'", None),
    ("a # why", None),
    ("a @ https://x.test/a-1.0.tar.gz", None),
    ("a@file:///a-1.0.tar.gz", None),
    ("https://x.test/a-1.0.tar.gz", None),
    ("./a-1.0.tar.gz", None),
    ("a\n>=1", None),
    ("a\r", None),
    ("a>=1\rb", None),
    ("a\0", None),
    ("a\x1b[31m", None),
    ("a\x9b31m", None),
    ("\u00e1", None),
    ("a\u202e", None),
    ("a>=1.0\u0661", None),
    ("a; x == 'y'", None),
    ("a; implementation_name", None),
    ("a; implementation_name == 'micropython", None),
    ("a; implementation_name == 'micropython' and", None),
    ("a; implementation_name == 'micropython' 'x'", None),
]
"""From a line of requirements to (normalized name, extras, specifier), or None if it is refused."""


class PageBody:
    """The body of a page as upip reads it, 128 bytes at a time."""

    url = URL

    def __init__(self, page):
        self.rest = page

    def read(self):
        """Return the next bytes, b"" at the end."""
        piece, self.rest = self.rest[:128], self.rest[128:]
        return piece
