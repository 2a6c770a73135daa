"""What PyPI refuses in fields of metadata. Its own validators gave the expected values."""

import sys
from types import SimpleNamespace

import pytest
from packaging.metadata import parse_email

from sdist_upip.metadata.index_rules import (
    find_field_defects,
    find_place,
    find_specification_defects,
)

HEAD = "Metadata-Version: 2.4\nName: x\nVersion: 1.0\n"


@pytest.fixture(autouse=True)
def _classifiers(monkeypatch):
    """A few classifiers, so that the tests do not depend on the version of trove-classifiers."""
    deprecated = {
        "Natural Language :: Ukranian": ["Natural Language :: Ukrainian"],
        "License :: Free Old": ["License :: A", "License :: B"],
        "Topic :: Gone": [],
    }
    names = {"License :: OSI Approved :: MIT License", "License :: GUST Font License 1.0"}
    names |= {"Programming Language :: Python :: Implementation :: MicroPython"}
    module = SimpleNamespace(classifiers=names, deprecated_classifiers=deprecated)
    monkeypatch.setitem(sys.modules, "trove_classifiers", module)


def reasons(*fields):
    raw, unparsed = parse_email(HEAD + "".join(f"{field}\n" for field in fields))
    assert not unparsed
    return [defect.reason for defect in find_field_defects(raw)]


@pytest.mark.parametrize(
    "value",
    [
        *("a@b.co", "Jo <a@b.com>", '"Jo, S" <a@b.com>', "a@b.com (Jo, S)", "ä@b.com", "a@ä.com"),
        *("a@b.com, c@d.com", "a@b, c@d", "a@b.com,", "", "<>", "a@example.com", "a+b'c/d@e.com"),
        *("a@users.noreply.github.com", "a@xn--4ca.com", "x" * 65 + "@b.com", "a@b.c-d"),
    ],
)
def test_addresses_that_pypi_accepts(value):
    assert reasons(f"Author-email: {value}", f"Maintainer-email: {value}") == []


@pytest.mark.parametrize(
    "value",
    [
        *("unknown", "UNKNOWN", "Jo Smith", "a at b.com", "a@b", "a@localhost", "a@x.local"),
        *("a@x.test", "a@x.invalid", "a b@c.com", "Jo a@b.com", "a..b@c.com", ".a@b.com"),
        *("a.@b.com", '"a b"@c.com', "a@1.2.3.4", "a@b.1", "a@b.c1", "a@-b.com", "a@b-.com"),
        *("a@b_c.com", "a@b.com.", "a@.com", "a@b..com", "@b.com", "<your email>", "a\\b@c.com"),
        *("http://x.org", "Jo <a@b>", f"a@{'b' * 64}.com", f"a@{'b.' * 130}com"),
    ],
)
def test_addresses_that_pypi_refuses(value):
    (author, maintainer) = reasons(f"Author-email: {value}", f"Maintainer-email: {value}")
    assert author.startswith("Author-Email ")
    assert maintainer.startswith("Maintainer-Email ")


ACCEPTED_URLS = (
    *("http://x.org", "HTTPS://X.org/a b", "http:x", "http://", "https://x.org:80/ü?q=%zz#f"),
    *("https://user:pw@x.org", "https://[::1]:8080/", "http://localhost", "https://x.org:65535"),
    *("https://x.org:a", "https://x.org#[a]"),
)
REFUSED_URLS = (
    *("github.com/x", "www.x.org", "ftp://x.org", "git+https://x.org", "git@x.org:a/b.git", "x"),
    *("//x.org", "/x", "mailto:a@b.com", "https//x.org", "htp://x.org", "<https://x.org>", "TODO"),
    *("https://x.org/[a]", "https://x.org?a=[b]", "https://x.org:65536", "https://x.org:99999/a"),
)


@pytest.mark.parametrize("url", ACCEPTED_URLS)
def test_urls_that_pypi_accepts(url):
    assert reasons(f"Home-page: {url}", f"Download-URL: {url}", f"Project-URL: a, {url}") == []


@pytest.mark.parametrize("url", REFUSED_URLS)
def test_urls_that_pypi_refuses(url):
    found = reasons(f"Home-page: {url}", f"Download-URL: {url}", f"Project-URL: a, {url}")
    assert [reason.split(" ")[0] for reason in found] == [
        "Home-page",
        "Download-URL",
        "Project-URL",
    ]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ([f"Summary: {'s' * 513}"], "Summary has 513 characters, more than 512"),
        (["Project-URL: , https://x.org"], "has 0 characters, expected 1 to 32"),
        ([f"Project-URL: {'l' * 33}, https://x.org"], "has 33 characters, expected 1 to 32"),
        (["Project-URL: Home"], "Project-URL 'Home' has no URL"),
        (["Provides-Dist: a b"], "Provides-Dist 'a b' is not a requirement"),
        (["Obsoletes-Dist: ???"], "Obsoletes-Dist '???' is not a requirement"),
        (["License: MIT", "License-Expression: MIT"], "License is not allowed beside"),
        (["Classifier: License :: MIT License"], "'License :: OSI Approved :: MIT License'"),
        (["Classifier: programming language :: python :: micropython"], ":: MicroPython'"),
        (["Classifier: Nonsense"], "The classifier 'Nonsense' does not exist"),
        (["Classifier: Natural Language :: Ukranian"], "of 'Natural Language :: Ukrainian'"),
        (["Classifier: License :: Free Old"], "of 'License :: A' or 'License :: B'"),
        (["Classifier: Topic :: Gone"], "The classifier 'Topic :: Gone' is deprecated"),
    ],
)
def test_other_rules(fields, reason):
    (found,) = reasons(*fields)
    assert reason in found


def test_a_private_project_never_meets_the_rules_of_pypi():
    private = "Classifier: Private :: Do Not Upload"
    assert reasons(private, "Author-email: unknown", "Home-page: x", "Classifier: y") == []
    assert reasons("Classifier: Private") != []


def test_classifiers_are_not_checked_without_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "trove_classifiers", None)
    assert reasons("Classifier: Nonsense") == []


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("Unknown: x\n", "unknown"),
        ("Summary: a\nSummary: b\n", "summary"),
        ("Project-URL: a, http://x\nProject-URL: a, http://y\n", "project-url"),
        ("Requires-Python: three\n", "requires-python"),
        ("Provides-Extra: -x\n", "provides-extra"),
        ("Description-Content-Type: text/html\n", "description-content-type"),
        ("Description-Content-Type: text/markdown; variant=other\n", "description-content-type"),
        ("Description-Content-Type: text/x-rst; charset=latin-1\n", "description-content-type"),
        ("License-Expression: MIT/X11\n", "license-expression"),
        ("License-File: ../L\n", "license-file"),
        ("Dynamic: Name\n", "dynamic"),
        ("Requires-Dist: y >>1\n", "requires-dist"),
    ],
)
def test_the_specification(text, field):
    (defect,) = find_specification_defects(*parse_email(HEAD + text))
    assert (defect.field, defect.value) == (field, None)


def test_the_version_of_the_metadata_is_checked_elsewhere():
    assert find_specification_defects(*parse_email(HEAD.replace("2.4", "2.0"))) == []


def test_places_of_fields():
    assert find_place("author-email").startswith("author_email in setup.py")
    assert find_place("keywords") == "the metadata of the project in setup.py or pyproject.toml"
