from urllib.parse import unquote

import pytest
from packaging.utils import InvalidWheelFilename

from sdist_upip.filenames import (
    find_filename_defect,
    is_project_name,
    parse_version,
    parse_wheel_name,
    project_of,
    projects_of,
    read_archive_name,
    read_pure_wheel_name,
    split_release,
)
from support.hostile_names import HOSTILE_NAMES, HOSTILE_PARTS, HOSTILE_WHEELS


@pytest.mark.parametrize(
    ("filename", "project"),
    [
        ("My.App-1.0.tar.gz", "my-app"),
        ("my-app-1.0.tar.gz", "my-app"),
        ("micropython-logging-0.3.tar.gz", "micropython-logging"),
        ("my_app-1.0-py3-none-any.whl", "my-app"),
        ("my_app-1.0-1-py3-none-any.whl", "my-app"),
        ("my_app-1.0.zip", "my-app"),
        ("my_app-1.0-py3.whl", None),
        ("my_app-1.0.tar.bz2", None),
        ("my_app-1.0.tar.gz.asc", None),
        ("my_app.tar.gz", None),
        ("../my_app-1.0.tar.gz", None),
        (".my_app-1.0.tar.gz", None),
        ("my app-1.0.tar.gz", None),
        ("_my_app-1.0.tar.gz", None),
        ("my_app_-1.0.tar.gz", None),
        ("my~app-1.0.tar.gz", None),
        ("", None),
    ],
)
def test_file_names_have_the_project(filename, project):
    assert project_of(filename) == project


POST_RELEASES = {
    "micropython-cmd-3.4.0-2": ("micropython-cmd", "3.4.0-2"),
    "x-1.0-2": ("x", "1.0-2"),
    "X.y-1.0rc1-2": ("X.y", "1.0rc1-2"),
    "x-v1.0-10": ("x", "v1.0-10"),
    "x-1-2": ("x-1", "2"),
    "x-1.0-2a": ("x-1.0", "2a"),
    "x-1.0-2.0": ("x-1.0", "2.0"),
    "x-1.0-rc1": ("x-1.0", "rc1"),
    "x-y.z-2": ("x-y.z", "2"),
    "1.0-2": ("1.0", "2"),
    "-1.0-2": ("-1.0", "2"),
    "x-1.0-²": ("x-1.0", "²"),
    "x-1.0-2-3": ("x-1.0-2", "3"),
    "x": ("", "x"),
}


@pytest.mark.parametrize("stem", POST_RELEASES)
def test_a_post_release_with_a_hyphen(stem):
    assert split_release(stem) == POST_RELEASES[stem]


@pytest.mark.parametrize(
    ("filename", "project", "expected"),
    [
        ("micropython-cmd-3.4.0-2.tar.gz", "", ("micropython-cmd", "3.4.0-2")),
        ("Micropython_CMD-3.4.0-2.tar.gz", "micropython-cmd", ("micropython-cmd", "3.4.0-2")),
        ("micropython-cmd-3.4.0-2.tar.gz", "micropython-cmd-3-4-0", ("micropython-cmd-3-4-0", "2")),
        ("micropython-cmd-3.4.0-2.tar.gz", "micropython", None),
        ("x-1-2.tar.gz", "x", None),
        ("x-1-2.tar.gz", "x-1", ("x-1", "2")),
        ("x-1-2.tar.gz", "", ("x-1", "2")),
        ("x-1.0-rc1.tar.gz", "x", None),
        ("x-1.0-post-2-dev-3.tar.gz", "x", None),
        ("x-y-1.0.tar.gz", "x", None),
        ("x-1.0.tar.gz", "y", None),
        (f"x{'-1' * 120}.tar.gz", "x", None),
    ],
)
def test_a_project_may_decide_where_the_version_begins(filename, project, expected):
    assert read_archive_name(filename, project) == expected
    if expected:
        assert expected[0] in projects_of(filename)
    elif project:
        assert project not in projects_of(filename)


