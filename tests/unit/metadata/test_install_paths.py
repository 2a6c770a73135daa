"""Paths that this computer can create."""

import os

import pytest

from sdist_upip.metadata.install_paths import find_host_defect


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
