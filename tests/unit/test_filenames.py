import pytest

from sdist_upip.filenames import project_of


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
