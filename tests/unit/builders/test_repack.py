import gzip
import random
import re
import tarfile

import pytest

from sdist_upip import Member
from sdist_upip.archive.tar import read_tar, write_tar
from sdist_upip.builders.repack import is_plain, read_content, repack
from sdist_upip.cli.main import main
from sdist_upip.deflate.trace import trace
from support.archives import make_release
from support.archives import pack as pack_release
from support.legacy_archives import FILES, legacy_archive
from support.odd_archives import entry, pack, tar
from support.pax_archives import make_pax_archive
from support.samples import NOISE
from support.trees import read_tree

HUGE = b"\x80" + b"\xff" * 11
"""A size in base 256, as GNU tar writes what octal digits cannot hold."""


@pytest.mark.parametrize("format", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT, tarfile.USTAR_FORMAT])
@pytest.mark.parametrize("prefix", ["", "./"])
def test_any_tar_becomes_plain_and_small_with_its_members_unchanged(tmp_path, format, prefix):
    path = tmp_path / "x-1.tar.gz"
    path.write_bytes(legacy_archive(format=format, prefix=prefix))
    done = repack(path, path, window=4096, compression="auto")
    data = path.read_bytes()
    assert done.written
    assert (done.after, done.target) == (len(data), path)
    assert done.after < done.before
    pairs = read_tar(gzip.decompress(data))
    assert {root for root, _ in pairs} == {"x-1"}
    assert {member.path: member.data for _, member in pairs} == FILES
    assert [member.path for _, member in pairs][:2] == ["PKG-INFO", "x.egg-info/requires.txt"]
    assert trace(data[10:-8], 1 << 20).distance <= 4096
    assert read_tree(tmp_path) == {"x-1.tar.gz": data}


def test_in_place_a_second_time_changes_nothing(tmp_path, capsys):
    path = tmp_path / "x-1.tar.gz"
    path.write_bytes(legacy_archive())
    assert main(["repack", str(path)]) == 0
    assert "→" in capsys.readouterr().out
    once = path.read_bytes()
    assert main(["repack", str(path)]) == 0
    assert ": unchanged, " in capsys.readouterr().out
    assert main(["repack", str(path), "--compression", "fast"]) == 0
    assert ": unchanged, " in capsys.readouterr().out
    assert path.read_bytes() == once


def test_an_archive_with_a_large_window_is_replaced_even_by_a_larger_one(tmp_path):
    noise = NOISE[:6000]
    path = tmp_path / "x-1.tar.gz"
    path.write_bytes(legacy_archive({"a.bin": noise, "b.bin": noise}))
    done = repack(path, path, window=512, compression="best")
    assert done.written
    assert done.after > done.before
    assert trace(path.read_bytes()[10:-8], 1 << 20).distance <= 512


def test_output_elsewhere_leaves_the_source_alone(tmp_path, capsys):
    path = tmp_path / "x-1.tar.gz"
    path.write_bytes(legacy_archive())
    before = path.read_bytes()
    other = tmp_path / "out" / "y.tar.gz"
    assert main(["repack", str(path), "-o", str(other), "--window", "512"]) == 0
    directory = tmp_path / "directory"
    directory.mkdir()
    assert main(["repack", str(path), "-o", str(directory)]) == 0
    assert capsys.readouterr().err == ""
    assert path.read_bytes() == before
    assert trace(other.read_bytes()[10:-8], 1 << 20).distance <= 512
    assert read_content((directory / path.name).read_bytes()).root == "x-1"


def link(name, kind, target="PKG-INFO"):
    info = tarfile.TarInfo(name)
    info.type = kind
    info.linkname = target
    return info


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not a gzip file"),
        (b"PK\3\4", "not a gzip file"),
        (legacy_archive()[:-20], "gzip data is truncated"),
        (legacy_archive() + b"x", "1 bytes follow the gzip data"),
        (gzip.compress(b"x" * 600, mtime=0), "The tar is damaged"),
        (legacy_archive(extra=[link("x-1/l", tarfile.SYMTYPE)]), "'x-1/l' is a link"),
        (
            legacy_archive(extra=[link("x-1/l", tarfile.SYMTYPE, "gone.py")]),
            "leads to 'gone.py', which is not a file of the archive. The package lacks the file. "
            "Ask its author",
        ),
        (legacy_archive(extra=[link("x-1/f", tarfile.FIFOTYPE)]), "'x-1/f' is a special file"),
        (legacy_archive(extra=[tarfile.TarInfo("y-1/a")]), r"one top-level directory, got 2 \("),
        (legacy_archive(extra=[tarfile.TarInfo("setup.cfg")]), "outside the top-level directory"),
        (legacy_archive(extra=[tarfile.TarInfo("x-1/PKG-INFO")]), "twice with different content"),
        (legacy_archive(extra=[tarfile.TarInfo("x-1/../evil")]), "'..' segment"),
        (legacy_archive({"a" * 97: b""}), "takes 101 bytes"),
        (
            legacy_archive(root="/x-1"),
            "top-level directory of '/x-1/.*' has no name. Put all files",
        ),
        (legacy_archive(root=".."), "top-level directory of '../.*' has a '.' or '..' segment"),
        (legacy_archive(root="caf\udce9"), "top-level directory of .* is not valid UTF-8"),
        (
            legacy_archive({"a": b"", "a/b.py": b""}),
            "has 'a' as a file and, for 'a/b.py', as a directory",
        ),
        (pack(tar({}, entry("x-1/a", size=HUGE))), "The tar is damaged"),
    ],
)
def test_what_devices_would_misread_is_refused_and_nothing_is_written(
    tmp_path, capsys, data, reason
):
    path = tmp_path / "x-1.tar.gz"
    path.write_bytes(data)
    assert main(["repack", str(path)]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"error: Cannot repack {path}: ")
    assert re.search(reason, error)
    assert read_tree(tmp_path) == {"x-1.tar.gz": data}


def test_a_missing_archive_is_an_error(tmp_path, capsys):
    assert main(["repack", str(tmp_path / "gone.tar.gz")]) == 1
    assert "Pass a .tar.gz or .whl file." in capsys.readouterr().err


def test_a_wrong_result_is_never_written(tmp_path, monkeypatch):
    path = tmp_path / "x-1.tar.gz"
    path.write_bytes(legacy_archive())
    before = path.read_bytes()
    monkeypatch.setattr(
        "sdist_upip.archive.packing.write_tar", lambda root, members, mtime: bytes(1024)
    )
    assert main(["repack", str(path)]) == 1
    assert read_tree(tmp_path) == {"x-1.tar.gz": before}


def test_wrong_options_are_usage_errors():
    for wrong in (["--window", "1000"], ["--compression", "zopfli"]):
        with pytest.raises(SystemExit) as error:
            main(["repack", "x.tar.gz", *wrong])
        assert error.value.code == 2


def test_equal_duplicates_become_one():
    twice = legacy_archive(extra=[tarfile.TarInfo("x-1/pkg/empty.py")])
    assert read_content(twice).members.count(Member("pkg/empty.py", b"")) == 1


def test_archives_that_small_boards_read_are_plain():
    release = make_release("x", "1.0", {"x.py": b"x = 1\n"})
    large = make_release("x", "1.0", {"x.bin": random.Random(1).randbytes(9000) * 2})
    assert is_plain(pack_release(release))
    assert is_plain(pack_release(large, window=32768))
    assert not is_plain(make_pax_archive(release))
    assert not is_plain(b"no archive")
    tar = write_tar(large.root, large.members)
    assert not is_plain(gzip.compress(tar))
    assert is_plain(gzip.compress(write_tar(release.root, release.members)))
