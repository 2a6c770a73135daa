"""Links in a tar lead to files of it, or are refused unless no device needs them."""

import tarfile

import pytest

from sdist_upip.builders.link_targets import LinkTargets
from sdist_upip.errors import ArchiveError, LimitError
from sdist_upip.limits import MEMBER_LIMIT


def link(name, target, kind=tarfile.SYMTYPE):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def hard(name, target):
    return link(name, target, tarfile.LNKTYPE)


FILE = tarfile.TarInfo("x-1/a/file")
OTHER = tarfile.TarInfo("x-1/a/b/other")


def follow(entries, entry):
    return [(placed.name, source.name) for placed, source in LinkTargets(entries).follow(entry)]


@pytest.mark.parametrize(
    "links",
    [
        [link("x-1/b", "a/file")],
        [link("x-1/b", "./a//file")],
        [link("x-1/c/b", "../a/file")],
        [link("./x-1/b", "a/file")],
        [hard("x-1/b", "x-1/a/file")],
        [hard("x-1/b", "./x-1/a/file")],
        [link("x-1/b", "c"), link("x-1/c", "a/file")],
        [hard("x-1/b", "x-1/c"), link("x-1/c", "a/file")],
        [link("x-1/b", "d/file"), link("x-1/d", "a")],
        [link("x-1/b", "d/c/file"), link("x-1/d", "."), link("x-1/c", "a")],
        *[[link(f"x-1/{n}", str(n + 1)) for n in range(20)] + [link("x-1/20", "a/file")]],
    ],
)
def test_links_to_files(links):
    assert follow([FILE, *links], links[0]) == [(links[0].name, FILE.name)]


@pytest.mark.parametrize("target", ["a", "a/", "./a", "c/../a"])
def test_links_to_directories(target):
    entry = link("x-1/b", target)
    assert follow([OTHER, FILE, entry, link("x-1/a/gone", "gone")], entry) == [
        ("x-1/b/b/other", "x-1/a/b/other"),
        ("x-1/b/file", "x-1/a/file"),
    ]


NOWHERE = (
    *("gone", "../../a/file", "/x-1/a/file", "/etc/passwd", "../../../etc/passwd", "", "..", "."),
    *("b", "loop", "fifo", "a/file/x", "inside"),
)


@pytest.mark.parametrize("target", NOWHERE)
@pytest.mark.parametrize(
    "name", ["README", "README.md", "./LICENSE", "docs/b", "tests/x.py", ".github/b", "CHANGES"]
)
def test_links_that_lead_nowhere_but_are_for_people(name, target):
    entry = link(f"x-1/{name}", target)
    assert follow([FILE, link("x-1/loop", "loop"), entry], entry) == []


@pytest.mark.parametrize("target", NOWHERE)
@pytest.mark.parametrize("name", ["b.py", "pkg/b", "pkg/README", "b"])
def test_links_that_lead_nowhere(name, target):
    entry = link(f"x-1/{name}", target)
    fifo = link("x-1/fifo", "", tarfile.FIFOTYPE)
    inside = [link("x-1/inside", "pkg"), link("x-1/pkg/inside", "../pkg")]
    with pytest.raises(ArchiveError, match=r"which is not a file of the archive. The package lac"):
        follow([FILE, link("x-1/loop", "loop"), fifo, *inside, entry], entry)


def test_a_link_in_the_package_of_the_project():
    """A package may be called demo."""
    entry = link("demo-1/demo/b.py", "gone.py")
    with pytest.raises(ArchiveError, match=r"'demo-1/demo/b\.py' leads to 'gone\.py'"):
        follow([entry], entry)


def test_endless_chains():
    links = [link(f"x-1/{n}", str(n + 1)) for n in range(100)]
    with pytest.raises(ArchiveError, match="is not a file of the archive"):
        follow([FILE, *links], links[0])


def test_many_links_are_found_in_linear_time():
    count = 50_000
    entries = [FILE, *(link(f"x-1/{n}", "a/file") for n in range(count))]
    targets = LinkTargets(entries)
    assert all([source is FILE for _, source in targets.follow(entry)] for entry in entries)


def test_directories_do_not_multiply_without_end():
    files = [tarfile.TarInfo(f"x-1/a/{n}") for n in range(2000)]
    links = [link(f"x-1/b{n}", "a") for n in range(MEMBER_LIMIT // 2000 + 1)]
    targets = LinkTargets([*files, *links])
    with pytest.raises(LimitError, match="lead to more than"):
        for entry in links:
            list(targets.follow(entry))


def test_other_entries_are_their_own_files():
    fifo = link("x-1/fifo", "", tarfile.FIFOTYPE)
    assert follow([FILE, fifo], FILE) == [(FILE.name, FILE.name)]
    assert follow([FILE, fifo], fifo) == [(fifo.name, fifo.name)]
