"""The metadata that a site publishes is that of the archive, or states what the archive lacks."""

import pytest

from sdist_upip.errors import ArchiveError
from sdist_upip.metadata.core import parse_metadata
from sdist_upip.site.project_metadata import identify_archive, read_project_metadata

HEAD = "Metadata-Version: 2.1\nName: My.Lib\nVersion: 1.0\n"


def read(text, requires=(), path="PKG-INFO"):
    return read_project_metadata({path: text.encode()}, "my-lib", "1.0", requires)


def identify(filename, text=None):
    return identify_archive({} if text is None else {"PKG-INFO": text.encode()}, filename)


@pytest.mark.parametrize(
    ("filename", "text", "expected"),
    [
        ("my_lib-1.0.tar.gz", HEAD, ("my-lib", "1.0")),
        ("my.lib-1.tar.gz", HEAD, ("my-lib", "1")),
        ("My-Lib-1.0.0.tar.gz", HEAD, ("my-lib", "1.0.0")),
        ("my-lib-v1.0.tar.gz", HEAD, ("my-lib", "v1.0")),
        ("x-3.4.0-2.tar.gz", "Name: x\nVersion: 3.4.0.post2\n", ("x", "3.4.0-2")),
        ("x-3.4.0-2.tar.gz", "Name: x\nVersion: 3.4.0-2\n", ("x", "3.4.0-2")),
        ("x-3.4.0-2.tar.gz", "Name: x-3.4.0\nVersion: 2\n", ("x-3-4-0", "2")),
        ("x-1.0+local.tar.gz", None, ("x", "1.0+local")),
        ("x-3.4.0-2.tar.gz", None, ("x", "3.4.0-2")),
    ],
)
def test_the_file_name_and_the_metadata_name_one_release(filename, text, expected):
    assert identify(filename, text) == expected


@pytest.mark.parametrize(
    ("filename", "text", "message"),
    [
        ("x.tar.gz", None, "not named NAME-VERSION"),
        ("x-latest.tar.gz", None, "not named NAME-VERSION"),
        ("..-1.0.tar.gz", None, "not named NAME-VERSION"),
        ("x-1.0.tgz", None, "not named NAME-VERSION"),
        ("other-1.0.tar.gz", HEAD, "states other 1.0, and PKG-INFO states My.Lib 1.0"),
        ("my_lib-1.1.tar.gz", HEAD, "states my-lib 1.1, and PKG-INFO states My.Lib 1.0"),
        ("x-1.0.tar.gz", "Name: ../x\nVersion: 1.0\n", "'../x' is not the name of a project"),
        ("x-1.0.tar.gz", "Name: \nVersion: 1.0\n", "'' is not the name of a project"),
        ("x-1.0.tar.gz", "Version: 1.0\n", "the field Name is missing"),
        ("x-1.0.tar.gz", "Name: x\n", "'' is not a version"),
        ("x-1.0.tar.gz", "Name: x\nVersion: UNKNOWN\n", "'UNKNOWN' is not a version"),
        ("x-1.0.tar.gz", "Name: x\nVersion: " + "9" * 5000, "is not a version"),
    ],
)
def test_contradictions_are_refused(filename, text, message):
    with pytest.raises(ArchiveError, match=message):
        identify(filename, text)


def test_metadata_that_is_too_large_or_not_text_is_refused():
    with pytest.raises(ArchiveError, match="more than 1,048,576 bytes"):
        identify("my_lib-1.0.tar.gz", HEAD + "\n" + "x" * (10 << 20))
    with pytest.raises(ArchiveError, match="not UTF-8"):
        identify_archive({"PKG-INFO": b"Name: \xff\n"}, "x-1.0.tar.gz")


def test_the_file_of_the_archive_is_published():
    text = HEAD + "Requires-Dist:  a>=1 \nRequires-Dist: b\n\nDescription.\n"
    metadata = read(text, ["a>=1", "b"])
    assert metadata.data == text.encode()
    assert metadata.declared == "My.Lib"


