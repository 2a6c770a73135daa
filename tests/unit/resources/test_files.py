"""Files of the command line as resources: their names, and errors."""

import os
from pathlib import Path

import pytest

from sdist_upip.errors import ProjectError
from sdist_upip.resources.files import read_resources
from support.trees import write_tree

RUN = "Run the command in the package directory, or pass --root."
ROOT = "Pass a --root that contains the file."


@pytest.fixture(autouse=True)
def directory(tmp_path, monkeypatch):
    files = {"data/page.html": "<p>", "data/image.png": bytes(range(256)), "größe": ""}
    monkeypatch.chdir(write_tree(tmp_path, files))
    return tmp_path


def read(*paths, root=None):
    return read_resources(map(Path, paths), root and Path(root))


def test_names_are_those_that_were_passed():
    assert read("data/page.html", "./data/image.png", "größe") == {
        "data/page.html": b"<p>",
        "data/image.png": bytes(range(256)),
        "größe": b"",
    }
    assert read() == {}


@pytest.mark.parametrize(
    ("root", "name"),
    [("data", "page.html"), (".", "data/page.html"), ("data/../data", "page.html")],
)
def test_names_start_from_root(directory, root, name):
    assert read("data/page.html", root=root) == {name: b"<p>"}
    assert read(directory / "data/page.html", root=root) == {name: b"<p>"}
    assert read("data/../data/page.html", root=directory / root) == {name: b"<p>"}


@pytest.mark.parametrize(
    ("paths", "root", "message"),
    [
        (["none"], None, "none does not exist. Check the path."),
        (["data"], None, "data is a directory. Pass the files in the directory."),
        (
            ["data/page.html", "größe", "./data/page.html"],
            None,
            "data/page.html: the resource 'data/page.html' already exists. Pass each file once.",
        ),
        (
            ["data/page.html", "data/../data/page.html"],
            "data",
            "data/../data/page.html: the resource 'page.html' already exists. Pass each file once.",
        ),
        (
            ["../none"],
            None,
            f"../none: the resource name '../none' has a '.' or '..' segment. {RUN}",
        ),
        (
            ["größe"],
            "data",
            f"größe: the resource name '../größe' has a '.' or '..' segment. {ROOT}",
        ),
        (["data"], "data", f"data: the resource name '.' has a '.' or '..' segment. {ROOT}"),
        (
            ["größe/x"],
            None,
            "Cannot read größe/x: Not a directory. Check the path and its permissions.",
        ),
        (["a\\b"], None, f"a\\b: the resource name 'a\\\\b' contains a backslash. {RUN}"),
        (["a\nb"], None, f"a\\nb: the resource name 'a\\nb' contains a control character. {RUN}"),
    ],
)
def test_errors(paths, root, message):
    with pytest.raises(ProjectError) as caught:
        read(*paths, root=root)
    assert str(caught.value) == message


def test_an_absolute_path_needs_root(directory):
    path = directory / "data/page.html"
    with pytest.raises(ProjectError) as caught:
        read(path)
    assert str(caught.value) == f"{path}: the resource name '{path}' is absolute. {RUN}"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_a_name_beyond_utf_8():
    name = os.fsdecode(b"\xff")
    Path(name).touch()
    with pytest.raises(ProjectError, match=r"the resource name .* is not valid UTF-8\. Run"):
        read(name)


def test_a_root_on_another_drive(directory, monkeypatch):
    def relpath(path, start):
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    monkeypatch.setattr(os.path, "relpath", relpath)
    with pytest.raises(ProjectError) as caught:
        read("data/page.html", root="data")
    name = f"{directory}/data/page.html"
    assert str(caught.value) == f"data/page.html: the resource name {name!r} is absolute. {ROOT}"
