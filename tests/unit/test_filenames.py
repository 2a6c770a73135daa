from urllib.parse import unquote

import pytest

from sdist_upip.filenames import find_filename_defect, project_of, read_pure_wheel_name
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
        ("", None),
    ],
)
def test_file_names_have_the_project(filename, project):
    assert project_of(filename) == project


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
