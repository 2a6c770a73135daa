"""What package.json says about an archive or a build."""

from pathlib import Path

import pytest

from sdist_upip.archive.writer import Archive
from sdist_upip.builders.builder import BuildResult
from sdist_upip.errors import ArchiveError
from sdist_upip.mip.description import describe_archive, describe_build
from support.archives import make_archive, make_release
from support.trees import write_tree
from support.wheels import pure_wheel

USES = {"a/__init__.py": "import pkg_resources\n", "a/d": "data"}


def describe(tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    return describe_archive(tmp_path / name)


def test_an_archive_has_its_files_where_they_are_installed(tmp_path):
    files = {"a.py": "", "a.egg-info/requires.txt": "b\n", "LICENSE": "", "README.md": ""}
    found = describe(tmp_path, "a-1.0.post1.tar.gz", make_archive("a", "1.0.post1", files, ["b>1"]))
    assert found.version == "1.0.post1"
    assert found.files.sources == {"LICENSE": "LICENSE", "a.py": "a.py"}
    assert found.requires == ("b>1",)


def test_a_wheel(tmp_path):
    name = "a-1.0-py3-none-any.whl"
    found = describe(tmp_path, name, pure_wheel("a", "1.0", {"a.py": ""}, ["b"]))
    assert (found.version, found.files.sources, found.requires) == ("1.0", {"a.py": "a.py"}, ("b",))


@pytest.mark.parametrize(
    ("module", "is_served"),
    [
        ('R = {"d": b"data"}\n', False),
        ('R = {"d": b"data", "e": b""}\n', True),
        ("R = 1\n", True),
    ],
)
def test_a_module_of_resources_is_served_if_nothing_else_has_them(tmp_path, module, is_served):
    files = {"a/__init__.py": "", "a/d": "data", "a/R.py": module}
    found = describe(tmp_path, "a-1.tar.gz", make_archive("a", "1", files))
    assert ("a/R.py" in found.files.sources) is is_served


@pytest.mark.parametrize(
    ("files", "requires", "expected"),
    [
        (USES, [], ("pkg_resources",)),
        (USES, ["b"], ("b", "pkg_resources")),
        (USES, ["Pkg-Resources>=0"], ("Pkg-Resources>=0",)),
        (USES, ["micropython-pkg_resources"], ("micropython-pkg_resources",)),
        ({**USES, "pkg_resources.py": ""}, [], ()),
        ({"a.py": "'pkg_resources'\n"}, [], ()),
    ],
)
def test_pkg_resources_is_required_by_what_imports_it(tmp_path, files, requires, expected):
    found = describe(tmp_path, "a-1.tar.gz", make_archive("a", "1", files, requires))
    assert found.requires == expected
    write_tree(tmp_path / "project", files)
    archive = Archive(Path("a-1.tar.gz"), make_release("a", "1", files, requires), 1, 1)
    build = BuildResult(archive, (), (), {path: path for path in files})
    assert describe_build(build, tmp_path / "project").requires == expected


@pytest.mark.parametrize(
    ("name", "data", "message"),
    [
        ("a.tar.gz", b"", "is not named NAME-VERSION.tar.gz"),
        ("a-1.tar.gz", b"no archive", "a-1.tar.gz: This is not a gzip file"),
        ("a.whl", b"PK", "a.whl: "),
    ],
)
def test_other_files_are_refused(tmp_path, name, data, message):
    with pytest.raises(ArchiveError, match=message):
        describe(tmp_path, name, data)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ArchiveError, match=r"Cannot read .*a-1\.tar\.gz: No such file"):
        describe_archive(tmp_path / "a-1.tar.gz")
