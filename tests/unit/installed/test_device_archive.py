"""The host reads an archive as upip does: the same files, requirements and records, or neither."""

import gzip
import io
import random
import tarfile
import tracemalloc
import zlib

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sdist_upip.archive.reader import GZIP_HEADER
from sdist_upip.archive.tar import write_tar
from sdist_upip.archive.writer import gzip_wrap
from sdist_upip.errors import ArchiveError, LimitError, NotForDevicesError, SdistUpipError
from sdist_upip.installed.device_archive import read_archive_members, read_device_archive
from sdist_upip.limits import REQUIREMENT_LIMIT, SIZE_LIMIT
from support import odd_archives
from support.archives import (
    changed_header,
    header,
    make_archive,
    make_release,
    member,
    pack,
    pack_tar,
    raw_archive,
)
from support.package_installs import install_by_upip, install_here
from support.trees import read_tree

INFO = member("x-1/PKG-INFO", b"Metadata-Version: 2.1\nName: x\nVersion: 1\n")
GOOD = member("x-1/x.py", b"good")


def raw(*members):
    return raw_archive(INFO, GOOD, *members)


def only(*members):
    """Return an archive of an sdist with only these modules."""
    return raw_archive(INFO, *OTHERS, *members)


def info(text, *rest):
    return raw_archive(member("x-1/PKG-INFO", text), GOOD, *rest)


def requires(text, *rest):
    return raw(member("x-1/x.egg-info/requires.txt", text), *rest)


def fields(name=b"x-1/y.py", **changes):
    return changed_header(name, **changes)


def gzipped(data, wbits=-12, head=GZIP_HEADER):
    compressor = zlib.compressobj(9, zlib.DEFLATED, wbits)
    stream = compressor.compress(data) + compressor.flush()
    return head + gzip_wrap(stream, data)[len(GZIP_HEADER) :]


def with_crc(head):
    """Return the head of a gzip file with its CRC."""
    return head + zlib.crc32(head).to_bytes(4, "little")[:2]


