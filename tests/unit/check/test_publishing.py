"""File names, roots and metadata that an index accepts."""

import pytest

from sdist_upip.check.dependencies import check_dependencies
from sdist_upip.check.publishing import check_filename, check_metadata, check_root, read_metadata
from support.odd_archives import METADATA
from support.problems import codes


@pytest.mark.parametrize(
    "filename", ["x-1.0.tar.gz", "my_app-1.0.post1.tar.gz", "x-1.0+a.1.tar.gz", "x-1!2.0.tar.gz"]
)
def test_file_names_of_pep_625(filename):
    identity, problems = check_filename(filename)
    assert problems == []
    assert filename.startswith(identity.name.replace("-", "_"))


@pytest.mark.parametrize(
    ("filename", "hint"),
    [
        ("My-App-1.0.tar.gz", "my_app-1.0.tar.gz"),
        ("my.app-1.0.tar.gz", "my_app-1.0.tar.gz"),
        ("x-1.0-1.tar.gz", "x-1.0.post1.tar.gz"),
        ("x-1.0rc.tar.gz", "x-1.0rc0.tar.gz"),
        ("x-v1.tar.gz", "x-1.tar.gz"),
        ("x-1.0.tgz", "NAME-VERSION.tar.gz"),
        ("x-1.0.zip", "NAME-VERSION.tar.gz"),
        ("x-one.tar.gz", "NAME-VERSION.tar.gz"),
        ("-1.0.tar.gz", "NAME-VERSION.tar.gz"),
        ("x.tar.gz", "NAME-VERSION.tar.gz"),
        ("", "NAME-VERSION.tar.gz"),
    ],
)
def test_other_file_names(filename, hint):
    _, (problem,) = check_filename(filename)
    assert problem.code == "filename"
    assert f"Rename it to {hint}" in problem.message


@pytest.mark.parametrize(
    ("roots", "expected"),
    [({"x-1.0"}, 0), ({"x"}, 1), ({""}, 1), ({"x-1.0", "y"}, 1), ({"x-1.0", ""}, 1)],
)
def test_roots(roots, expected):
    assert codes(check_root("x-1.0.tar.gz", roots)) == ["root"] * expected


def pypi(text, paths=(), expected=None):
    raw, problems = read_metadata(text.encode())
    return codes([*problems, *check_metadata(raw, expected, paths)])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (METADATA, []),
        (METADATA.replace("2.4", "1.0"), []),
        (METADATA.replace("2.4", "2.6"), ["metadata-version"]),
        (METADATA.replace("2.4", "two"), ["metadata-version"]),
        (METADATA.replace("Metadata-Version: 2.4\n", ""), ["metadata-version"]),
        (METADATA.replace("Name: x\n", ""), ["metadata"]),
        (METADATA.replace("1.0", "one"), ["metadata"]),
        (METADATA + "Unknown-Field: x\n", ["metadata"]),
        (METADATA + "Requires-Dist: y >>1\n", ["metadata"]),
        (METADATA + "License-Expression: nonsense\n", ["metadata"]),
        (METADATA + "Description-Content-Type: text/word\n", ["metadata"]),
        (METADATA + f"Summary: {'s' * 512}\n", []),
        (METADATA + f"Summary: {'s' * 513}\n", ["metadata"]),
        (METADATA + f"Project-URL: {'l' * 33}, https://example.org\n", ["metadata"]),
        (METADATA + "Project-URL: label\n", ["metadata"]),
        (METADATA + "Project-URL: , https://example.org\n", ["metadata"]),
        (METADATA + "License-File: LICENSE\n", ["license-file"]),
        (METADATA + "License-File: here\n", []),
        (METADATA.replace("2.4", "2.1") + "License-File: LICENSE\n", []),
        (METADATA + "Provides-Dist: y @ https://example.org\n", ["url-requirement"]),
        (METADATA.replace("1.0", "1.0+l"), ["local-version"]),
        (METADATA + "\nA description with: colons\n", []),
    ],
)
def test_metadata(text, expected):
    assert pypi(text, paths={"here"}) == expected


def test_metadata_of_another_release():
    expected, _ = check_filename("x-2.0.tar.gz")
    assert pypi(METADATA, expected=expected) == ["pkg-info-mismatch"]
    assert pypi(METADATA.replace("1.0", "2"), expected=expected) == []


def test_metadata_that_is_not_text_or_too_long():
    raw, problems = read_metadata(b"\xff\xfe\0")
    assert raw == {} and "metadata" in codes(problems)
    raw, problems = read_metadata(METADATA.encode() + b"\n" + b"d" * (1 << 20))
    assert raw is None and codes(problems) == ["metadata"]


def test_many_wrong_fields_are_reported_as_few_problems():
    _, problems = read_metadata(b"".join(b"F%d: x\n" % i for i in range(900)))
    assert len(problems) == 21


def test_more_fields_than_anyone_needs_are_not_read():
    raw, problems = read_metadata(METADATA.encode() + b"Classifier: x\n" * 1000)
    assert raw is None and codes(problems) == ["metadata"]
    folded = METADATA.encode() + b"Summary: x\n" + b" more\n" * 2000 + b"\n" + b"text\n" * 2000
    assert read_metadata(folded)[0] is not None


@pytest.mark.parametrize(
    "field",
    [
        "Requires-Dist: y; " + "(" * 5000 + "os_name == 'x'" + ")" * 5000,
        "License-Expression: " + "(MIT OR " * 5000 + "MIT" + ")" * 5000,
    ],
    ids=["marker", "license"],
)
def test_fields_nested_without_end(field):
    raw, problems = read_metadata(f"{METADATA}{field}\n".encode())
    assert codes(problems) == ["metadata"]
    assert codes(check_metadata(raw, None, ())) == []
    assert codes(check_dependencies({}, raw.get("requires_dist", []))) == []
