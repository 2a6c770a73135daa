"""A package.json of mip, compared with the archive of the same project."""

import json

import pytest

from sdist_upip import Member, Release
from sdist_upip.errors import ProjectError
from sdist_upip.migrate.package_json import (
    find_disagreements,
    find_faults,
    find_repositories,
    is_package_json,
)
from support.trees import write_tree

DECLARE = "Remove it, or declare the file in the project."
REQUIRE = "Remove it, or add it to the requirements of the project."


def make(*paths, requires=None, version="1.0"):
    """Return a release with files at `paths`."""
    members = [Member(path, b"") for path in ("PKG-INFO", *paths)]
    if requires is not None:
        members.append(Member("x.egg-info/requires.txt", requires.encode()))
    return Release("x", version, tuple(members))


def compare(document, release):
    return list(find_disagreements(json.dumps(document), release))


def urls(*paths):
    return [[path, f"github:me/x/{path}"] for path in paths]


@pytest.mark.parametrize(
    ("document", "release", "expected"),
    [
        ({"urls": urls("x.py"), "version": "1.0", "deps": []}, make("x.py"), []),
        ({"urls": urls("x.py")}, make("x.py"), []),
        ({}, make(), []),
        (
            {"version": "0.9"},
            make(),
            ["expected version '1.0', as in the archive, got '0.9'. Correct it."],
        ),
        ({"version": 1.0}, make(), []),
        (
            {"version": 1},
            make(),
            ["expected version '1.0', as in the archive, got '1'. Correct it."],
        ),
        (
            {"urls": urls("x/b.py", "x/gone.py", "other.py")},
            make("x/c.py", "x/b.py", "x/a.py"),
            [
                "urls lacks 'x/a.py', which the archive installs. Add it.",
                "urls lacks 'x/c.py', which the archive installs. Add it.",
                f"urls names 'other.py', which the archive does not install. {DECLARE}",
                f"urls names 'x/gone.py', which the archive does not install. {DECLARE}",
            ],
        ),
        (
            {"urls": urls("PKG-INFO")},
            make("x/R.py", "R.py", "setup.py", "x.egg-info/SOURCES.txt"),
            [f"urls names 'PKG-INFO', which the archive does not install. {DECLARE}"],
        ),
        ({"urls": urls("x/R.py")}, make("x/R.py"), []),
        (
            {"deps": [["micropython-b", "latest"], ["c", "1.0"], ["A.a"]]},
            make(requires="a-A>=1\nmicropython-B\nd\n"),
            [
                "deps lacks 'd', which the archive depends on. Add it.",
                f"deps names 'c', which the archive does not depend on. {REQUIRE}",
            ],
        ),
        (
            {"deps": [["github:me/y", "v1"]]},
            make(),
            [f"deps names 'github:me/y', which the archive does not depend on. {REQUIRE}"],
        ),
        ({"urls": {"x.py": "y"}, "deps": "abc"}, make(), []),
        ({"urls": [[], "x.py", None, ["x.py"]], "deps": [[], 1]}, make("x.py"), []),
    ],
)
def test_disagreements(document, release, expected):
    assert compare(document, release) == expected


def test_all_disagreements_in_order():
    document = {"version": "2", "urls": urls("a.py"), "deps": [["b", "1"]]}
    starts = [line[:11] for line in compare(document, make("c.py", requires="d\n"))]
    assert starts == ["expected ve", "urls lacks ", "urls names ", "deps lacks ", "deps names "]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "package.json is not valid JSON: Expecting property name"),
        ("", "package.json is not valid JSON: Expecting value"),
        ("[1]", "package.json is not a JSON object. Write it in the format of mip."),
        ("null", "package.json is not a JSON object."),
    ],
)
def test_what_is_not_a_package_json(text, message):
    with pytest.raises(ProjectError) as caught:
        list(find_disagreements(text, make()))
    assert str(caught.value).startswith(message)
    assert str(caught.value).endswith((" Fix the file.", " in the format of mip."))


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ({"urls": []}, True),
        ({"urls": [["x.py", "y"]], "version": "1"}, True),
        ({"deps": [], "version": "1"}, True),
        ({"hashes": []}, True),
        ({"name": "x", "dependencies": {}}, False),
        ({}, False),
    ],
)
def test_a_package_json_of_npm_has_no_urls(document, expected):
    assert is_package_json(json.dumps(document)) is expected


def faults(tmp_path, document, repositories=()):
    text = document if isinstance(document, str) else json.dumps(document)
    write_tree(tmp_path, {"x.py": "", "lib/y.py": ""})
    return list(find_faults(text, tmp_path, repositories))


