"""Archives of the legacy sdist_upip.py keep their files and get complete metadata."""

import pytest

from sdist_upip.builders.legacy import build_from_legacy, read_legacy
from sdist_upip.errors import ArchiveError, ConfigError, ProjectError
from sdist_upip.project.layout import ExcludedFile
from support.legacy_archives import legacy_archive
from support.odd_archives import entry, pack, tar
from support.trees import read_members

RECORD = "record of setuptools; PKG-INFO and requires.txt are written again"
FOR_COMPUTERS = "for building on computers, like the archives that have it"
LEFTOVER = "leftover of a tar header"
PKG_INFO = b"Metadata-Version: 1.0\nName: micropython-x.y\nVersion: 1.0\nSummary: UNKNOWN\n"


@pytest.fixture
def write(tmp_path):
    """A function that writes a legacy archive of these files and returns its path."""

    def write_archive(files, root="x-1"):
        path = tmp_path / "any.tar.gz"
        path.write_bytes(legacy_archive(files, root=root))
        return path

    return write_archive


@pytest.mark.parametrize(
    ("files", "root", "expected"),
    [
        (
            {"PKG-INFO": b"Metadata-Version: 1.0\nName: a\nVersion: 2\n"},
            "x-1",
            b"Metadata-Version: 2.1\nName: a\nVersion: 2\n",
        ),
        (
            {"PKG-INFO": b"Metadata-Version: 2.4\nName: a\nVersion: 2\n\nLong.\n"},
            "x-1",
            b"Metadata-Version: 2.4\nName: a\nVersion: 2\n\nLong.\n",
        ),
        (
            {"a.egg-info/PKG-INFO": b"Metadata-Version: 1.0\nName: a\nVersion: 2\n"},
            "x-1",
            b"Metadata-Version: 2.1\nName: a\nVersion: 2\n",
        ),
        (
            {
                "PKG-INFO": b"Metadata-Version: 2.1\nName: a\nVersion: 2\n",
                "a.egg-info/PKG-INFO": b"Metadata-Version: 2.1\nName: b\nVersion: 3\n",
            },
            "x-1",
            b"Metadata-Version: 2.1\nName: a\nVersion: 2\n",
        ),
        ({}, "some-thing-2.1", b"Metadata-Version: 2.1\nName: some-thing\nVersion: 2.1\n"),
        (
            {"a.egg-info/requires.txt": b"micropython-time\n"},
            "some-thing-2.1",
            b"Metadata-Version: 2.1\nName: some-thing\nVersion: 2.1\n"
            b"Requires-Dist: micropython-time\n",
        ),
        (
            {
                "PKG-INFO": b"Metadata-Version: 1.0\nName: a\nVersion: 2\n",
                "a.egg-info/requires.txt": b"y\nz>=0.5\n\n[dev]\nw\n",
            },
            "x-1",
            b"Metadata-Version: 2.1\nName: a\nVersion: 2\nRequires-Dist: y\n"
            b'Requires-Dist: z>=0.5\nRequires-Dist: w; extra == "dev"\nProvides-Extra: dev\n',
        ),
        (
            {
                "PKG-INFO": b"Metadata-Version: 2.1\nName: a\nVersion: 2\nRequires-Dist: y\n",
                "a.egg-info/requires.txt": b"other\n",
            },
            "x-1",
            b"Metadata-Version: 2.1\nName: a\nVersion: 2\nRequires-Dist: y\n",
        ),
        (
            {
                "PKG-INFO": b"Metadata-Version: 2.1\nName: a\nVersion: 2\nLicense: MIT\n",
                "a.egg-info/requires.txt": b" \n\n",
            },
            "x-1",
            b"Metadata-Version: 2.1\nName: a\nVersion: 2\nLicense: MIT\n",
        ),
    ],
    ids=[
        *("old version", "new version", "egg-info", "both", "directory", "directory and needs"),
        *("needs are added", "needs are there", "no needs"),
    ],
)
def test_metadata_is_completed(files, root, expected, write):
    layout = read_legacy(write({"x.py": b"", **files}, root))
    assert layout.release.get("PKG-INFO").data == expected