def legacy_archive():
    """Return an archive as the legacy sdist_upip.py made them: tarfile, directories, zlib."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path, data in (
            ("x-1", None),
            ("x-1/PKG-INFO", b"Name: x\n"),
            ("x-1/x", None),
            ("x-1/x/__init__.py", b"import y\n" * 200),
            ("x-1/x.egg-info", None),
            ("x-1/x.egg-info/requires.txt", b"y\nmicropython-z==1.0\n"),
            ("x-1/x.egg-info/SOURCES.txt", b"x\n"),
            ("x-1/setup.cfg", b"[egg_info]\n"),
            ("x-1/README", b"hello"),
        ):
            entry = tarfile.TarInfo(path)
            entry.size = len(data or b"")
            entry.type = tarfile.DIRTYPE if data is None else tarfile.REGTYPE
            tar.addfile(entry, io.BytesIO(data or b""))
    return gzipped(buffer.getvalue())


TAR = write_tar("x-1", make_release("x", "1", {"x/a.py": "x = 1\n" * 99, "x/b": ""}).members)
PLAIN = pack_tar(TAR)
READ = ("window", "tar-size", "tar-pax", "tar-prefix", "tar-name-length", "src-layout",
        "for-computers")  # fmt: skip
"""The defects of `odd_archives` that are no reason to refuse an archive."""

# fmt: off
SAME = {
    "plain": PLAIN,
    "legacy": legacy_archive(),
    "needs": make_archive("x", "1", None, ["y>=1 ; extra == 'a'", "Z [b] <2", "w (>1)"]),
    "needs before": raw_archive(member("x-1/x.egg-info/requires.txt", b"old\n"), INFO, GOOD),
    "needs in both": info(b"Requires-Dist: new\n", member("x-1/x.egg-info/requires.txt", b"old")),
    "needs twice": info(b"Requires-Dist: a\n", member("x-1/PKG-INFO", b"Requires-Dist: b")),
    "needs in blocks": info(b"X: " + b"y" * 501 + b"\nRequires-Dist: " + b"z" * 700 + b"\n"),
    "needs to the edge": info(b"X: " + b"y" * 493 + b"\nRequires-Dist: q"),
    "needs end at CR": info(b"Requires-Dist: a\r\nRequires-Dist: b\r\n\r\nRequires-Dist: c\r\n"),
    "needs end at empty": info(b"Requires-Dist: a\n\nRequires-Dist: b\n"),
    "needs of case": info(b"requires-dist: a\nRequires-Dist:b\nRequires-Dist:  c  \n"),
    "no text in metadata": info(b"Name: \xff\nRequires-Dist: a\n"),
    "no text in needs": info(b"Requires-Dist: \xff\n"),
    "sections": requires(b"a\nb==2\n\n[dev]\nc\n"),
    "sections at once": requires(b"a\n[dev]\nc\n"),
    "blank line": requires(b"a\n  \nb"),
    "section last": requires(b"a\n[:python_version < '3']"),
    "no newline": requires(b"a\nb"),
    "deep requires": raw(member("x-1/a/x.egg-info/b/requires.txt", b"a\n")),
    "own requires": raw(member("x-1/x/requires.txt", b"a\n")),
    "top requires": raw(member("x-1/requires.txt", b"a\n")),
    "left out": raw(*(member(f"x-1/{name}") for name in ("setup.x", "README.d/a", "PKG-INFO2"))),
    "not left out": raw(*(member(f"x-1/{name}") for name in ("setup", "x/setup.py", "readme"))),
    "our setup.py": raw(member("x-1/setup.py", b"# by sdist-upip\n")),
    "empty setup.py": raw(member("x-1/setup.py")),
    "padded setup.py": raw(header(b"x-1/setup.py", 3) + b"a\n\nsdist-upip".ljust(512, b"\0")),
    "directory src": raw(member("x-1/src/", kind=b"5")),
    "deep src": raw(member("x-1/x/src/x.py", b"")),
    "records": raw(member("x-1/.upip/y", b"")),
    "records by case": raw(member("x-1/.Upip", b"")),
    "bytecode": raw(member("x-1/x.mpy", b"M\5\0\x1f"), member("x-1/e.mpy", b"")),
    "twice": raw(GOOD),
    "file and directory": raw(member("x-1/x.py/y", b"")),
    "directory and file": raw(member("x-1/y/z", b""), member("x-1/y", b"")),
    "empty": raw_archive(),
    "nothing": pack_tar(b""),
    "half a block": pack_tar(bytes(100)),
    "a directory only": raw_archive(member("x-1/", kind=b"5")),
    "metadata only": raw_archive(INFO),
    "one zero block": pack_tar(INFO + GOOD + bytes(512)),
    "no zero block": pack_tar(INFO + GOOD),
    "short zero block": pack_tar(INFO + GOOD + bytes(511)),
    "behind the end": pack_tar(INFO + bytes(512) + GOOD + b"junk"),
    "size beyond": pack_tar(INFO + header(b"x-1/y", 5000) + bytes(512)),
    "size to the end": pack_tar(INFO + header(b"x-1/y", 512) + bytes(512)),
    "size without padding": pack_tar(INFO + header(b"x-1/y", 3) + b"abc"),
    "no slash": raw(member("y.py", b"")),
    "two roots": raw(member("y-2/y.py", b"1")),
    "delete": raw(member("x-1/\x7f", b"")),
    "letters": raw(member("x-1/ä ö/ü.py", "é".encode())),
    "100 bytes": raw(member("x-1/" + "n" * 96, b"1")),
    "no UTF-8": raw(header(b"x-1/\xff.py")),
    "colon": raw(member("x-1/C:x", b"1")),
    "spaces": raw(member("x-1/ . /a ", b"1")),
    "dots": raw(member("x-1/.../a.", b"1")),
    "prefix later": raw(fields(at346=b"y")),
    "NUL type": raw(fields(at156=b"\0")),
    "bad checksum": raw(header(b"x-1/y.py")[:148] + b"000001\0 " + header(b"x-1/y.py")[156:]),
    "directory without a name": raw(fields(b"", at156=b"5")),
    "extra": gzipped(TAR, head=b"\x1f\x8b\x08\x0c" + bytes(6) + b"\2\0abname\0"),
    "header CRC": gzipped(TAR, head=with_crc(b"\x1f\x8b\x08\x02" + bytes(6))),
    "wrong header CRC": gzipped(TAR, head=b"\x1f\x8b\x08\x02" + bytes(8)),
    "reserved flag": gzipped(TAR, head=b"\x1f\x8b\x08\x80" + bytes(6)),
    "trailing": PLAIN + b"junk",
    "second member": PLAIN + pack_tar(bytes(1024)),
    "no gzip": b"PK\3\4",
    "no bytes": b"",
    "one byte": b"\x1f",
    "zlib": zlib.compress(TAR),
    **{f"size {field!r}": raw(header(b"x-1/y.py", size_field=field) + bytes(512)) for field in (
        b"-0000000005\0", b"         +5 \0", b"00000000zz5\0", b"           \0", bytes(12),
        b"77777777777\0",
    )},
    **{f"type {kind!r}": raw(member("x-1/y", b"10 path=x\n", kind)) for kind in (
        b"1", b"2", b"3", b"4", b"5", b"6", b"x", b"g", b"L", b"K", b"S", b"Z",
    )},
    **{f"name {name!r}": raw(member(name, b"evil")) for name in (
        "x-1/../evil.py", "x-1/a/../../../evil.py", "x-1/./a.py", "x-1//a.py", "/etc/evil.py",
        "/x-1/evil.py", "x-1/a\\b.py", "x-1/a\nb.py", "x-1/\x7f/\x01", "evil.py", "../evil.py",
        "x-1/..", "x-1/a/.", "../x", "./x", "C:/x", "",
    )},
    **{code: data for code, (_, data) in odd_archives.DEFECTS.items()
       if data is not None and code not in READ},
}


def pax(*records, kind=b"x"):
    """Return an extended header with these records; each is `KEY=VALUE` of fewer than 90 bytes."""
    return member("x-1/Pax", b"".join(b"%d %s\n" % (len(one) + 4, one) for one in records), kind)


LINK_TO = member("x-1/x.py", b"", b"2")
OTHERS = [member(f"x-1/{path}", b"import setuptools\n") for path in (
    "pyproject.toml", "README.md", "LICENSE", "docs/a:b.txt", "tests/test_x.py", "tests/fast.c",
    "x.egg-info/SOURCES.txt",
)]
X = {"x.py": b"good"}
FOREIGN = {
    "directory of metadata": (raw(member("x-1/PKG-INFO", b"Requires-Dist: a\n", b"5")), X),
    "late setup.py": (raw(member("x-1/setup.py", b"#" * 90 + b"sdist-upip")), X),
    "other setup.py": (raw(member("x-1/setup.py", b"import setuptools\n")), X),
    "setup.py, first another": (raw(member("x-1/setup.py", b"import x"),
                                    member("x-1/setup.py", b"# sdist-upip"), member("x-1/y")),
                               X),
    "directory setup.py": (raw(member("x-1/setup.py", b"import x\n", b"5")), X),
    "link setup.py": (raw(member("x-1/setup.py", b"", b"2")), "is a link among the code"),
    "link PKG-INFO": (raw(member("x-1/PKG-INFO", b"", b"1")), "is a link among the code"),
    "link pyproject.toml": (raw(member("x-1/pyproject.toml", b"", b"1")), "is a link among the"),
    "link top_level.txt": (raw(member("x-1/y.egg-info/top_level.txt", b"", b"2")), "is a link"),
    "src in another case": (raw(member("x-1/SRC/x.py")), {**X, "SRC/x.py": b""}),
    "a file src": (raw(member("x-1/src")), {**X, "src": b""}),
    "data in src": (raw(member("x-1/src/a.txt")), {**X, "src/a.txt": b""}),
    "pyproject in another case": (raw(member("x-1/PyProject.toml")), {**X, "PyProject.toml": b""}),
    "pyproject": (raw(*OTHERS), X),
    "pyproject and other files": (raw(*OTHERS, member("x-1/y.py"), member("x-1/.upip/a")), X),
    "pyproject of the legacy tool": (
        raw(member("x-1/pyproject.toml"), member("x-1/x.egg-info/requires.txt"), member("x-1/y.py"),
            member("x-1/LICENSE")),
        {**X, "y.py": b"", "LICENSE": b""},
    ),
    "src layout": (raw(*OTHERS, member("x-1/src/x/a.py", b"1"), member("x-1/src/x/a.pyi")),
                   {"x/a.py": b"1"}),
    "upip in src": (only(member("x-1/src/upip.py")), "is in the place of upip itself"),
    "records in src": (only(member("x-1/src/.upip/a.py")), "in the place of the records"),
    "bad name in src": (only(member("x-1/src/a:b.py")), "the segment 'a:b.py', which"),
    "one name on FAT in src": (only(member("x-1/src/a.py"), member("x-1/src/A.py")),
                               "which are one name on FAT"),
    "twice in src": (only(*[member("x-1/src/a.py")] * 2), "has 'a.py' twice"),
    "two readings": (only(member("x-1/a.py"), member("x-1/b.py")),
                     "What to install is not clear"),
    "C extensions": (raw(*OTHERS, member("x-1/fast.c")), "has C extensions"),
    "top_level.txt at the end": (
        raw(*OTHERS, member("x-1/y.py"), member("x-1/x.egg-info/top_level.txt", b"y\n")),
        {"y.py": b""},
    ),
    "top_level.txt twice": (
        raw(*OTHERS, *(member("x-1/x.egg-info/top_level.txt", text) for text in (b"x", b"y"))),
        "differ",
    ),
    "link in docs": (raw(*OTHERS, member("x-1/docs/a", b"", b"2")), X),
    "link beside the code": (raw(*OTHERS, member("x-1/y.py", b"", b"1")), X),
    "link in code": (raw_archive(*OTHERS, member("x-1/x/a.py"), member("x-1/x/b", kind=b"2")),
                     "'x-1/x/b' is a link among the code"),
    "link instead of the code": (raw_archive(*OTHERS, LINK_TO), "'x-1/x.py' is a link among"),
    "links of a device archive": (
        raw(*(member(f"x-1/{path}", b"", kind) for kind in (b"1", b"2") for path in (
            "README", "README.md", "setup.cfg", "x.egg-info/a", "LICENSE", "licence.txt", "COPYING",
            "CHANGES", "CHANGELOG.rst", "AUTHORS", "CONTRIBUTING.md", "HISTORY.md", "NEWS",
            "NOTICE", "docs/a", "examples/a.py", "tests/a", ".github/a"))),
        X,
    ),
    **{f"link {path}": (raw(member(f"x-1/{path}", b"", b"2")), "is a link among the code")
       for path in ("y.py", "x/LICENSE", "x/docs/a", "docs", "MANIFEST.in")},
    "prefix": (raw(fields(at345=b"x-1", at0=b"a/y.py\0\0")), {**X, "a/y.py": b""}),
    "directory with a bad name": (raw(fields(b"x-1/../../y", at156=b"5")), X),
    "base-256": (raw(header(b"x-1/y", size_field=b"\x80" + bytes(10) + b"\3") + b"abc".ljust(
        512, b"\0")), {**X, "y": b"abc"}),
    **{f"size {field!r}": (raw(header(b"x-1/y.py", size_field=field)), "tar header .* is invalid")
       for field in (b"-0000000000\0", b"0o000000000\0", b"0_000000000\0")},
    "contiguous": (raw(member("x-1/y", b"1", b"7")), {**X, "y": b"1"}),
    "label": (raw(member("a label", b"", b"V")), X),
    "slash at the end": (raw(member("x-1/y/")), X),
    "dot": (raw(member("./x-1/y", b"1")), {**X, "y": b"1"}),
    "time": (raw(pax(b"mtime=1.5"), member("x-1/y", b"1")), {**X, "y": b"1"}),
    "name over 100 bytes": (raw(member("L", b"x-1/" + b"n" * 120, b"L"), member("x-1/y", b"1")),
                            {**X, "n" * 120: b"1"}),
    "PAX outside": (raw(pax(b"path=../y.py"), member("x-1/y", b"1")), r"has a '\.\.' segment"),
    "PAX records": (raw(pax(b"path=x-1/.upip/y"), member("x-1/y", b"1")), "place of the records"),
    "PAX name": (raw(pax(b"path=x-1/a:b"), member("x-1/y", b"1")), "which contains ':'"),
    "PAX name of docs": (raw(*OTHERS, pax(b"path=x-1/docs/a:b"), member("x-1/y", b"1")), X),
    "not installed, bad name": (raw(member("x-1/README:x")), X),
    "not installed, outside": (raw(member("x-1/README/../x")), r"has a '\.\.' segment"),
}
# fmt: on


def outcome(install, lib, data):
    """Return the tree that `install` makes of the archive, None if it refuses it."""
    try:
        install(lib, ("x", "1", data))
    except (ValueError, SdistUpipError):
        assert read_tree(lib) == {} if lib.exists() else True
        return None
    return read_tree(lib)


def assert_same(directory, data):
    mine = outcome(install_here, directory / "here", data)
    assert mine == outcome(install_by_upip, directory / "there", data)
    return mine


@pytest.mark.parametrize("name", SAME)
def test_the_same_as_upip(upip, tmp_path, name):
    assert_same(tmp_path, SAME[name])


def test_of_the_archives_about_half_are_refused():
    def is_refused(data):
        try:
            read_device_archive(data)
        except ArchiveError:
            return True
        return False

    assert len(SAME) / 3 < sum(map(is_refused, SAME.values())) < len(SAME) * 2 / 3


@pytest.mark.parametrize("head", ["Requires-Dist: ", ""])
def test_the_number_of_requirements_is_limited(head):
    path = "PKG-INFO" if head else "x.egg-info/requires.txt"

    def read(count):
        lines = f"{head}a\n".encode() * count
        return read_device_archive(raw_archive(member(f"x-1/{path}", lines))).requires

    assert read(REQUIREMENT_LIMIT) == ("a",) * REQUIREMENT_LIMIT
    for count in (REQUIREMENT_LIMIT + 1, 40_000):
        with pytest.raises(LimitError, match="has more than 500 requirements"):
            read(count)


def test_every_flipped_byte_has_the_same_outcome(upip, tmp_path):
    data = pack(make_release("x", "1", {"x/__init__.py": "print('hello')\n" * 9}))
    outcomes = set()
    for position in range(len(data)):
        broken = bytearray(data)
        broken[position] ^= 1 << position % 8
        tree = assert_same(tmp_path / str(position), bytes(broken))
        outcomes.add(tree is None)
    assert outcomes == {True, False}


def test_every_cut_is_refused_here_and_there(upip, tmp_path):
    data = make_archive("x", "1", {"x.py": "x = 1\n"})
    for size in range(0, len(data), 7):
        assert assert_same(tmp_path / str(size), data[:size]) is None
        with pytest.raises(ArchiveError, match=r"not a gzip file|is truncated"):
            read_device_archive(data[:size])


GOOD_NAMES = st.sampled_from(
    ["PKG-INFO", "x.egg-info/requires.txt", "a", "b/c", "b/d", "b/e/f.py", "README", "setup.cfg"]
).map(lambda path: "x-1/" + path)
ODD_NAMES = st.one_of(
    st.sampled_from(
        ["x-1/setup.py", "x-1/a/b", "y", "x-1/src/a", "x-1/.upip/x", "x-1/../a", "x-1/A", "x-1/"]
    ),
    st.text("ab./\\: \x7fé", max_size=8).map(lambda text: "x-1/" + text),
)
CONTENTS = st.one_of(
    st.binary(max_size=40),
    st.lists(
        st.sampled_from([b"Requires-Dist: ", b"a>=1", b"\n", b"\r", b"[", b"\xc3\xa9", b"\xff"]),
        max_size=9,
    ).map(b"".join),
    st.integers(500, 1600).map(lambda size: b"Requires-Dist: a\n" * (size // 17) + b"b" * 9),
)
CHANGES = st.tuples(st.integers(100, 511), st.sampled_from([*b"\0 7_-y"]))


def seldom(strategy, other, times):
    """Return a strategy that takes `other` rather than `strategy`, `times` to one."""
    return st.integers(0, times).flatmap(lambda number: other if number else strategy)


MEMBERS = st.tuples(
    seldom(ODD_NAMES, GOOD_NAMES, 7),
    CONTENTS,
    seldom(st.sampled_from([b"\0", b"5", b"2", b"x"]), st.just(b"0"), 7),
    seldom(CHANGES, st.none(), 7),
)


def build(members, end, flip):
    """Return an archive of the members; one byte of a header may be changed, or of the whole."""
    tar = b""
    for name, content, kind, change in members:
        block = bytearray(header(name.encode(), len(content), kind))
        if change:
            block[change[0]] = change[1]
            if not 148 <= change[0] < 156:
                block[148:156] = b" " * 8
                block[148:156] = b"%06o\0 " % sum(block)
        tar += bytes(block) + content + bytes(-len(content) % 512)
    data = bytearray(pack_tar(tar + bytes(end)))
    if flip:
        data[flip[0] % len(data)] ^= flip[1]
    return bytes(data)


@settings(
    deadline=None,
    max_examples=300,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(MEMBERS, min_size=1, max_size=5),
    seldom(st.sampled_from([512, 511, 0]), st.just(1024), 7),
    seldom(st.tuples(st.integers(0, 2000), st.integers(1, 255)), st.none(), 7),
)
def test_made_up_archives_have_the_same_outcome(upip, tmp_path_factory, members, end, flip):
    assert_same(tmp_path_factory.mktemp("made-up"), build(members, end, flip))


NOISE = random.Random(5).randbytes(9000)


@pytest.mark.parametrize("distance", [4000, 4096, 4097, 9000])
def test_every_window_is_decoded(upip, tmp_path, distance):
    """A board decodes a window over 4096 bytes if it has the memory."""
    tar = write_tar("x-1", make_release("x", "1", {"a": NOISE}).members)
    writer = odd_archives.DeflateWriter()
    split = tar.index(NOISE) + len(NOISE) - 300
    writer.stored(tar[:split], final=False)
    text = tar[split - distance : split - distance + 200]
    tar = tar[:split] + text + tar[split + 200 :]
    writer.fixed([(200, distance), 256], final=False)
    writer.stored(tar[split + 200 :])
    data = gzip_wrap(bytes(writer), tar)
    assert read_device_archive(data).files == (("a", tar[1536 : 1536 + 9000]),)


def computer_sdist(*paths, mtime=1e9):
    """Return an sdist as setuptools makes them: PAX headers, and the largest window."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path in ("PKG-INFO", "noise", "copy", *paths):
            data = NOISE if path in ("noise", "copy") else b"import setuptools\n"
            entry = tarfile.TarInfo(f"x-1/{path}")
            entry.size, entry.mtime = len(data), mtime
            tar.addfile(entry, io.BytesIO(data))
    return gzip.compress(buffer.getvalue(), 9, mtime=0)


