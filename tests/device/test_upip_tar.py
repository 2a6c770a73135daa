"""What upip refuses to unpack: damaged archives, or those of other tools, change nothing."""

import io
import sys
import zlib

import pytest

from support.archives import (
    header,
    make_archive,
    make_release,
    member,
    pack,
    raw_archive,
)
from support.index_server import Index, Reply
from support.trees import read_tree

INFO = member("x-1/PKG-INFO", b"Metadata-Version: 2.1\nName: x\nVersion: 1\n")
GOOD = member("x-1/x.py", b"good")


@pytest.fixture
def unpack(upip, tmp_path):
    """Installs an archive beside a file of the user's; returns the tree, without that file."""
    lib = tmp_path / "sub" / "lib"
    lib.mkdir(parents=True)
    (lib / "user.py").write_text("mine")

    def unpack(data, name="x-1.tar.gz"):
        path = tmp_path / name
        path.write_bytes(data)
        try:
            upip.install(str(path), str(lib))
        finally:
            tree = read_tree(tmp_path)
            assert tree.pop("sub/lib/user.py") == b"mine"
            del tree[name]
        return {path.removeprefix("sub/lib/"): data for path, data in tree.items()}

    return unpack


def refused(upip, unpack, data, tmp_path, match):
    with pytest.raises(upip.Error, match=match):
        unpack(data)
    assert sorted(read_tree(tmp_path)) == ["sub/lib/user.py", "x-1.tar.gz"]


@pytest.mark.parametrize(
    "name",
    [
        *("x-1/../evil.py", "x-1/a/../../../evil.py", "x-1/./a.py", "x-1//a.py", "/etc/evil.py"),
        *("/x-1/evil.py", "x-1/a\\b.py", "x-1/a\nb.py", "x-1/\x7f/\x01", "evil.py", "../evil.py"),
        *("x-1/.upip/other", "x-1/.UPIP/other", "x-1/..", "x-1/a/."),
    ],
)
def test_names_that_lead_elsewhere(upip, unpack, tmp_path, name):
    data = raw_archive(INFO, GOOD, member(name, b"evil"))
    refused(
        upip,
        unpack,
        data,
        tmp_path,
        r"x: cannot be installed: (bad name|.* is not a regular file in)",
    )


@pytest.mark.parametrize(
    "field",
    [b"\xff" * 12, b"\x81" + bytes(11), b"-0000000005\0", b"00000000zz5\0", b"0x5        \0"],
)
def test_sizes_that_are_not_octal_numbers(upip, unpack, tmp_path, field):
    data = raw_archive(INFO, GOOD, header(b"x-1/y.py", size_field=field) + bytes(512))
    refused(upip, unpack, data, tmp_path, "broken header of x-1/y.py")


def test_a_size_beyond_the_data(upip, unpack, tmp_path):
    data = raw_archive(INFO, GOOD, header(b"x-1/y.py", 5000) + bytes(512))
    refused(upip, unpack, data, tmp_path, "damaged")


def test_data_that_is_not_tar_or_not_gzip(upip, unpack, tmp_path):
    refused(upip, unpack, raw_archive(b"hello".ljust(512, b"\0")), tmp_path, "broken header")
    refused(upip, unpack, b"<html>not found</html>", tmp_path, "not gzip")
    refused(upip, unpack, b"", tmp_path, "not gzip")
    refused(upip, unpack, b"\x1f", tmp_path, "damaged")


def test_a_setup_py_of_ours_is_left_out(unpack):
    files = {"x.py": "", "setup.py": "# Made by sdist-upip for pip.\n", "setup.cfg": ""}
    assert sorted(unpack(make_archive("x", "1", files))) == [".upip/x", "x.py"]


def test_what_describes_the_package_is_left_out(unpack):
    files = dict.fromkeys(
        ["x.py", "README.md", "PKG-INFO.txt", "x.egg-info/SOURCES.txt", "x.egg-info/licenses/L"], ""
    )
    assert sorted(unpack(make_archive("x", "1", files))) == [".upip/x", "x.py"]


def test_an_archive_without_members(upip, unpack, tmp_path):
    refused(upip, unpack, raw_archive(), tmp_path, "x: cannot be installed: damaged")


def test_an_archive_of_metadata_alone_is_one(unpack):
    assert sorted(unpack(raw_archive(INFO))) == [".upip/x"]


def test_directories_in_the_archive_are_skipped(unpack):
    data = raw_archive(
        member("x-1/", kind=b"5"),
        member("x-1/d/", kind=b"5"),
        INFO,
        GOOD,
        member("x-1/d/e/", kind=b"5"),
    )
    assert sorted(unpack(data)) == [".upip/x", "x.py"]


def test_old_headers_without_a_type_are_read(unpack):
    assert unpack(raw_archive(INFO, member("x-1/x.py", b"old", b"\0")))["x.py"] == b"old"


def test_one_path_twice(upip, unpack, tmp_path):
    refused(upip, unpack, raw_archive(INFO, GOOD, GOOD), tmp_path, r"x: x\.py would replace")


@pytest.mark.parametrize("paths", [("a", "a/b.py"), ("a/b.py", "a")])
def test_a_file_that_is_also_a_directory(upip, unpack, tmp_path, paths):
    data = raw_archive(INFO, *(member(f"x-1/{path}", b"") for path in paths))
    refused(upip, unpack, data, tmp_path, "x: a would replace")


