"""A package.json of mip, compared with the archive of the same project."""

import json

import pytest

from sdist_upip import Member, Release
from sdist_upip.errors import ProjectError
from sdist_upip.migrate.package_json import find_disagreements, is_package_json

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
