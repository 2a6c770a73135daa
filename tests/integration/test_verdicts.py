"""Build, check, repack and install have the same verdict on the same content."""

from types import MappingProxyType

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from sdist_upip import Member, Release
from sdist_upip.builders.builder import build
from sdist_upip.builders.repack import repack
from sdist_upip.check.archive import check_bytes
from sdist_upip.check.problem import ERROR
from sdist_upip.config import Config
from sdist_upip.errors import ArchiveError, ProjectError, SdistUpipError
from sdist_upip.installed.device_archive import read_device_archive
from sdist_upip.project.layout import Layout
from support.hostile_archives import HOSTILE
from support.odd_archives import END, METADATA, entry, pack, tar, to_bytes
from support.problems import STRICTER

FAST = Config(steps=(), compression="fast")
ON_NAMES = frozenset(
    {
        *("tar-duplicate", "name-absolute", "name-parent", "name-segment", "name-backslash"),
        *("name-control", "name-encoding", "name-fat", "name-case", "name-clash"),
        "name-reserved",
    }
)
"""Errors that install shares for the files that it installs, and not for other members."""


def errors(data, filename="x-1.0.tar.gz"):
    return [p for p in check_bytes(data, filename).problems if p.severity == ERROR]


def install(data, project="x"):
    """Return the paths that are installed, None if the archive is refused."""
    try:
        return {path for path, _ in read_device_archive(data, project).files}
    except ArchiveError:
        return None


def assert_agreement(data, paths=()):
    """`paths` are those of members; some may not be installed."""
    found = errors(data)
    installed = install(data)
    if installed is None:
        assert found
        return
    for problem in found:
        is_on_others = problem.code in ON_NAMES and not installed.issuperset(paths)
        assert problem.code in STRICTER or is_on_others


def seldom(strategy, other, times=7):
    """Return a strategy that takes `other` rather than `strategy`, `times` to one."""
    return st.integers(0, times).flatmap(lambda number: strategy if number == 3 else other)


odd_names = (
    *("a", "A", "b", "x.py", "X.PY", "gr\u0144", "gr\u014e", "\u00e9", "e\u0301", ".upip", ".Upip"),
    *(".sdist-upip", "upip.py", "upip_x.py", "UPIP", "src", "SRC", "pyproject.toml", "setup.py"),
    *("README", "readme", "PKG-INFO", "setup.cfg", "R.py", "con", "a.", "a~1", "x.egg-info"),
    *("requires.txt", "journal.json", "a:b", "docs", "LICENSE", "a\x85"),
)
segments = seldom(
    st.one_of(st.sampled_from(odd_names), st.text("aA.~ :é\x1b\\-_", min_size=1, max_size=4)),
    st.integers(0, 999).map("m{}.py".format),
    3,
)
paths = st.lists(segments, min_size=1, max_size=3).map("/".join)
odd_texts = (
    *("x = 1\n", "import setuptools\n", "# by sdist-upip\n", "y\n", "y\r\nz\n", "y\x1b\n"),
    *("[dev]\ny\n", "y==1.0\n", "y\n" * 501, "\u00e9\n"),
)
texts = seldom(
    st.one_of(st.sampled_from(odd_texts), st.text("y=1\n[]\r\x00\x85 ", max_size=12)),
    st.sampled_from(["", "y = 1\n"]),
    3,
)
odd_lines = (
    *("y>=1", "y ; extra == 'a'", "y ; extra == '\x1b'", "y ; extra == '\u00e9'", "y\tz", "y;", ""),
    "y @ https://example.org/y.zip",
)
requirements = seldom(
    st.lists(st.sampled_from(odd_lines), max_size=2).map(
        lambda lines: "".join(f"Requires-Dist: {line}\n" for line in lines)
    ),
    st.just(""),
)
contents = st.builds(
    lambda files, lines: {"PKG-INFO": METADATA + lines, "x.py": "x = 1\n", **files},
    st.dictionaries(paths, texts, max_size=3),
    requirements,
)


@settings(deadline=None, max_examples=600, suppress_health_check=list(HealthCheck))
@given(contents)
@example({"PKG-INFO": METADATA, "x.py": "x = 1\n", ".upip": "", "pyproject.toml": ""})
def test_made_up_projects(tmp_path_factory, files):
    """What build accepts, install and check accept. What it refuses, check refuses as well."""
    outdir = tmp_path_factory.mktemp("out")
    raw = pack(tar(files))
    refused = None
    try:
        members = tuple(Member(path, to_bytes(data)) for path, data in files.items())
        release = Release("x", "1.0", members)
        result = build(Layout(release, MappingProxyType({}), ()), FAST, outdir)
    except ProjectError as error:
        refused = error
        assert errors(raw)
        assert list(outdir.iterdir()) == []
    else:
        data = result.archive.path.read_bytes()
        assert errors(data) == []
        assert errors(raw) == []
        read_device_archive(data, "x")
    if install(raw) is None:
        assert refused
    assert_agreement(raw, files)


kinds = seldom(st.sampled_from([b"\0", b"5", b"2", b"x", b"L", b"g", b"7"]), st.just(b"0"))
changes = seldom(
    st.tuples(st.integers(100, 511), st.sampled_from([*b"\0 017_-+xyz\xff"])), st.none()
)
members = st.tuples(paths, texts, kinds, changes)


def flip(place):
    """Return a function that changes one bit of bytes."""

    def change(data):
        changed = bytearray(data)
        changed[place[0] % len(data)] ^= 1 << place[1]
        return bytes(changed)

    return change


mutations = seldom(
    st.one_of(
        st.integers(1, 2000).map(lambda size: lambda data: data[: max(1, len(data) - size)]),
        st.binary(min_size=1, max_size=30).map(lambda rest: lambda data: data + rest),
        st.tuples(st.integers(0, 4000), st.integers(0, 7)).map(flip),
    ),
    st.just(bytes),
)
ends = seldom(st.sampled_from([bytes(512), bytes(511), b"", END + b"text"]), st.just(END))


def header(path, text, kind, change):
    """Return an entry; one byte of its header may be changed, with the checksum corrected."""
    name = path.encode("utf-8", "surrogateescape")
    block = bytearray(entry(b"x-1.0/" + name, text.encode("utf-8", "surrogateescape"), kind))
    if change:
        block[change[0]] = change[1]
        if not 148 <= change[0] < 156:
            block[148:156] = b" " * 8
            block[148:156] = b"%06o\0 " % sum(block[:512])
    return bytes(block)


@settings(deadline=None, max_examples=600, suppress_health_check=list(HealthCheck))
@given(
    st.lists(members, max_size=4),
    requirements,
    ends,
    mutations,
    mutations,
)
def test_made_up_archives(entries, lines, end, on_tar, on_file):
    content = entry("x-1.0/PKG-INFO", METADATA + lines) + entry("x-1.0/x.py", "x = 1\n")
    content += b"".join(header(*member) for member in entries)
    paths = [path for path, *_ in entries]
    assert_agreement(on_file(pack(on_tar(content + end))), paths)


@pytest.mark.parametrize("name", [name for name, row in HOSTILE.items() if not row.slow])
def test_what_repack_writes_can_be_installed(name, tmp_path):
    row = HOSTILE[name]
    source, target = tmp_path / row.filename, tmp_path / "out.tar.gz"
    source.write_bytes(row.data)
    try:
        repack(source, target, window=4096, compression="fast")
    except SdistUpipError:
        assert not target.exists()
    else:
        read_device_archive(target.read_bytes(), row.project)
