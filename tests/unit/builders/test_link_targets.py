"""Links in a tar lead to one of its files, or are refused."""

import tarfile

import pytest

from sdist_upip.builders.link_targets import LinkTargets
from sdist_upip.errors import ArchiveError


def link(name, target, kind=tarfile.SYMTYPE):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


FILE = tarfile.TarInfo("x-1/a/file")


@pytest.mark.parametrize(
    ("links", "found"),
    [
        ([link("x-1/b", "a/file")], True),
        ([link("x-1/c/b", "../a/file")], True),
        ([link("x-1/b", "x-1/a/file", tarfile.LNKTYPE)], True),
        ([link("x-1/b", "c"), link("x-1/c", "a/file")], True),
        ([link("x-1/b", "b")], False),
        ([link("x-1/b", "gone")], False),
        ([link("x-1/b", "../../a/file")], False),
        ([link(f"x-1/{n}", str(n + 1)) for n in range(100)], False),
    ],
)
def test_links(links, found):
    targets = LinkTargets([FILE, *links])
    if found:
        assert targets.follow(links[0]) is FILE
    else:
        with pytest.raises(ArchiveError, match="was not found in the archive"):
            targets.follow(links[0])


def test_many_links_are_found_in_linear_time():
    count = 50_000
    entries = [FILE, *(link(f"x-1/{n}", "a/file") for n in range(count))]
    targets = LinkTargets(entries)
    assert all(targets.follow(entry) is FILE for entry in entries)


def test_other_entries_lead_nowhere():
    fifo = link("x-1/fifo", "", tarfile.FIFOTYPE)
    targets = LinkTargets([FILE, fifo])
    assert targets.follow(FILE) is FILE
    assert targets.follow(fifo) is fifo
    with pytest.raises(ArchiveError):
        targets.follow(link("x-1/b", "fifo"))