def test_requirements_of_setuptools_are_added():
    metadata = read(HEAD + "\nText.\n", ["a>=1", 'b ; extra == "net"'], "my.egg-info/PKG-INFO")
    parsed = parse_metadata(metadata.data)
    assert parsed.get_all("Requires-Dist") == ("a>=1", 'b ; extra == "net"')
    assert parsed.get_all("Provides-Extra") == ("net",)
    assert parsed.description.strip() == "Text."


def test_requirements_that_boards_do_not_read_are_not_published():
    # upip reads the field as it is always spelled, and the mail parser in any case.
    metadata = read(HEAD + "requires-dist: hidden\nRequires-Dist: a\n", ["a"])
    assert parse_metadata(metadata.data).get_all("Requires-Dist") == ("a",)


def test_an_archive_without_metadata_has_its_file_name():
    metadata = read_project_metadata({}, "my-lib", "1.0", ["a"])
    assert metadata.declared == "my-lib"
    assert parse_metadata(metadata.data).fields == (
        ("Metadata-Version", "2.1"),
        ("Name", "my-lib"),
        ("Version", "1.0"),
        ("Requires-Dist", "a"),
    )


@pytest.mark.parametrize("text", ["a b", "a>=", "a ; nonsense == '1'", "-e .", "a" * 4001])
def test_requirements_that_are_not_valid_are_refused(text):
    with pytest.raises(ArchiveError, match=r"Invalid requirement|has 4001 characters"):
        read(HEAD, [text])


FIELDS = [
    ("Summary: A  library\n", "summary", "A library"),
    ("Summary: UNKNOWN\n", "summary", ""),
    ("Summary: a\x1b[31mb\u202ec\n", "summary", r"a\x1b[31mb\u202ec"),
    ("Summary: one\n        two\n", "summary", "one two"),
    (f"Summary: {'x' * 600}\n", "summary", f"{'x' * 499}…"),
    ("Requires-Python: >=3.4, <4\n", "requires_python", "<4,>=3.4"),
    ('Requires-Python: "><script>\n', "requires_python", ""),
    (f"Requires-Python: {'>=3,' * 1000}\n", "requires_python", ""),
    ("Author: Ann\nAuthor-email: ann@example.org\n", "author", "Ann"),
    ("Author-email: Ann <ann@example.org>\n", "author", "Ann"),
    ("Author-email: ann@example.org\n", "author", "ann@example.org"),
    ("Author: UNKNOWN\nMaintainer: Bob\n", "author", "Bob"),
    ("License-Expression: MIT\nLicense: other\n", "license", "MIT"),
    ("License: BSD\n        All rights reserved\n", "license", "BSD"),
    ("License: UNKNOWN\nClassifier: License :: OSI Approved :: ISC\n", "license", "ISC"),
    ("Classifier: Topic :: Other\n", "license", ""),
    (
        "Home-page: https://example.org/a?b=c\n",
        "urls",
        (("Homepage", "https://example.org/a?b=c"),),
    ),
    ("Project-URL: Docs, http://example.org\n", "urls", (("Docs", "http://example.org"),)),
    ("Project-URL: ,http://example.org\n", "urls", (("http://example.org",) * 2,)),
    ("Project-URL: x, javascript:alert(1)\n", "urls", ()),
    ("Project-URL: x, https://user:secret@example.org\n", "urls", ()),
    ("Project-URL: x, https://[::1\n", "urls", ()),
    ("Project-URL: x, https://example.org/\u202e\n", "urls", ()),
    ("Project-URL: x, https://example.org/a b\n", "urls", ()),
    ("Home-page: UNKNOWN\n", "urls", ()),
]


@pytest.mark.parametrize(("text", "field", "expected"), FIELDS)
def test_fields_are_lines_that_are_safe_to_show(text, field, expected):
    assert getattr(read(HEAD + text), field) == expected


def test_links_have_a_limit():
    many = "".join(f"Project-URL: {n}, https://example.org/{n}\n" for n in range(100))
    assert len(read(HEAD + many).urls) == 50
