"""Paths that upip installs to, and that this computer can create."""

import os

import pytest

from sdist_upip.metadata.install_paths import (
    RECORDS,
    find_host_defect,
    is_installable,
    is_plain,
    parents,
)

PLAIN = ("a.py", "a/b/c.py", ".a", "a..b/..c", "a b", "größe/maß", "C:x", "x.upip/a", "a/.upip/b")
NOT_PLAIN = (
    *("", "/", "/a", "a/", "a//b", ".", "./a", "a/.", "..", "../a", "a/../b"),
    *("a\\b", "\\", "a\n", "a/\tb", "\0", "a/\x1fb"),
)
OF_RECORDS = (".upip", ".upip/a", ".UPIP/a", ".Upip")


@pytest.mark.parametrize("path", [*PLAIN, *OF_RECORDS])
def test_plain_paths(path):
    assert is_plain(path)


@pytest.mark.parametrize("path", NOT_PLAIN)
def test_paths_that_upip_refuses(path):
    assert not is_plain(path)
    assert not is_installable(path)


def test_no_package_has_files_among_the_records():
    assert RECORDS == ".upip"
    assert [path for path in (*PLAIN, *OF_RECORDS) if not is_installable(path)] == [*OF_RECORDS]


@pytest.mark.parametrize(
    ("path", "defect"),
    [
        ("C:x", "':'"),
        ("a/b:c", "':'"),
        ("a./b", "'.'"),
        ("a ", "' '"),
        (".../a", "'.'"),
        ("a/b*", r"'*'"),
        ("a/.b c.py", None),
        ("é", None),
    ],
)
def test_paths_that_windows_cannot_hold(path, defect):
    found = find_host_defect(path, "nt")
    assert found == (defect and f"Windows does not allow {defect} in a name")
    assert find_host_defect(path, "posix") is None


@pytest.mark.parametrize("character", '<>:"|?*')
def test_characters_that_windows_cannot_hold(character):
    assert find_host_defect(f"a/b{character}c", "nt") == (
        f"Windows does not allow {character!r} in a name"
    )


@pytest.mark.parametrize("system", ["nt", "posix"])
def test_characters_that_the_encoding_does_not_have(monkeypatch, system):
    defect = "the file system's encoding does not have these characters"
    assert find_host_defect("a/\ud800", system) == defect
    monkeypatch.setattr(os, "fsencode", lambda path: path.encode("ascii"))
    assert find_host_defect("é", system) == defect
    assert find_host_defect("e", system) is None


def test_this_computer_is_the_default():
    assert find_host_defect("C:x") == find_host_defect("C:x", os.name)


@pytest.mark.parametrize(
    ("path", "expected"), [("a", []), ("", []), ("a/b", ["a"]), ("a/b/c.py", ["a/b", "a"])]
)
def test_parents_come_nearest_first(path, expected):
    assert list(parents(path)) == expected
