"""Records of projects: what is written is read back, and the order of releases."""

from dataclasses import replace

import pytest
from packaging.version import Version

from sdist_upip.site.records import ProjectRecord, SiteFile, find_latest
from support.site_records import make_release

VERSIONS = ("1.0", "2.0rc1", "1!0.5", "1.0-1", "0.9+local")


def make_project(*yanked):
    releases = (make_release(one, yanked="" if one in yanked else None) for one in VERSIONS)
    return ProjectRecord("sample", ("Sample", "sample"), tuple(releases))


def test_releases_are_the_newest_first():
    project = make_project()
    versions = [one.version for one in project.releases]
    assert versions == ["1!0.5", "2.0rc1", "1.0-1", "1.0", "0.9+local"]
    assert project.get(Version("1.0.post1")).version == "1.0-1"
    assert project.get(Version("3")) is None
    assert project.spellings == ("Sample", "sample")


@pytest.mark.parametrize(
    ("yanked", "latest", "newest"),
    [
        ((), "1!0.5", "1!0.5"),
        (("1!0.5",), "1.0-1", "1.0-1"),
        (("1!0.5", "1.0-1", "1.0", "0.9+local"), "2.0rc1", "2.0rc1"),
        (VERSIONS, None, "1!0.5"),
    ],
)
def test_the_latest_is_neither_yanked_nor_a_pre_release(yanked, latest, newest):
    project = make_project(*yanked)
    assert (project.latest and project.latest.version) == latest
    assert project.newest.version == newest
    assert find_latest(project.releases) == project.latest


def test_a_record_is_read_back():
    release = make_release(
        deps=(("a", "1"),), inlined=(("b", "2"),), missing=("c",), without=("d",), yanked="é\n"
    )
    project = ProjectRecord("sample", ("Sample",), (release, make_release("2.0", compiled=None)))
    assert ProjectRecord.from_json(project.to_json()) == project
    assert project.with_releases([release]).releases == (release,)


@pytest.mark.parametrize(
    "data", [b"", b"[]", b"{}", b'{"schema": 2}', b'{"schema": 1, "name": "a"}', b"[" * 100_000]
)
def test_other_files_are_refused(data):
    with pytest.raises(ValueError, match=r"."):
        ProjectRecord.from_json(data)


def test_paths_and_sizes():
    release = make_release()
    assert release.metadata_path == "files/sample-1.0.tar.gz.metadata"
    file = SiteFile.from_content("x.py", b"data")
    assert (file.size, file.sha256[:8]) == (4, "3a6eb079")
    assert replace(release, files=(file, file)).installed_size == 8
