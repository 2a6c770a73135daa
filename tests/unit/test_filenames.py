import pytest

from sdist_upip.filenames import project_of, read_pure_wheel_name


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
