"""A tar of the plainest form is read, and every other one refused."""

import pytest

from sdist_upip.archive.tar import END
from sdist_upip.check.device_tar import read_device_tar
from sdist_upip.errors import ArchiveError, NotForDevicesError
from support.archives import header, member

INFO = member("x-1/PKG-INFO", b"Name: x\nRequires-Dist: y>=1\n")


def read(*members, project="x"):
    return read_device_tar(b"".join((INFO, *members, END)), project)


def test_files_and_requirements():
    found = read(
        member("x-1/", kind=b"5"),
        member("x-1/x.py", b"x = 1\n"),
        member("x-1/README", b"text"),
        member("x-1/x.egg-info/requires.txt", b"z\n"),
    )
    assert found == ([("x.py", b"x = 1\n")], ["y>=1"])


def test_requirements_of_the_list_count_without_those_of_the_metadata():
    tar = member("x-1/x.egg-info/requires.txt", b"z\n") + END
    assert read_device_tar(tar, "x") == ([], ["z"])


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ([header(b"x-1/\xff.py")], r"The member name b'x-1/\\xff.py' is not UTF-8\."),
        ([member("x-1/a"), member("x-1/A")], r"has 'a' and 'A', which are one name on FAT\."),
        ([member("x-1/A/b"), member("x-1/a/c")], r"has 'a/c' and 'A', which are one name on FAT\."),
        ([member("x-1/a"), member("x-1/a")], r"has 'a' twice\."),
        ([member("x-1/a"), member("x-1/a/b")], r"has 'a' as a file and, for 'a/b', as a dir"),
        ([member("x-1/.upip/y")], "is in the place of the records of packages"),
        ([member("x-1/upip_ca.der")], "is in the place of upip itself"),
        ([member("x-1/a:b")], r"the segment 'a:b', which contains ':'\. Do not use"),
        ([member(f"x-1/{n}/", kind=b"5") for n in range(1001)], "more than 1,000 directories"),
        ([member("x-1/PKG-INFO", b"Requires-Dist: y\n" * 500)], "more than 500 requirements"),
        ([member("x-1/a.egg-info/requires.txt", b"y\n" * 501)], "more than 500 requirements"),
        (
            [member("x-1/PKG-INFO", b"Requires-Dist: y ; a == '\x1b[2J'")],
            r"requirement b\"y ; a == '\\x1b\[2J'\" has a character that is not printable ASCII",
        ),
        ([header(b"x-1/y", 5000)], "The tar is truncated after 2560 bytes"),
        (
            [member("x-1/y", kind=b"2")],
            "'x-1/y' in the tar is not a regular file with a plain head",
        ),
        ([member("x-1/y", kind=b"7")], "is not a regular file with a plain header"),
        ([member("x-1/y/")], "is not a regular file with a plain header"),
        ([member("./x-1/y")], "is not a regular file with a plain header"),
        ([member("a", b"8 a=bcd\n", b"x"), member("x-1/y")], "regular file with a plain header"),
        (
            [member("a", b"x-1/z", b"L"), member("x-1/y")],
            "'x-1/z' in the tar is not a regular file",
        ),
        ([member("y")], "'y' in the tar is not in a directory"),
        ([member("x-1/y")[:148] + b"000001\0 " + member("x-1/y")[156:]], "b'x-1/y' is invalid"),
    ],
)
def test_what_is_refused(members, message):
    with pytest.raises(ArchiveError, match=message):
        read(*members)


def test_limits_are_what_is_still_read():
    directories = [member(f"x-1/{n}/", kind=b"5") for n in range(1000)]
    requirements = member("x-1/PKG-INFO", b"Requires-Dist: y\n" * 499)
    assert len(read(*directories, requirements)[1]) == 500


def test_conflicts_of_files_that_are_not_installed_do_not_count():
    assert read(member("x-1/README"), member("x-1/Readme"), member("x-1/setup.cfg"))[0] == [
        ("Readme", b"")
    ]


def test_upip_brings_its_own_files():
    assert read(member("x-1/upip.py"), project="upip")[0] == [("upip.py", b"")]


@pytest.mark.parametrize("path", ["pyproject.toml", "src/y.py", "setup.py"])
def test_signs_of_archives_for_computers(path):
    with pytest.raises(NotForDevicesError, match="made for computers: it has"):
        read(member(f"x-1/{path}", b"import setuptools\n"))


def test_directories_are_no_sign():
    assert read(member("x-1/src/", kind=b"5"), member("x-1/pyproject.toml", kind=b"5"))[0] == []