@pytest.mark.parametrize(
    ("pkg_info", "root", "expected"),
    [
        (b"Metadata-Version: 1.0\nName: My.App\nVersion: 1.0.0\n", "x-9", "my_app-1.0.0"),
        (b"Metadata-Version: 1.0\nName: a\n", "x-9", "a-9"),
        (b"", "My-App-1.0", "my_app-1.0"),
    ],
)
def test_the_name_and_version_are_those_of_the_metadata_or_the_directory(
    pkg_info, root, expected, write
):
    files = {"x.py": b"", **({"PKG-INFO": pkg_info} if pkg_info else {})}
    assert read_legacy(write(files, root)).release.root == expected


def test_files_stay_and_records_and_leftovers_are_excluded(write):
    files = {
        "PKG-INFO": PKG_INFO,
        "x/__init__.py": b"from x import y\n",
        "x/R.py": b"R = {\n'a.txt': b'1',\n}\n",
        "setup.py": b"setup()\n",
        "pyproject.toml": b"[tool]\n",
        "x.egg-info/PKG-INFO": PKG_INFO,
        "x.egg-info/SOURCES.txt": b"x/__init__.py\n",
        "x.egg-info/licenses/LICENSE": b"You may.\n",
        "x/x.egg-info/top_level.txt": b"x\n",
        "x/@PaxHeader": b"junk",
        "@LongLink": b"junk!",
    }
    layout = read_legacy(write(files))
    kept = {member.path: member.data for member in layout.release if member.path != "PKG-INFO"}
    assert kept == {
        path: files[path]
        for path in (
            "x/__init__.py",
            "x/R.py",
            "x.egg-info/licenses/LICENSE",
            "x/x.egg-info/top_level.txt",
        )
    }
    assert layout.excluded == (
        ExcludedFile("@LongLink", LEFTOVER, 5),
        ExcludedFile("pyproject.toml", FOR_COMPUTERS, 7),
        ExcludedFile("setup.py", FOR_COMPUTERS, 8),
        ExcludedFile("x.egg-info/PKG-INFO", RECORD, len(PKG_INFO)),
        ExcludedFile("x.egg-info/SOURCES.txt", RECORD, 14),
        ExcludedFile("x/@PaxHeader", LEFTOVER, 4),
    )
    assert dict(layout.sources) == {}


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (
            pack(tar({"x.py": b""}, entry("y-1/y.py"), root="x-1")),
            ArchiveError,
            "any.tar.gz has more than one top-level directory. Ask its author for an archive with",
        ),
        (pack(tar({}, entry("x.py"))), ArchiveError, "is not in a top-level directory"),
        (
            legacy_archive({"x.py": b""})[:60],
            ArchiveError,
            "cannot be read: The gzip data is truncated",
        ),
        (legacy_archive({"x.py": b""}, root="x"), ProjectError, "Invalid project name ''"),
        (
            legacy_archive({"PKG-INFO": b"Metadata-Version: 1.0\nVersion: 1\n"}),
            ProjectError,
            "the field Name is missing",
        ),
        (
            legacy_archive({"PKG-INFO": b"Metadata-Version: 1.0\nName: caf\xe9\n"}),
            ProjectError,
            "PKG-INFO is not UTF-8",
        ),
        (
            legacy_archive({"PKG-INFO": b"Metadata-Version: 1.0\nName: a\nVersion: first\n"}),
            ProjectError,
            "Invalid version 'first' (PEP 440)",
        ),
    ],
    ids=["two roots", "no root", "cut", "no version", "no name", "no UTF-8", "bad version"],
)
def test_archives_without_sense_are_refused(data, error, message, tmp_path):
    path = tmp_path / "any.tar.gz"
    path.write_bytes(data)
    with pytest.raises(error) as caught:
        read_legacy(path)
    assert message in str(caught.value)


