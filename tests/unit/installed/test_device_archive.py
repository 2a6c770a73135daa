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
from sdist_upip.deflate.trace import trace
from sdist_upip.errors import ArchiveError, LimitError, NotForDevicesError, SdistUpipError
from sdist_upip.installed.device_archive import read_device_archive
from sdist_upip.limits import REQUIREMENT_LIMIT, SIZE_LIMIT
from support import odd_archives
from support.archives import header, make_archive, make_release, member, pack, pack_tar, raw_archive
from support.package_installs import install_by_upip, install_here
from support.trees import read_tree

INFO = member("x-1/PKG-INFO", b"Metadata-Version: 2.1\nName: x\nVersion: 1\n")
GOOD = member("x-1/x.py", b"good")


def raw(*members):
    return raw_archive(INFO, GOOD, *members)


def info(text, *rest):
    return raw_archive(member("x-1/PKG-INFO", text), GOOD, *rest)


def requires(text, *rest):
    return raw(member("x-1/x.egg-info/requires.txt", text), *rest)


def fields(name=b"x-1/y.py", **changes):
    """Return a header with bytes of it changed (at50=b"…") and its checksum put right."""
    block = bytearray(header(name))
    for at, data in changes.items():
        block[int(at[2:]) : int(at[2:]) + len(data)] = data
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


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
    "directory of metadata": raw(member("x-1/PKG-INFO", b"Requires-Dist: a\n", b"5")),
    "left out": raw(*(member(f"x-1/{name}") for name in ("setup.x", "README.d/a", "PKG-INFO2"))),
    "not left out": raw(*(member(f"x-1/{name}") for name in ("setup", "x/setup.py", "readme"))),
    "our setup.py": raw(member("x-1/setup.py", b"# by sdist-upip\n")),
    "empty setup.py": raw(member("x-1/setup.py")),
    "late setup.py": raw(member("x-1/setup.py", b"#" * 90 + b"sdist-upip")),
    "padded setup.py": raw(header(b"x-1/setup.py", 3) + b"a\n\nsdist-upip".ljust(512, b"\0")),
    "directory setup.py": raw(member("x-1/setup.py", b"import x\n", b"5")),
    "other setup.py": raw(member("x-1/setup.py", b"import setuptools\n")),
    "src": raw(member("x-1/SRC/x.py", b"")),
    "src alone": raw(member("x-1/src", b"")),
    "directory src": raw(member("x-1/src/", kind=b"5")),
    "deep src": raw(member("x-1/x/src/x.py", b"")),
    "pyproject": raw(member("x-1/PyProject.toml", b"")),
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
    "prefix": raw(fields(at345=b"y")),
    "prefix later": raw(fields(at346=b"y")),
    "NUL type": raw(fields(at156=b"\0")),
    "bad checksum": raw(header(b"x-1/y.py")[:148] + b"000001\0 " + header(b"x-1/y.py")[156:]),
    "directory with a bad name": raw(fields(b"x-1/../../y", at156=b"5")),
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
        b"\x80" + bytes(10) + b"\5", b"-0000000005\0", b"-0000000000\0", b"0o000000005\0",
        b"0_000000005\0", b"         +5 \0", b"00000000zz5\0", b"           \0", bytes(12),
        b"000000000050", b"77777777777\0",
    )},
    **{f"type {kind!r}": raw(member("x-1/y", b"10 path=x\n", kind)) for kind in (
        b"1", b"2", b"3", b"4", b"5", b"6", b"7", b"x", b"g", b"L", b"K", b"S", b"V", b"Z",
    )},
    **{f"name {name!r}": raw(member(name, b"evil")) for name in (
        "x-1/../evil.py", "x-1/a/../../../evil.py", "x-1/./a.py", "x-1//a.py", "/etc/evil.py",
        "/x-1/evil.py", "x-1/a\\b.py", "x-1/a\nb.py", "x-1/\x7f/\x01", "evil.py", "../evil.py",
        "x-1/..", "x-1/a/.", "x-1/", "../x", "./x", "C:/x", "",
    )},
    **{code: data for code, (_, data) in odd_archives.DEFECTS.items()
       if data is not None and code != "window"},
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


@pytest.mark.parametrize("distance", [4000, 4095, 4096, 4097, 4098, 4607, 4608, 9000])
def test_the_window_is_that_of_a_board(upip, tmp_path, distance):
    """zlib, and with it upip on CPython, may take up to 511 bytes more."""
    tar = write_tar("x-1", make_release("x", "1", {"a": NOISE}).members)
    writer = odd_archives.DeflateWriter()
    split = tar.index(NOISE) + len(NOISE) - 300
    writer.stored(tar[:split], final=False)
    text = tar[split - distance : split - distance + 200]
    tar = tar[:split] + text + tar[split + 200 :]
    writer.fixed([(200, distance), 256], final=False)
    writer.stored(tar[split + 200 :])
    data = gzip_wrap(bytes(writer), tar)
    if distance > 4096:
        with pytest.raises(ArchiveError, match="a match distance over 4096 bytes"):
            read_device_archive(data)
        if distance > 4607:
            assert outcome(install_by_upip, tmp_path / "lib", data) is None
    else:
        assert assert_same(tmp_path, data)["a"] == tar[1024 + 512 : 1024 + 512 + 9000]


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
@pytest.mark.parametrize(
    ("path", "sign"),
    [
        ("pyproject.toml", "pyproject.toml"),
        ("src/x/__init__.py", "src"),
        ("setup.py", "a setup.py that is not from sdist-upip"),
    ],
)
def test_an_ordinary_sdist_is_made_for_computers(path, sign, mtime):
    """Whatever else is wrong with it for boards: PAX headers, which come first, and the window."""
    with pytest.raises(NotForDevicesError, match=f"it has {sign}\\. Ask its author"):
        read_device_archive(computer_sdist(path, mtime=mtime))


def test_what_is_wrong_without_such_a_sign_is_not_made_for_computers():
    for data in (computer_sdist(), computer_sdist("x/setup.py", mtime=0.5), SAME["records"]):
        with pytest.raises(ArchiveError) as error:
            read_device_archive(data)
        assert type(error.value) is ArchiveError


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


def test_the_matches_of_what_is_accepted_are_near():
    for data in SAME.values():
        try:
            read_device_archive(data)
        except ArchiveError:
            continue
        if data[3] == 0:
            assert trace(data[10:], SIZE_LIMIT).distance <= 4096
