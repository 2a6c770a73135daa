"""Paths that are one file on every file system of boards and computers."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdist_upip.member_paths import (
    RECORDS,
    find_conflicts,
    find_directories,
    find_path_defect,
    find_reserved,
    find_segment_defect,
    find_structure_defect,
    fold_path,
    parents,
)

GOOD = (
    *(
        "a.py",
        "a/b/c.py",
        ".a",
        "a..b/..c",
        "a b",
        "größe/maß",
        "x.upip/a",
        "a/.upip/b",
        "a~g",
        "~",
    ),
    *(
        "a+b",
        "console.py",
        "com.py",
        "com12",
        "auxiliary",
        "nulls/x",
        " a",
        "a;=,[]{}'!#$%&()@^`-_",
    ),
)
NOT_PATHS = (
    *("", "/", "/a", "a/", "a//b", ".", "./a", "a/.", "..", "../a", "a/../b"),
    *("a\\b", "\\", "a\n", "a/\tb", "\0", "a/\x1fb", "a\x7f", "a\x80", "a\x9f/b", "\ud800"),
)
NOT_ON_FAT = (
    *("a.", "a ", "...", "a./b", "a /b", ".upip.", ".upip ", "C:x", "a?", "a*b", 'a"', "a<b", "a>"),
    *("a|b", "UPIP~1", "goodpa~1.py", "a/b~9/c", "aux", "AUX.py", "a/con.txt", "nul .x", "LPT1"),
    *("com0.py", "prn"),
)


@pytest.mark.parametrize("path", GOOD)
def test_paths_that_every_file_system_has(path):
    assert find_path_defect(path) is None
    assert find_reserved(path, "x") is None


@pytest.mark.parametrize("path", NOT_PATHS)
def test_what_is_not_a_path_below_a_directory(path):
    assert find_structure_defect(path)
    assert find_path_defect(path) == find_structure_defect(path)


@pytest.mark.parametrize("path", NOT_ON_FAT)
def test_names_that_fat_or_windows_refuses_or_changes(path):
    assert find_structure_defect(path) is None
    segment = next(part for part in path.split("/") if find_segment_defect(part))
    assert find_path_defect(path) == (
        f"has the segment {segment!r}, which {find_segment_defect(segment)}"
    )


@pytest.mark.parametrize(
    "path",
    [
        *(".upip", ".upip/a", ".UPIP/a", ".Upip", ".sdist-upip/journal.json", ".sdist-upip.0/x"),
        *(".upip./a", ".upip /a", ".upip. ./a", "UPIP~1/a", "upip~12", "UP3F0A~1/a"),
        *(".SDIST-UPIP /journal.json", "sdist-~1/journal.json", "SD01AB~2/0"),
    ],
)
def test_no_package_has_files_among_the_records(path):
    assert RECORDS == ".upip"
    assert find_reserved(path, "upip") == "the records of packages"


@pytest.mark.parametrize(
    "path",
    ["upip.py", "UPIP.mpy", "upip/__init__.py", "upip_http.py", "upip_ca.der", "upip_settings.py"],
)
def test_only_upip_brings_the_files_of_upip(path):
    assert find_reserved(path, "x") == "upip itself"
    assert find_reserved(path, "upip") is None
    assert find_reserved("a/" + path, "x") is None


@pytest.mark.parametrize("path", ["upips.py", "upip-x.py", "xupip.py", "update~1.py"])
def test_names_that_only_look_like_upip(path):
    assert find_reserved(path, "x") is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Good.PY", "gOOD.py"),
        ("grń.py", "grŎ.py"),
        ("一/a", "帀/A"),
        ("à", "Å"),
        ("Г.py", "Е.py"),
        ("größe", "grüße"),
    ],
)
def test_names_that_fat_takes_for_one(one, other):
    assert fold_path(one) == fold_path(other)


@pytest.mark.parametrize(("one", "other"), [("größe", "grosse"), ("é", "e"), ("a", "b")])
def test_names_that_fat_keeps_apart(one, other):
    assert fold_path(one) != fold_path(other)


@pytest.mark.parametrize(
    ("path", "expected"), [("a", []), ("", []), ("a/b", ["a"]), ("a/b/c.py", ["a/b", "a"])]
)
def test_parents_come_nearest_first(path, expected):
    assert list(parents(path)) == expected


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (["a", "b/a", "b/c", "c"], []),
        (["a", "b", "a"], [("a", "a")]),
        (["a/b", "A/b"], [("a/b", "A")]),
        (["Foo/a.py", "foo/b.py"], [("foo/b.py", "Foo")]),
        (["a", "A/b"], [("a", "A")]),
        (["a/b/c", "A"], [("a/b/c", "A")]),
        (["a/b", "a"], [("a/b", "a")]),
        (["grń.py", "grŎ.py"], [("grŎ.py", "grń.py")]),
        (["é", "É"], [("é", "É")]),
        (["ß", "ss"], []),
        (["Foo/a", "foo/b", "foo/c"], [("foo/b", "Foo"), ("foo/c", "Foo")]),
        (["a", "a/b", "a/b/c", "a/d"], [("a/b", "a"), ("a/b/c", "a"), ("a/d", "a")]),
    ],
)
def test_conflicts(paths, expected):
    assert list(find_conflicts(paths)) == expected


def find_slowly(paths):
    """Return the conflicts as find_conflicts does, with a look at every directory of each path."""
    files, directories = {}, {}
    for path in sorted(paths):
        key = fold_path(path)
        other = files.get(key) or directories.get(key)
        files.setdefault(key, path)
        for directory in parents(path):
            key = fold_path(directory)
            other = files.get(key) or other
            if directories.setdefault(key, directory) != directory:
                other = directories[key]
        if other:
            yield path, other


NAMES = st.lists(st.sampled_from(["a", "A", "b", "a-", "é", "è"]), min_size=1, max_size=4)


@settings(max_examples=300, deadline=None)
@given(st.lists(NAMES.map("/".join), max_size=9))
def test_no_conflict_is_overlooked_in_a_directory_that_was_seen_before(paths):
    assert list(find_conflicts(paths)) == list(find_slowly(paths))


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        ([], {}),
        (["a", "b"], {}),
        (["a/b/c", "a/b/d", "a/e", "f/g"], {"a/b": "a/b/c", "a": "a/b/c", "f": "f/g"}),
        (["a/b", "a/c/d"], {"a": "a/b", "a/c": "a/c/d"}),
    ],
)
def test_directories_come_once_with_their_first_file(paths, expected):
    found = find_directories(paths)
    assert found == expected
    assert list(found) == list(expected)
