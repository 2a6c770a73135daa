"""Manifests that people write: which files they declare."""

import pytest

from sdist_upip.errors import ProjectError
from sdist_upip.project.manifests import (
    MANIFEST_HEADER,
    find_manifest_files,
    is_hand_written,
    read_included,
    refuse_unreadable,
)
from support.trees import write_tree


@pytest.mark.parametrize("reverse", [False, True])
def test_links_and_their_targets_are_both_listed(reverse, tmp_path, monkeypatch, scan_in_order):
    write_tree(tmp_path, {"a/__init__.py": "", "a/m/x.css": "", "MANIFEST.in": "graft a\n"})
    (tmp_path / "a/link").symlink_to("m")
    (tmp_path / "a/zlink").symlink_to("m")
    (tmp_path / "a/m/up").symlink_to("..")
    monkeypatch.chdir(tmp_path)
    scan_in_order(reverse)
    found = find_manifest_files(tmp_path, {"a": "a"})
    assert found == {"a/__init__.py", "a/m/x.css", "a/link/x.css", "a/zlink/x.css"}


def test_names_in_lines_that_include(tmp_path):
    assert list(read_included(tmp_path)) == []
    lines = "include a b*\nrecursive-include c *\ngraft d\nglobal-include e\nprune f\nexclude g\n"
    write_tree(tmp_path, {"MANIFEST.in": lines})
    assert list(read_included(tmp_path)) == ["a", "b*", "c", "*", "d", "e"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (None, False),
        (f"{MANIFEST_HEADER}\na.py\n", False),
        ("# mine\na.py\n", True),
        ("", True),
        (f"\n{MANIFEST_HEADER}", True),
    ],
)
def test_a_manifest_that_a_person_wrote(tmp_path, text, expected):
    if text is not None:
        (tmp_path / "MANIFEST").write_text(text)
    assert is_hand_written(tmp_path / "MANIFEST") is expected
    assert not is_hand_written(tmp_path)


def test_a_manifest_that_is_not_utf_8(tmp_path):
    write_tree(tmp_path, {"good": "größe\n", "bad": b"include caf\xe9\n"})
    refuse_unreadable(tmp_path / "good", tmp_path / "missing", tmp_path)
    with pytest.raises(ProjectError) as caught:
        refuse_unreadable(tmp_path / "good", tmp_path / "bad")
    assert str(caught.value).startswith(f"{tmp_path}/bad is not UTF-8: ")
    assert str(caught.value).endswith(". Save the file as UTF-8.")
