"""Archives of other tools and wheels, installed by `sdist-upip install`: the files of the wheel."""

import gzip

import pytest

from sdist_upip.check.gzip_stream import find_stream
from sdist_upip.cli.main import main
from sdist_upip.deflate.trace import trace
from sdist_upip.limits import SIZE_LIMIT, WINDOW
from support.foreign_archives import DEVICE_ARCHIVES, KINDS, read_files
from support.foreign_installs import find_differences, needed_archives
from support.foreign_projects import PROJECTS
from support.odd_archives import archive
from support.trees import read_tree, write_tree


@pytest.fixture(scope="module")
def needed(tmp_path_factory):
    """A directory with the packages that those of the population need."""
    return write_tree(tmp_path_factory.mktemp("needed"), needed_archives())


@pytest.fixture
def install(own_pip, needed, lib, tmp_path):
    """Installs a package of the population from the given files alone; returns what is there."""

    def install(foreign, **files):
        found = write_tree(tmp_path / "found", files)
        links = [word for place in (found, needed) for word in ("--find-links", str(place))]
        assert main(["install", "-p", str(lib), "--no-index", *links, foreign.project]) == 0
        return read_tree(lib)

    return install


@pytest.mark.parametrize("kind", KINDS)
def test_a_source_distribution_becomes_the_files_of_its_wheel(kind, population, install):
    foreign = population[kind]
    installed = install(foreign, **{foreign.filename: foreign.data})
    assert [*find_differences(foreign, installed, "lamp-desk")] == []


@pytest.mark.parametrize("name", PROJECTS)
def test_a_wheel_becomes_its_files(name, population, install):
    foreign = population[name]
    installed = install(foreign, **{foreign.wheel.name: foreign.wheel.read_bytes()})
    assert [*find_differences(foreign, installed, "lamp-desk")] == []


@pytest.mark.parametrize("name", ["lamp-flat", "hatch-src", "uv-flat"])
def test_beside_a_source_distribution_the_wheel_decides(name, population, install):
    """By its own files, the source distribution has C extensions, and two readings."""
    foreign = population[name]
    files = {**read_files(foreign.data), "fast.c": b"int x;\n", "src/__init__.py": b""}
    sdist = archive(files, root=foreign.filename.removesuffix(".tar.gz"))
    wheel = foreign.wheel
    installed = install(foreign, **{foreign.filename: sdist, wheel.name: wheel.read_bytes()})
    assert [*find_differences(foreign, installed, "lamp-desk")] == []


@pytest.mark.parametrize("kind", DEVICE_ARCHIVES)
def test_the_directory_of_a_device_archive_is_that_of_upip(
    kind, population, install, needed, upip, tmp_path
):
    foreign = population[kind]
    ours = install(foreign, **{foreign.filename: foreign.data})
    upip.install(foreign.project, str(tmp_path / "theirs"), [str(tmp_path / "found"), str(needed)])
    assert ours == read_tree(tmp_path / "theirs")


def headers(foreign):
    """Yield the 512 bytes of each header in an archive."""
    tar = gzip.decompress(foreign.data)
    position = 0
    while any(header := tar[position : position + 512]):
        yield header
        size = header[124:136]
        binary = size[0] == 0x80
        length = int.from_bytes(size[1:], "big") if binary else int(size.strip(b" \0") or b"0", 8)
        position += 512 + length + -length % 512


def test_the_population_has_every_kind_of_header_and_window(population):
    found = [header for foreign in population.values() for header in headers(foreign)]
    assert {chr(header[156]) for header in found} == {"\0", *"0125gxL"}
    assert {header[257:265] for header in found} == {b"ustar\x0000", b"ustar  \0", bytes(8)}
    assert any(header[345] for header in found)
    assert any(header[124] == 0x80 for header in found)
    windows = set()
    for foreign in population.values():
        distance = trace(foreign.data[find_stream(foreign.data) :], SIZE_LIMIT).distance
        windows.add((bool(foreign.data[3] & 8), distance > WINDOW))
    assert windows == {(True, True), (True, False), (False, True), (False, False)}
