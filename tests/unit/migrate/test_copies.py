"""Copies are known by their content; what exists only for them goes too."""

import pytest

from sdist_upip.migrate.copies import (
    find_companions,
    find_copies,
    find_emptied,
    find_submodules,
    is_copy,
    module_name,
)
from support.legacy_projects import COPY
from support.trees import write_tree


def test_copies_are_known_by_their_content(tmp_path):
    project = write_tree(
        tmp_path,
        {
            "tools/my_sdist.py": COPY,
            "optimize_upip.py": "def gzip_4k(a, b): pass\ndef filter_tar(name): pass\n",
            "sdist_upip.py": "import sdist_upip\n",
            "words.py": "# gzip_4k and sdist\n",
            "broken.py": "def gzip_4k(:\n",
            "other.py": "def gzip_4k(): pass\n",
            "lib/site-packages/sdist_upip.py": COPY,
        },
    )
    assert find_copies(project) == ["optimize_upip.py", "tools/my_sdist.py"]
    method = "class Sdist(sdist):\n    def gzip_4k(self, name): pass\n"
    assert is_copy(method)
    assert not is_copy("class Sdist(sdist):\n    def zip(self): pass\n")


@pytest.mark.parametrize("start", ["\ufeff", "# -*- coding: utf-8 -*-\r\n"])
def test_a_copy_from_windows(start):
    assert is_copy(start + COPY.replace("\n", "\r\n"))


@pytest.mark.parametrize(
    ("path", "name"),
    [("sdist_upip.py", "sdist_upip"), ("a/b.py", "b"), ("tools/upip/__init__.py", "upip")],
)
def test_the_name_of_a_module(path, name):
    assert module_name(path) == name


@pytest.mark.parametrize(
    ("text", "files", "goes"),
    [
        ("", {}, True),
        ('"""Upip."""\nfrom .sdist_upip import *\n__all__ = ["sdist"]\n', {}, True),
        ("from sdist_upip import sdist\n", {}, True),
        ("import os\n", {}, False),
        ("VERSION = 1\n", {}, False),
        ("print(\n", {}, False),
        ("", {"up/other.py": ""}, False),
    ],
)
def test_an_init_that_serves_only_the_copy(tmp_path, text, files, goes):
    write_tree(tmp_path, {"up/sdist_upip.py": COPY, "up/__init__.py": text, **files})
    found = find_companions(tmp_path, ["up/sdist_upip.py"])
    assert found == (["up/__init__.py"] if goes else [])


def test_emptied_directories(tmp_path):
    files = {"a/b/c.py": "", "a/b/__pycache__/c.pyc": "", "d/e.py": "", "d/.keep": "", "f.py": ""}
    write_tree(tmp_path, files)
    assert list(find_emptied(tmp_path, ["a/b/c.py", "d/e.py", "f.py"])) == ["a/b", "a"]


def test_submodules(tmp_path):
    text = '[submodule "x"]\r\n\tpath = lib/x\r\n[submodule "y"]\r\n\turl=u\r\n path="y"\r\n'
    write_tree(tmp_path, {".gitmodules": text})
    assert find_submodules(tmp_path) == {"lib/x": 2, "y": 5}
    assert find_submodules(tmp_path / "nowhere") == {}
