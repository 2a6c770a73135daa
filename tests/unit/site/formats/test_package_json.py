"""JSON files for mip."""

import json

from sdist_upip.site.formats.package_json import (
    list_latest_paths,
    list_version_paths,
    make_package_json,
    merge_files,
    select_files,
    spell_version,
)
from sdist_upip.site.records import SiteFile
from support.site_records import make_release

SOURCE = SiteFile("é.py", "ab" * 32, 1)
COMPILED = SiteFile("é.mpy", "cd" * 32, 1)


def test_a_file_names_contents_and_dependencies():
    data = make_package_json("1.0", [SOURCE], [("b", "2.0")])
    assert json.loads(data) == {
        "v": 1,
        "version": "1.0",
        "hashes": [["é.py", "ab" * 16]],
        "deps": [["b", "2.0"]],
    }


def test_compiled_files_are_for_6_only():
    release = make_release(files=(SOURCE,), compiled=(COMPILED,))
    assert select_files(release, "py") == (SOURCE,)
    assert select_files(release, "6") == (COMPILED,)
    assert select_files(make_release(files=(SOURCE,), compiled=None), "6") == (SOURCE,)


def test_files_of_releases_are_sorted_and_each_path_is_once():
    other = make_release(files=(SiteFile("a.py", "00" * 32, 1), SOURCE))
    files = merge_files([make_release(files=(SOURCE,)), other], "py")
    assert [one.path for one in files] == ["a.py", "é.py"]


def test_paths_have_all_spellings():
    assert spell_version("1.0-1") == "1.0.post1"
    assert list(list_version_paths(("A_b", "a-b"), "1.0-1", "py")) == [
        "package/py/A_b/1.0-1.json",
        "package/py/A_b/1.0.post1.json",
        "package/py/a-b/1.0-1.json",
        "package/py/a-b/1.0.post1.json",
    ]
    assert list(list_version_paths(("a",), "1.0", "6")) == ["package/6/a/1.0.json"]
    assert list(list_latest_paths(("a",), "6")) == ["package/6/a/latest.json"]
