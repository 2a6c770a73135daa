"""JSON files for upip of MicroPython 1.19 and older."""

import json

from sdist_upip.site.formats.stock_upip import list_stock_paths, make_stock_json
from sdist_upip.site.records import ProjectRecord
from support.site_records import make_release

URL = "https://example.org/site"


def test_versions_are_found_as_they_are_spelled_and_as_pep_440_has_them():
    releases = (make_release("1.0-1"), make_release("2.0rc1"), make_release("3.0", yanked="bad"))
    project = ProjectRecord("sample", ("Sample",), releases)
    content = json.loads(make_stock_json(project, URL))
    assert content["info"] == {"version": "1.0-1"}
    assert list(content["releases"]) == ["1.0.post1", "1.0-1", "2.0rc1", "3.0"]
    for files in content["releases"].values():
        assert len(files) == 1 and files[0]["url"].startswith(f"{URL}/files/sample-")
    assert list(list_stock_paths(project)) == ["pypi/Sample/json", "pypi/sample/json"]


def test_there_is_no_file_if_all_releases_are_yanked():
    project = ProjectRecord("sample", (), (make_release(yanked=""),))
    assert make_stock_json(project, URL) is None