@pytest.mark.parametrize("mtime", [1e9, 1e9 + 0.5], ids=["plain", "PAX"])
@pytest.mark.parametrize("path", ["pyproject.toml", "setup.py", "tests/a.py"])
def test_an_ordinary_sdist(path, mtime):
    """It has PAX headers, which come first, and the largest window."""
    paths = ("pyproject.toml", "x.py", "x.egg-info/SOURCES.txt", path)
    archive = read_device_archive(computer_sdist(*dict.fromkeys(paths), mtime=mtime), "x")
    assert archive.files == (("x.py", b"import setuptools\n"),)


def test_a_damaged_sdist_is_damaged_first():
    with pytest.raises(ArchiveError, match="is truncated") as error:
        read_device_archive(computer_sdist("pyproject.toml")[:-1])
    assert type(error.value) is ArchiveError


def test_a_bomb_is_refused_without_being_held():
    compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
    data = b"".join(compressor.compress(bytes(1 << 20)) for _ in range(300)) + compressor.flush()
    assert len(data) < 400_000
    tracemalloc.start()
    try:
        with pytest.raises(ArchiveError, match="decodes to more than 16,777,216 bytes"):
            read_device_archive(data)
        assert tracemalloc.get_traced_memory()[1] < 3 * SIZE_LIMIT
    finally:
        tracemalloc.stop()
    with pytest.raises(ArchiveError, match="has more than 16,777,216 bytes"):
        read_device_archive(b"\x1f" + bytes(SIZE_LIMIT))