def test_projects_that_a_file_may_be_of():
    assert projects_of("x-1.0-2.tar.gz") == ["x", "x-1-0"]
    assert projects_of("x-y-1.0.tar.gz") == ["x-y"]
    assert projects_of("x-unknown.tar.gz") == ["x"]
    assert projects_of("x-1.0-2-py3-none-any.whl") == ["x"]
    assert projects_of("page.html") == projects_of("../x-1.0.tar.gz") == []


@pytest.mark.parametrize(
    ("filename", "pure"),
    [
        ("x-1.0-py3-none-any.whl", True),
        ("x-1.0-1-py2.py3-none-any.whl", True),
        ("x-1.0-py2-none-any.whl", False),
        ("x-1.0-cp312-cp312-win_amd64.whl", False),
        ("x-1.0-py3-none-manylinux_2_17_x86_64.whl", False),
        ("x-py3-none-any.whl", False),
        ("x-1.0.tar.gz", False),
        ("", False),
    ],
)
def test_the_file_name_tells_whether_a_wheel_is_pure(filename, pure):
    assert (read_pure_wheel_name(filename) is not None) == pure


@pytest.mark.parametrize(("part", "defect"), [*HOSTILE_PARTS.items(), *HOSTILE_WHEELS.items()])
def test_a_file_name_is_one_segment_on_every_file_system(part, defect):
    assert defect in (find_filename_defect(unquote(part)) or "")


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_names_that_are_no_file_are_defects(name):
    assert find_filename_defect(name)


@pytest.mark.parametrize(
    "name", ["a-1.0.tar.gz", "c d-1.whl", "a-1.0+b.tar.gz", "\u00e9-1.0.tar.gz"]
)
def test_ordinary_file_names_are_accepted(name):
    assert find_filename_defect(name) is None


NO_NAMES = (
    *("", "-", "_a", "a_", ".a", "a.", "-a", "..", "a b", "a~b", "a;", "a/b", "a\n", " a", "a "),
    *("a\x1bb", "a\0", "a\x85", "é", "\u212a", "a\u200bb", "[a]"),
)
NO_VERSIONS = (
    *("", "x", "1.0\n", "\n1.0", " 1.0", "1.0 ", "1.0\t", "1.0\x1b[2J", "1.0+x\nfile", "1.0+x y"),
    *("1.0+\u017f", "1.0\u212a", "\u0661.0", "1..0", "1.0\x00", "9" * 5000 + "a", "1/0", "1.0\x85"),
)


@pytest.mark.parametrize("name", NO_NAMES)
def test_what_is_not_the_name_of_a_project(name):
    assert not is_project_name(name)
    assert read_archive_name(f"{name}-1.0.tar.gz") is None
    assert project_of(f"{name}-1.0.tar.gz") is None
    assert read_pure_wheel_name(f"{name}-1.0-py3-none-any.whl") is None


@pytest.mark.parametrize("version", NO_VERSIONS)
def test_what_is_not_a_version(version):
    assert parse_version(version) is None
    assert read_archive_name(f"a-{version}.tar.gz") is None
    assert read_pure_wheel_name(f"a-{version}-py3-none-any.whl") is None


@pytest.mark.parametrize("name", ["a", "A", "0", "a.b", "a-_.b", "My.App_2"])
@pytest.mark.parametrize("version", ["1", "v1.0", "1!2.0rc1", "1.0.post1.dev2", "1.0+a.B_c"])
def test_names_and_versions(name, version):
    assert is_project_name(name)
    assert str(parse_version(version)) in str(parse_version(version.lower()))
    assert read_archive_name(f"{name}-{version}.tar.gz")[1] == version


@pytest.mark.parametrize(
    "filename",
    [
        "a-1.0-py3-none-any\x1b.whl",
        "a-1.0-1\n-py3-none-any.whl",
        f"a-1.0-{'9' * 5000}-py3-none-any.whl",
        "a-1.0-p y-none-any.whl",
        "a\n-1.0-py3-none-any.whl",
        "a-1.0\n-py3-none-any.whl",
    ],
)
def test_wheels_with_letters_that_names_do_not_have(filename):
    with pytest.raises(InvalidWheelFilename, match="Invalid "):
        parse_wheel_name(filename)
    assert read_pure_wheel_name(filename) is None
