import io
import random
import tarfile

import pytest

from sdist_upip import ArchiveError
from sdist_upip.archive.writer import gzip_wrap
from sdist_upip.check.summary import summarize
from support.odd_archives import CLEAN, DEFECTS, FILENAME, METADATA, archive, entry, pack, tar


@pytest.fixture
def summary(tmp_path):
    def take(data):
        path = tmp_path / FILENAME
        path.write_bytes(data)
        return summarize(path)

    return take


def test_a_clean_archive(summary):
    data = archive()
    result = summary(data)
    assert [(member.path, member.size, member.upip) for member in result.members] == [
        ("x-1.0/PKG-INFO", len(CLEAN["PKG-INFO"]), "skip"),
        ("x-1.0/x.egg-info/requires.txt", 7, "dependencies"),
        ("x-1.0/x/__init__.py", 20, "install"),
        ("x-1.0/x/sub.py", len(CLEAN["x/sub.py"]), "install"),
        ("x-1.0/x/data/a.txt", 4, "install"),
        ("x-1.0/x/R.py", len(CLEAN["x/R.py"]), "install"),
    ]
    assert (result.name, result.version) == ("x", "1.0")
    assert result.dependencies == ("y==2.0",)
    assert result.requires_dist == ("y==2.0", "z; extra == 'dev'")
    assert (result.size, result.unpacked) == (len(data), len(tar(CLEAN)))
    assert result.build_file is None
    assert sum(member.packed for member in result.members) + result.overhead == len(data)


def test_members_pay_for_what_they_take(summary):
    noise = random.Random(1).randbytes(3000)
    text = b"".join(b"line %d\n" % i for i in range(375))[:3000]
    data = archive(
        {"PKG-INFO": METADATA, "a.bin": noise, "b.txt": text, "c.bin": noise, "d.py": b""}
    )
    packed = {member.path[6:]: member.packed for member in summary(data).members}
    assert 3000 < packed["a.bin"] < 3100
    assert packed["c.bin"] > 2900, "it lies further back than the window"
    assert packed["b.txt"] < 1200
    assert packed["d.py"] < 60


def test_members_that_are_not_files_are_shown_with_their_kind(summary):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as built:
        for name, kind in (("d", tarfile.DIRTYPE), ("l", tarfile.SYMTYPE), ("f", tarfile.REGTYPE)):
            info = tarfile.TarInfo(f"x-1.0/{name}")
            info.type = kind
            info.mtime = 1.5 if name == "f" else 1
            built.addfile(info)
    members = summary(pack(buffer.getvalue())).members
    assert [(member.kind, member.upip) for member in members] == [
        ("folder", "skip"),
        ("symbolic link", "install"),
        ("PAX header", "install"),
        ("file", "install"),
    ]


def test_upip_reads_the_name_field_alone(summary):
    data = archive({"PKG-INFO": METADATA}, entry("setup.py", b"", prefix=b"x-1.0/pkg"))
    assert summary(data).members[-1].path == "x-1.0/pkg/setup.py"
    assert summary(data).members[-1].upip == "install"


@pytest.mark.parametrize("name", ["setup.py", "pyproject.toml"])
def test_pip_needs_a_file_to_build_with(summary, name):
    assert summary(archive({**CLEAN, name: "x = 1\n"})).build_file == name


def test_an_archive_without_metadata_is_shown(summary):
    result = summary(archive({"x.py": ""}))
    assert (result.name, result.version, result.requires_dist) == (None, None, ())


@pytest.mark.parametrize(
    "code", ["unreadable", "not-gzip", "gzip-truncated", "not-tar", "too-large"]
)
def test_what_cannot_be_shown_is_an_error(tmp_path, code):
    path = tmp_path / FILENAME
    if DEFECTS[code][1] is not None:
        path.write_bytes(DEFECTS[code][1])
    with pytest.raises(ArchiveError, match=FILENAME):
        summarize(path)


def test_damage_behind_the_stream_does_not_hide_what_is_in_it(summary):
    content = tar(CLEAN)
    broken = gzip_wrap(pack(content)[10:-8], b"other")
    assert len(summary(broken).members) == len(CLEAN)