@pytest.mark.parametrize("name", FOREIGN)
def test_archives_of_other_tools(name):
    data, expected = FOREIGN[name]
    if isinstance(expected, dict):
        archive = read_device_archive(data, "x")
        assert dict(archive.files) == expected
        assert len(archive.files) == len(expected)
    else:
        with pytest.raises(ArchiveError, match=expected):
            read_device_archive(data, "x")


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("PKG-INFO", b"Requires-Python: >=3.9\nRequires-Dist: y>1\n\nRequires-Dist: z\n", ("y>1",)),
        ("x.egg-info/requires.txt", b"y\n[dev]\nz\n", ("y", 'z ; extra == "dev"')),
    ],
)
def test_requirements_of_a_source_distribution(path, text, expected):
    data = raw(member(f"x-1/{path}", text), *OTHERS)
    assert read_archive_members(data).is_sdist
    assert read_device_archive(data, "x").requires == expected


def test_kinds():
    for name in ("src layout", "two readings", "pyproject"):
        assert read_archive_members(FOREIGN[name][0]).is_sdist
    for name in ("time", "label", "pyproject of the legacy tool", "links of a device archive"):
        assert not read_archive_members(FOREIGN[name][0]).is_sdist


def test_what_is_not_clear_is_not_for_devices():
    for name in ("two readings", "C extensions", "top_level.txt twice"):
        with pytest.raises(NotForDevicesError):
            read_device_archive(FOREIGN[name][0], "x")
    with pytest.raises(LimitError):
        read_device_archive(b"\x1f" + bytes(SIZE_LIMIT))