FILES = {
    "PKG-INFO": PKG_INFO,
    "x/__init__.py": b"",
    "x/page.html": b"page",
    "x.egg-info/requires.txt": b"micropython-time\nmicropython-os>=0.5\n",
    "setup.py": b"# Written by sdist-upip.\nfrom setuptools import setup\nsetup()\n",
}


def test_only_the_metadata_step_runs(write, tmp_path):
    result = build_from_legacy(write(FILES), tmp_path / "out", {})
    assert result.archive.path == tmp_path / "out/micropython_x_y-1.0.tar.gz"
    members = read_members(result.archive.path)
    assert members["micropython_x_y.egg-info/requires.txt"] == b"micropython-time\nmicropython-os\n"
    assert members.keys() == {
        *("PKG-INFO", "x/__init__.py", "x/page.html", "setup.py"),
        "micropython_x_y.egg-info/requires.txt",
    }
    assert [step.name for step in result.steps] == ["metadata"]


@pytest.mark.parametrize(
    ("settings", "added", "removed"),
    [
        ({"steps": ["resources", "metadata"]}, {"x/R.py"}, set()),
        ({"pip-compatible": "false"}, set(), {"setup.py"}),
    ],
)
def test_settings_name_other_steps_or_remove_setup_py(settings, added, removed, write, tmp_path):
    plain = build_from_legacy(write(FILES), tmp_path / "plain", {})
    result = build_from_legacy(write(FILES), tmp_path / "out", settings)
    before, after = (read_members(r.archive.path).keys() for r in (plain, result))
    assert (after - before, before - after) == (added, removed)
    reason = "pip-compatible = false"
    removal = [ExcludedFile(path, reason, len(FILES[path])) for path in sorted(removed)]
    assert [item for item in result.excluded if item.reason == reason] == removal


def test_an_unknown_setting_is_refused_before_the_archive_is_read(tmp_path):
    with pytest.raises(ConfigError, match="windoww"):
        build_from_legacy(tmp_path / "none.tar.gz", tmp_path, {"windoww": "512"})


SETUP = {"setup.py": b"import sdist_upip\n", "README.md": b"", "tests/test_x.py": b""}


@pytest.mark.parametrize(
    ("files", "paths"),
    [
        ({"x.py": b"", "PKG-INFO": PKG_INFO}, ["PKG-INFO", "x.py"]),
        (
            {
                "src/x/a.py": b"",
                "src/x.egg-info/SOURCES.txt": b"",
                "src/x.egg-info/requires.txt": b"y\n",
            },
            ["PKG-INFO", "x/a.py"],
        ),
        (
            {"a/x.py": b"", "b/y.py": b"", "x.egg-info/PKG-INFO": PKG_INFO},
            ["PKG-INFO", "README.md", "a/x.py", "b/y.py", "tests/test_x.py"],
        ),
    ],
    ids=["distutils", "src", "legacy"],
)
def test_a_source_distribution_has_the_files_of_its_wheel(files, paths, write):
    layout = read_legacy(write({**SETUP, **files}), of_sdist=True)
    assert sorted(member.path for member in layout.release) == paths
    assert (b"Requires-Dist: y" in layout.release.get("PKG-INFO").data) is (
        "src/x.egg-info/requires.txt" in files
    )
    excluded = {item.source for item in layout.excluded}
    assert "setup.py" in excluded and "PKG-INFO" not in excluded


def test_a_source_distribution_that_is_not_clear(write):
    path = write({**SETUP, "a.py": b"", "b.py": b""})
    with pytest.raises(ArchiveError, match=r"a\.py, b\.py\. Install what its setup\.py needs, and"):
        read_legacy(path, of_sdist=True)