def test_bytecode_for_another_micropython(upip, unpack, tmp_path, monkeypatch):
    data = raw_archive(INFO, member("x-1/x.mpy", b"M\x05\x00\x1f"))
    assert "x.mpy" in unpack(data), "CPython has no bytecode version to compare with"
    upip.uninstall("x", str(tmp_path / "sub/lib"))
    for abi, start, fits in (
        (0x0B06, b"M\x06\x00\x1f", True),
        (0x0B06, b"M\x06\x0b\x1f", True),
        (0x0B06, b"M\x05\x00\x1f", False),
        (0x0B06, b"M", False),
        (0x0B06, b"M\x06\x17\x1f", False),
        (0x0006, b"M\x06\x0b\x1f", False),
    ):
        monkeypatch.setattr(sys.implementation, "_mpy", abi, raising=False)
        data = raw_archive(INFO, member("x-1/x.mpy", start))
        if fits:
            assert unpack(data)["x.mpy"] == start
            upip.uninstall("x", str(tmp_path / "sub/lib"))
        else:
            refused(upip, unpack, data, tmp_path, r"x\.mpy is for another MicroPython")


FILES = {"x/__init__.py": "print('hello')\n" * 9, "x/data.bin": bytes(range(90))}


def test_every_flipped_byte_is_found_or_harmless(upip, unpack, tmp_path):
    """Only what decodes to the same bytes may pass: gzip's time, codes that no symbol uses."""
    data = pack(make_release("x", "1", FILES))
    tar = zlib.decompress(data, 31)
    right = unpack(data)
    upip.uninstall("x", str(tmp_path / "sub/lib"))
    harmless = 0
    for position in range(len(data)):
        broken = bytearray(data)
        broken[position] ^= 1 << position % 8
        try:
            tree = unpack(bytes(broken))
        except upip.Error:
            assert sorted(read_tree(tmp_path)) == ["sub/lib/user.py", "x-1.tar.gz"]
            continue
        assert tree == right, position
        assert zlib.decompress(bytes(broken), 31) == tar
        harmless += 1
        upip.uninstall("x", str(tmp_path / "sub/lib"))
    assert 6 <= harmless < len(data) // 10


@pytest.mark.integration
def test_with_a_hash_every_flipped_byte_is_found(upip, tmp_path):
    release = make_release("x", "1", FILES)
    data = pack(release)
    lib = tmp_path / "lib"
    with Index() as index:
        path = index.add_release(release, data)
        for position in (*range(12), *range(12, len(data), 37), len(data) - 1):
            broken = bytearray(data)
            broken[position] ^= 0x10
            index.replies[path] = Reply(bytes(broken))
            with pytest.raises(upip.Error):
                upip.install("x", str(lib), index_urls=index.simple)
            assert read_tree(lib) == {}
        index.replies[path] = Reply(data + b"more")
        with pytest.raises(upip.Error, match="sha256"):
            upip.install("x", str(lib), index_urls=index.simple)


@pytest.mark.integration
@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
def test_a_connection_cut_after_every_512_bytes(upip, tmp_path, framing):
    import random

    lib = tmp_path / "lib"
    old = make_release("x", "1", {"x/__init__.py": "old"})
    new = make_release("x", "2", {"x/__init__.py": random.Random(2).randbytes(6000)})
    with Index() as index:
        index.add_release(old, pack(old))
        upip.install("x", str(lib), index_urls=index.simple)
        before = read_tree(lib)
        data = pack(new)
        path = index.add_release(new, data)
        for cut in range(0, len(data), 512):
            index.replies[path] = Reply(data, framing=framing, cut=cut)
            with pytest.raises(upip.Error, match="x: "):
                upip.install("x", str(lib), index_urls=index.simple)
            assert read_tree(lib) == before
        index.replies[path] = Reply(data, framing=framing)
        upip.install("x", str(lib), index_urls=index.simple)
    assert len(read_tree(lib)["x/__init__.py"]) == 6000


def test_what_an_sdist_does_not_say_is_a_warning(unpack, capsys):
    files = {
        "pyproject.toml": b"[build-system]\n",
        "x/__init__.py": b"",
        "other/__init__.py": b"",
        "tests/__init__.py": b"",
    }
    members = [member(f"x-1/{path}", data) for path, data in files.items()]
    assert sorted(unpack(raw_archive(*members))) == [".upip/x", "x/__init__.py"]
    warnings = [line for line in capsys.readouterr().out.splitlines() if "Warning" in line]
    assert warnings == [
        "Warning: the archive has no PKG-INFO, so what it needs is not known",
        "Warning: other of the archive is not installed",
    ]
    with_info = [member("x-1/PKG-INFO", b"Name: x\n"), *members[:2]]
    assert sorted(unpack(raw_archive(*with_info))) == [".upip/x", "x/__init__.py"]
    assert "Warning" not in capsys.readouterr().out


def test_an_archive_that_changes_between_the_two_passes(upip, index, lib):
    """The first pass decides what is installed, so the second one must read the same archive."""
    first, second = (
        raw_archive(member("x-1/pyproject.toml"), member("x-1/x.py", text))
        for text in (b"good", b"evil")
    )
    archives = iter([first, first, second])

    def transport(url):
        return io.BytesIO(next(archives) if url.endswith(".gz") else b"<a href=x-1.tar.gz>")

    with pytest.raises(upip.Error, match=r"x: expected sha256 [0-9a-f]{64}, got"):
        upip.install("x", str(lib), "net://x", transport=transport)
    assert not lib.exists() or read_tree(lib) == {}
