"""URLs of the files of a repository, for every kind of base and every odd name."""

from pathlib import Path
from urllib.parse import unquote

import pytest

from sdist_upip.errors import ConfigError, ProjectError
from sdist_upip.migrate.package_json import SCHEMES
from sdist_upip.mip.urls import make_urls, parse_base

PROJECT = Path("/repo/sub")


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("relative", ""),
        ("github:org/repo", "github:org/repo/"),
        ("github:org/repo/", "github:org/repo/"),
        ("github:org/my.repo-x_y/sub/dir", "github:org/my.repo-x_y/sub/dir/"),
        ("gitlab:org/repo", "gitlab:org/repo/"),
        ("codeberg:org/repo", "codeberg:org/repo/"),
        ("https://example.org", "https://example.org/"),
        ("http://10.0.0.1:8080/a/b", "http://10.0.0.1:8080/a/b/"),
    ],
)
def test_bases(text, base):
    assert parse_base(text) == base
    assert not base or base.startswith(SCHEMES)


@pytest.mark.parametrize(
    "text",
    [
        *("", "/", "github", "github:", "github:org", "github:org/repo@v1", "github:org//repo"),
        *("github:org/repo/../x", "github:org/repo/./x", "github:o g/repo", "bitbucket:a/b"),
        *("https://", "https://user:word@example.org", "https://example.org/a b", "ftp://x/y"),
        *("https://example.org/x?y", "https://example.org/x#y", "relativ", "github:org/rèpo"),
        "https://example.org/../x",
    ],
)
def test_other_bases_are_refused(text):
    with pytest.raises(ConfigError, match="Use relative, github:ORG/REPO"):
        parse_base(text)


def test_urls_are_below_the_base_and_sorted():
    sources = {"b.py": "src/b.py", "a/__init__.py": "src/a/__init__.py"}
    assert make_urls(sources, "github:o/r/sub/", PROJECT, Path("/elsewhere")) == [
        ("a/__init__.py", "github:o/r/sub/src/a/__init__.py"),
        ("b.py", "github:o/r/sub/src/b.py"),
    ]


@pytest.mark.parametrize(
    ("home", "url"),
    [("/repo/sub", "src/a.py"), ("/repo", "sub/src/a.py"), ("/", "repo/sub/src/a.py")],
)
def test_relative_urls_start_at_package_json(home, url):
    assert make_urls({"a.py": "src/a.py"}, "", PROJECT, Path(home)) == [("a.py", url)]


@pytest.mark.parametrize("home", ["/repo/sub/mip", "/other", "/repo/sub/src/x"])
def test_a_file_above_package_json_has_no_relative_url(home):
    with pytest.raises(ProjectError, match=r"does not download a URL with '\.\.'"):
        make_urls({"a.py": "src/a.py"}, "", PROJECT, Path(home))


ODD = ["a b.py", "a#b.py", "a?b.py", "50%.py", "a%20b.py", "ü.py", "日本.txt", "a'b", "[x].py"]


@pytest.mark.parametrize("name", ODD)
def test_an_odd_name_is_quoted_below_a_base_and_refused_without(name):
    ((path, url),) = make_urls({"a.py": f"src/{name}"}, "github:o/r/", PROJECT, PROJECT)
    assert (path, unquote(url)) == ("a.py", f"github:o/r/src/{name}")
    assert url.isascii()
    assert not set(url) & set(" #?'[]")
    with pytest.raises(ProjectError, match="mip cannot download") as caught:
        make_urls({"a.py": f"src/{name}"}, "", PROJECT, PROJECT)
    assert "--urls github:ORG/REPO" in str(caught.value)


def test_a_name_that_is_not_utf_8_is_quoted_by_its_bytes():
    assert make_urls({"a": "\udcff"}, "github:o/r/", PROJECT, PROJECT) == [("a", "github:o/r/%FF")]
    with pytest.raises(ProjectError, match="because of"):
        make_urls({"a": "\udcff"}, "", PROJECT, PROJECT)


def test_a_name_that_looks_like_a_scheme_is_refused():
    with pytest.raises(ProjectError, match="because of ':' in it"):
        make_urls({"a.py": "github:x.py"}, "", PROJECT, PROJECT)


def test_plain_punctuation_is_kept():
    name = "a-b_c.d~e!f$g&h(i)j*k+l,m;n=o@p.py"
    assert make_urls({"a.py": name}, "", PROJECT, PROJECT) == [("a.py", name)]
    assert make_urls({"a.py": name}, "github:o/r/", PROJECT, PROJECT)[0][1] == f"github:o/r/{name}"
