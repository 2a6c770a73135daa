"""The files of a project in a site."""

from sdist_upip.site.formats.paths import DIRECTORIES, list_archives, list_contents, list_paths
from sdist_upip.site.records import ProjectRecord, SiteFile
from sdist_upip.site.settings import SiteSettings
from support.site_records import make_release

PATHS = {
    "package/6/Sample/1.0.json",
    "package/6/sample/1.0.json",
    "package/py/Sample/1.0.json",
    "package/py/sample/1.0.json",
    "project/sample/index.html",
    "simple/sample/index.html",
    "files/sample-1.0.tar.gz",
    "files/sample-1.0.tar.gz.metadata",
}


def test_files_of_the_latest_release_and_of_the_url():
    project = ProjectRecord("sample", ("Sample",), (make_release(),))
    latest = {
        f"package/{tree}/{name}/latest.json"
        for tree in ["6", "py"]
        for name in ("Sample", "sample")
    }
    stock = {"pypi/Sample/json", "pypi/sample/json"}
    assert {*list_paths(project, SiteSettings())} == PATHS | latest
    assert {*list_paths(project, SiteSettings(url="https://h"))} == PATHS | latest | stock
    yanked = project.with_releases([make_release(yanked="")])
    assert {*list_paths(yanked, SiteSettings(url="https://h"))} == PATHS
    assert {path.partition("/")[0] for path in PATHS | stock} <= {*DIRECTORIES}


def test_archives_and_contents():
    files = SiteFile("a.py", "ab" * 32, 1), SiteFile("a.mpy", "cd" * 32, 1)
    release = make_release(files=files[:1], compiled=files[1:])
    assert list(list_contents([release])) == [f"file/ab/{'ab' * 16}", f"file/cd/{'cd' * 16}"]
    assert set(list_archives(release)) < PATHS
