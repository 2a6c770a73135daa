"""Links: the project of a file, the path of the file, and the text for messages."""

from pathlib import Path

import pytest

from sdist_upip.errors import ConfigError
from sdist_upip.index.link import Link, group_by_project

PRIVATE = "https://user:secret@host:8443/a/b-1.tar.gz?token=secret#sha256=0"


@pytest.mark.parametrize(
    ("filename", "projects"),
    [
        ("My_App-1.0.tar.gz", ["my-app"]),
        ("my.app-1.0-py3-none-any.whl", ["my-app"]),
        ("my.app-1.0-2.tar.gz", ["my-app", "my-app-1-0"]),
        ("page.html", []),
    ],
)
def test_the_projects_are_those_of_the_file_name(filename, projects):
    assert Link(filename, f"https://host/{filename}").projects == projects


def test_a_path_is_on_this_computer(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    path = tmp_path / "ü n" / "b-1.tar.gz"
    assert Link(path.name, str(path)).path == path
    assert Link(path.name, path.as_uri()).path == path
    assert Link(path.name, "dist/b-1.tar.gz").path == Path("dist/b-1.tar.gz")
    assert Link(path.name, "~/b-1.tar.gz").path == tmp_path / "b-1.tar.gz"
    assert Link(path.name, "https://host/b-1.tar.gz").path is None
    with pytest.raises(ConfigError, match="Write file:///PATH"):
        _ = Link(path.name, "file://server/b-1.tar.gz").path


@pytest.mark.parametrize(
    ("link", "shown"),
    [
        (Link("b-1.tar.gz", PRIVATE), "https://host:8443/a/b-1.tar.gz"),
        (Link("b-1.tar.gz", "dist/b-1.tar.gz"), "dist/b-1.tar.gz"),
        (Link("b-1.tar.gz", "file:///dist/b-1.tar.gz"), "file:///dist/b-1.tar.gz"),
        (Link("b-1.tar.gz", "/tmp/b-1.tar.gz", source_tree=Path("work/b")), "work/b"),
    ],
)
def test_what_is_shown_has_no_password(link, shown):
    assert str(link) == shown


def test_links_by_project():
    names = ["b-1.tar.gz", "A_a-2.tar.gz", "readme.txt", "b-0-py3-none-any.whl", "a.a-1.tar.gz"]
    links = [Link(name, f"https://host/{name}") for name in names]
    assert group_by_project(links) == {"b": [links[0], links[3]], "a-a": [links[1], links[4]]}
    post = Link("b-1.0-2.tar.gz", "https://host/b-1.0-2.tar.gz")
    assert group_by_project([post]) == {"b": [post], "b-1-0": [post]}
    assert group_by_project([]) == {}
