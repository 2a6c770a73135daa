"""Wheels, source distributions and legacy archives become device archives."""

import logging
from pathlib import Path

import pytest

from sdist_upip.builders import convert as convert_module
from sdist_upip.builders.convert import (
    convert,
    convert_for_install,
    needs_conversion,
    output_path,
    refuse_to_replace,
)
from sdist_upip.errors import ArchiveError, NotForDevicesError
from sdist_upip.metadata import requires_txt
from support.archives import make_archive
from support.legacy_archives import legacy_archive
from support.trees import read_members, read_tree
from support.wheels import FILES, INFO, METADATA, make_wheel

PKG_INFO = b"Metadata-Version: 1.0\nName: x\nVersion: 1.0\n"
DEVICE = make_archive("x", "1.0")
LEGACY = legacy_archive({"PKG-INFO": PKG_INFO, "x.py": b""})
SDIST = legacy_archive({"PKG-INFO": PKG_INFO, "x.py": b"", "setup.py": b""})
ARCHIVES = {
    "x-1.0.tar.gz": DEVICE,
    "legacy.tar.gz": LEGACY,
    "sdist.tar.gz": SDIST,
    "cut.tar.gz": SDIST[:60],
    "x-1.0-py3-none-any.whl": b"",
}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("x-1.0.tar.gz", False),
        ("legacy.tar.gz", False),
        ("sdist.tar.gz", True),
        ("cut.tar.gz", False),
        ("x-1.0-py3-none-any.whl", True),
        ("missing.tar.gz", False),
        ("missing.whl", True),
    ],
)
def test_wheels_and_source_distributions_have_to_be_built(name, expected, tmp_path):
    if name in ARCHIVES:
        (tmp_path / name).write_bytes(ARCHIVES[name])
    assert needs_conversion(tmp_path / name) is expected


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("new.tar.gz", "new.tar.gz"),
        ("new/", "new/a.tar.gz"),
        ("there", "there/a.tar.gz"),
        ("there/", "there/a.tar.gz"),
        ("there/new", "there/new"),
        (Path("there"), "there/a.tar.gz"),
        (Path("new"), "new"),
    ],
)
def test_the_output_is_a_file_unless_it_is_or_looks_like_a_directory(
    output, expected, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    Path("there").mkdir()
    assert output_path(output, "a.tar.gz") == Path(expected)


EXISTS = "already exists and is not a device archive"
ITSELF = "is the source distribution itself"


@pytest.mark.parametrize(
    ("target", "source", "problem"),
    [
        ("new.tar.gz", SDIST, None),
        (DEVICE, SDIST, None),
        (LEGACY, SDIST, None),
        (b"", SDIST, None),
        (SDIST, DEVICE, EXISTS),
        (SDIST[:60], DEVICE, EXISTS),
        (b"text", DEVICE, EXISTS),
        (SDIST, "itself", ITSELF),
        (DEVICE, "itself", None),
        (b"text", "itself", None),
    ],
    ids=[
        *("new", "device archive", "legacy archive", "empty file", "sdist", "damaged", "text"),
        *("sdist itself", "device archive itself", "text itself"),
    ],
)
def test_a_source_distribution_is_never_replaced(target, source, problem, tmp_path):
    path = tmp_path / "target.tar.gz"
    other = tmp_path / "source.tar.gz"
    if isinstance(target, bytes):
        path.write_bytes(target)
    if source == "itself":
        other = tmp_path / "." / "target.tar.gz"
    else:
        other.write_bytes(source)
    if problem is None:
        refuse_to_replace(path, other)
        return
    with pytest.raises(ArchiveError) as caught:
        refuse_to_replace(path, other)
    assert str(caught.value) == f"{path} {problem}. Pass another file or directory with -o."


def test_damaged_files_of_other_names_are_replaced(tmp_path):
    (tmp_path / "a.tgz").write_bytes(b"text")
    (tmp_path / "source").write_bytes(DEVICE)
    refuse_to_replace(tmp_path / "a.tgz", tmp_path / "source")


def test_a_wheel_becomes_an_archive_beside_itself(tmp_path):
    wheel = make_wheel(tmp_path, FILES)
    before = wheel.read_bytes()
    result = convert(wheel, None, {"resources": "files"})
    assert result.archive.path == tmp_path / "x-1.0.tar.gz"
    assert read_tree(tmp_path).keys() == {wheel.name, "x-1.0.tar.gz"}
    assert wheel.read_bytes() == before
    members = read_members(result.archive.path)
    assert members == {member.path: member.data for member in result.archive.release}
    assert "x/__init__.py" in members
    assert result.archive.size == result.archive.path.stat().st_size


def test_a_legacy_archive_is_completed(tmp_path):
    source = tmp_path / "legacy.tar.gz"
    source.write_bytes(LEGACY)
    for output, path in ((f"{tmp_path}/new/", "new/x-1.0.tar.gz"), (tmp_path / "y.tgz", "y.tgz")):
        result = convert(source, output, {})
        assert result.archive.path == tmp_path / path
        assert read_members(tmp_path / path).keys() == {"PKG-INFO", "x.py"}
    assert source.read_bytes() == LEGACY


def test_a_source_distribution_is_built_by_its_backend(tmp_path, monkeypatch):
    calls = []

    def build_from_sdist(source, outdir, settings, **options):
        calls.append((source, dict(settings), options))
        return convert_module.build_from_wheel(wheel, outdir, convert_module.make_config({}))

    wheel = make_wheel(tmp_path, FILES)
    source = tmp_path / "sdist.tar.gz"
    source.write_bytes(SDIST)
    monkeypatch.setattr(convert_module, "build_from_sdist", build_from_sdist)
    result = convert(source, None, {"window": "512"}, isolated=False, verbose=True)
    assert result.archive.path == tmp_path / "x-1.0.tar.gz"
    expected = {"isolated": False, "verbose": True, "check_sources": True}
    assert calls == [(source, {"window": "512"}, expected)]


def test_nothing_is_written_where_a_source_distribution_is(tmp_path):
    wheel = make_wheel(tmp_path, FILES)
    (tmp_path / "x-1.0.tar.gz").write_bytes(SDIST)
    before = read_tree(tmp_path)
    with pytest.raises(ArchiveError, match=EXISTS):
        convert(wheel, None, {})
    assert read_tree(tmp_path) == before


def test_an_archive_for_an_install_has_the_files_of_the_wheel_only(tmp_path, caplog):
    needs = f"{METADATA}Requires-Dist: y>=1\n"
    files = {**FILES, "x/page.html": "page", f"{INFO}/METADATA": needs}
    wheel = make_wheel(tmp_path, files)
    filters = list(logging.getLogger(requires_txt.__name__).filters)
    archive = convert_for_install(wheel, tmp_path / "new")
    assert archive == tmp_path / "new/x-1.0.tar.gz"
    assert read_members(archive).keys() == {
        *("PKG-INFO", "x.egg-info/requires.txt"),
        *("www/index.html", "x/__init__.py", "x/more.py", "x/page.html"),
    }
    assert "requires.txt" not in caplog.text
    assert logging.getLogger(requires_txt.__name__).filters == filters
    again = convert_for_install(wheel, tmp_path / "again")
    assert again.read_bytes() == archive.read_bytes()


def test_the_warning_that_an_install_suppresses_is_one_of_a_conversion(tmp_path, caplog):
    needs = {**FILES, f"{INFO}/METADATA": f"{METADATA}Requires-Dist: y>=1\n"}
    convert(make_wheel(tmp_path, needs), None, {})
    assert "requires.txt" in caplog.text


def test_a_wheel_for_one_machine_is_refused(tmp_path):
    tagged = make_wheel(tmp_path, FILES, "x-1.0-cp312-cp312-linux_x86_64.whl")
    with pytest.raises(NotForDevicesError, match="Python 3, got tag cp312-cp312-linux_x86_64"):
        convert_for_install(tagged, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("name", ["x-1.0-py3-none-any.whl", "x-1.0.tar.gz"])
def test_damage_is_not_a_matter_of_devices(name, tmp_path):
    make_wheel(tmp_path, FILES)
    (tmp_path / "x-1.0.tar.gz").write_bytes(SDIST)
    path = tmp_path / name
    path.write_bytes(path.read_bytes()[:60])
    with pytest.raises(ArchiveError) as caught:
        convert_for_install(path, tmp_path / "out")
    assert not isinstance(caught.value, NotForDevicesError)
