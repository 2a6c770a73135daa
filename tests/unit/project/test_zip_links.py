"""Symbolic links in a wheel."""

import zipfile

import pytest

from sdist_upip.errors import ArchiveError, LimitError
from sdist_upip.limits import MEMBER_LIMIT
from sdist_upip.project.zip_links import is_link, resolve_links

FILES = {"x/a.py": b"A = 1\n", "x/d/b.txt": b"b", "x/d/e/c.txt": b"c"}


def resolve(**links):
    found = {path.replace("__", "/"): target.encode() for path, target in links.items()}
    made = resolve_links("x.whl", {**FILES, **found}, found.keys())
    assert made.items() >= FILES.items()
    return {path: data for path, data in made.items() if path not in FILES}


def test_links_to_files_and_directories():
    assert resolve(x__l="a.py", l="x/a.py", x__m="l") == dict.fromkeys(
        ("x/l", "l", "x/m"), FILES["x/a.py"]
    )
    assert resolve(x__l="d") == {"x/l/b.txt": b"b", "x/l/e/c.txt": b"c"}
    assert resolve(l="./x/d/") == {"l/b.txt": b"b", "l/e/c.txt": b"c"}


def test_links_through_links_to_directories():
    assert resolve(y="x/d", l="y/e/c.txt")["l"] == b"c"


@pytest.mark.parametrize("target", ["../README", "/etc/passwd", "gone", "README", "", "."])
def test_links_for_people_that_lead_nowhere_are_left_out(target):
    assert resolve(README=target, docs__a=target) == {}


@pytest.mark.parametrize("target", ["../y.py", "/etc/passwd", "gone", "l.py", "../x", "", "a.py/b"])
def test_links_of_code_that_lead_nowhere(target):
    with pytest.raises(ArchiveError, match=r"leads to .*, which is not a file of the wheel\. The"):
        resolve(x__l="m", **{"x__l.py": target})


def test_a_link_in_the_package_of_the_project():
    with pytest.raises(ArchiveError, match="is not a file of the wheel"):
        resolve_links("Demo-1.0-py3-none-any.whl", {"demo/b.py": b"gone.py"}, {"demo/b.py"})


def test_chains_and_directories_end():
    chain = {f"x/{n}": str(n + 1).encode() for n in range(100)}
    with pytest.raises(ArchiveError, match="is not a file of the wheel"):
        resolve_links("x.whl", {**FILES, **chain}, chain.keys())
    files = {f"d/{n}": b"" for n in range(1000)}
    links = {f"l{n}": b"d" for n in range(MEMBER_LIMIT // 1000 + 1)}
    with pytest.raises(LimitError, match="lead to more than"):
        resolve_links("x.whl", {**files, **links}, links.keys())


def test_the_mode_makes_a_link():
    entry = zipfile.ZipInfo("a")
    entry.external_attr = 0o120777 << 16
    assert is_link(entry)
    assert not is_link(zipfile.ZipInfo("a"))