@pytest.mark.parametrize(
    "document",
    [
        {"urls": [["x.py", "x.py"], ["y.py", "lib/y.py"]], "version": "1"},
        {"urls": [["x.py", "github:me/it/x.py"], ["z.py", "gitlab:a/b/z.py"]]},
        {"urls": [["z.py", "https://example.org/z.py"], ["q.py", "codeberg:me/it/src/q.py"]]},
        {"deps": [["a", "latest"], ["b", "1.0"], ["github:a/b", "v1"], ["c", ""], ["d", None]]},
        {"hashes": [["x.py", "0123abcd"]], "name": "anything"},
        {},
    ],
)
def test_what_mip_reads_has_no_faults(tmp_path, document):
    assert faults(tmp_path, document, ()) == []


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ('{"urls": [],}', "is not valid JSON: "),
        ("[]", "is not a JSON object."),
        ('\ufeff{"urls": []}', "begins with a byte order mark, which mip refuses."),
        ({"files": []}, "has a key 'files', which mip does not read. Use 'urls'."),
        ({"urls": {"x.py": "x.py"}}, "urls is not a list. Write a list of pairs."),
        ({"urls": ["x.py"]}, 'urls has "x.py". Write a list of two strings, a path and a URL.'),
        ({"urls": [["x.py"]]}, 'urls has ["x.py"]. Write a list of two strings'),
        ({"urls": [["x.py", "x.py", "1"]]}, 'urls has ["x.py", "x.py", "1"].'),
        ({"urls": [["x.py", 1]]}, 'urls has ["x.py", 1].'),
        ({"urls": [["x.py", "x.py"]] * 2}, "urls names 'x.py' twice."),
        ({"urls": [["/x.py", "x.py"]]}, "urls has the path '/x.py'. Use a relative path"),
        ({"urls": [["../x.py", "x.py"]]}, "urls has the path '../x.py'."),
        ({"urls": [["x.py", "lib\\y.py"]]}, "urls has the URL 'lib\\\\y.py'. Use '/'"),
        ({"urls": [["x.py", "gone.py"]]}, "urls has 'gone.py', which is not in the project."),
        ({"urls": [["x.py", "lib"]]}, "urls has 'lib', which is not in the project."),
        ({"urls": [["x.py", "github.com/me/it/x.py"]]}, "urls has 'github.com/me/it/x.py', which"),
        ({"urls": [["x.py", "GitHub:me/it/x.py"]]}, "urls has 'GitHub:me/it/x.py', whose scheme"),
        ({"urls": [["x.py", "bitbucket:a/b/c"]]}, "urls has 'bitbucket:a/b/c', whose scheme"),
        ({"urls": [["x.py", "github:me/it"]]}, "urls has 'github:me/it', which names no file."),
        (
            {"urls": [["x.py", "https://github.com/me/it/blob/main/x.py"]]},
            "urls has 'https://github.com/me/it/blob/main/x.py', which is a web page.",
        ),
        ({"urls": [["x.py", "github:me/it/z.py"]]}, "urls has 'github:me/it/z.py', which is not"),
        (
            {"urls": [["x.py", "https://raw.githubusercontent.com/Me/It/main/z.py"]]},
            "urls has 'https://raw.githubusercontent.com/Me/It/main/z.py', which is not in",
        ),
        ({"urls": [["x.py", "github:me/it/x.py@v1"]]}, "urls has 'github:me/it/x.py@v1', but mip"),
        ({"hashes": [["x.py"]]}, 'hashes has ["x.py"]. Write a list of two strings'),
        ({"hashes": [["x.py", "no"]]}, "hashes has 'no' for 'x.py'."),
        ({"deps": ["a"]}, 'deps has \'a\' without a version. Write ["a", "latest"]'),
        ({"deps": [["a"]]}, "deps has 'a' without a version."),
        ({"deps": [["a", "1", "2"]]}, 'deps has ["a", "1", "2"]. Write a list of two strings'),
        ({"deps": [{"a": "1"}]}, 'deps has {"a": "1"}.'),
        ({"deps": {"a": "1"}}, "deps is not a list."),
        ({"deps": [["a", 1.1]]}, "deps has the version 1.1 of 'a'. Write it as a string."),
        ({"deps": [["a", ">=1"]]}, "deps has the version '>=1' of 'a', but mip takes no ranges."),
        ({"deps": [["a>=1", "latest"]]}, "deps has the name 'a>=1'."),
        ({"deps": [["github:a/b@v1", "latest"]]}, "deps has 'github:a/b@v1', but mip takes no"),
    ],
)
def test_faults(tmp_path, document, expected):
    (fault,) = faults(tmp_path, document, {"me/it"})
    assert fault.startswith(expected)
    assert fault.endswith(".")


def test_repositories_of_a_project():
    text = "url = git@github.com:Me/It.git\nurl='https://gitlab.com/a/b-c' https://github.com/x/y/"
    assert find_repositories(text) == {"me/it", "a/b-c", "x/y"}


@pytest.mark.parametrize(("text", "expected"), [("{", True), ('{"scripts": {},}', False)])
def test_broken_json_concerns_mip_unless_it_is_of_npm(text, expected):
    assert is_package_json(text) is expected
