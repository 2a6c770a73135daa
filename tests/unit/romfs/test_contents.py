"""What an image holds of releases: modules for its board, resources as files, and no records."""

from pathlib import Path

import pytest

from sdist_upip.board import pkg_resources
from sdist_upip.errors import ArchiveError, ProjectError
from sdist_upip.mpy import modules
from sdist_upip.mpy.compiler import Compiler, Outcome
from sdist_upip.release import Member, UnpackedRelease
from sdist_upip.resources.module import resource_module
from sdist_upip.romfs import contents
from sdist_upip.romfs.contents import collect_contents
from sdist_upip.romfs.reader import read_image
from support.compiled_resources import COMPILED

MPY = b"M\x06\x00\x1f"


def native(architecture, sub_version=3):
    """Return the start of a .mpy file with machine code."""
    return bytes([0x4D, 6, architecture << 2 | sub_version, 31])


@pytest.fixture(autouse=True)
def _compiler(monkeypatch):
    """An mpy-cross of 1.28 that cannot compile sources with a `(`."""

    def run(command, source, path):
        if b"(" in source:
            return Outcome(None, 1, "SyntaxError: invalid syntax\n")
        return Outcome(MPY + source, 0, "")

    monkeypatch.setattr(modules, "run_compiler", run)
    monkeypatch.setattr(modules, "find_compiler", lambda v: Compiler(Path("mpy"), (1, 28), 6))
    monkeypatch.setattr(
        contents.pkg_resources,
        "make_module",
        lambda mpy: (pkg_resources.COMPILED, MPY + mpy.encode()),
    )


def collect(*files, mpy="1.28"):
    """Return the contents of releases a, b … with the given files."""
    return collect_contents(
        [
            UnpackedRelease(name, "1.0", tuple(Member(*item) for item in one.items()))
            for name, one in zip("abcdefg", files, strict=False)
        ],
        mpy,
    )


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param({}, {}, id="nothing"),
        pytest.param({"a.py": b"1"}, {"a.mpy": MPY + b"1"}, id="a module"),
        pytest.param({"a.py": b"("}, {"a.py": b"("}, id="that does not compile"),
        pytest.param({"main.py": b"1"}, {"main.py": b"1"}, id="that boards start"),
        pytest.param({"a/main.py": b"1"}, {"a/main.mpy": MPY + b"1"}, id="that they do not start"),
        pytest.param({"a.mpy": MPY}, {"a.mpy": MPY}, id="compiled"),
        pytest.param({"a.mpy": MPY, "a.py": b"1"}, {"a.mpy": MPY + b"1"}, id="both"),
        pytest.param({"a/é.txt": b""}, {"a/é.txt": b""}, id="data"),
        pytest.param(
            {"a/__init__.py": b"", "a/R.py": resource_module({"x/y": b"1"})},
            {"a/__init__.mpy": MPY, "a/x/y": b"1"},
            id="data in a module",
        ),
        pytest.param(
            {"a/x": b"1", "a/R.py": resource_module({"x": b"1"})}, {"a/x": b"1"}, id="in both"
        ),
        pytest.param({"a/R.py": b"R = 1"}, {"a/R.mpy": MPY + b"R = 1"}, id="another module R"),
        pytest.param(
            {
                "a/__pycache__/b.cpython-313.pyc": b"",
                "__pycache__/b": b"",
                "a.egg-info/requires.txt": b"",
                "a-1.0.dist-info/METADATA": b"",
            },
            {},
            id="of no use",
        ),
    ],
)
def test_files_of_an_image(files, expected):
    found = collect(files)
    assert found.files == {f"lib/{path}": data for path, data in expected.items()}
    assert found.packages == {"a": "1.0"}
    assert set(found.owners) == set(found.files)


def test_a_compiled_module_of_resources_becomes_files():
    assert "lib/a/sub/index.html" in collect({"a/R.mpy": COMPILED}).files


def test_modules_that_stay_source_are_named(caplog):
    collect({"main.py": b"1", "boot.py": b"1", "x.py": b"(", "y.py": b"1"})
    assert sorted(caplog.messages) == [
        "a 1.0: kept boot.py as source: boards start a module of this name only as source.",
        "a 1.0: kept main.py as source: boards start a module of this name only as source.",
        "a 1.0: kept x.py as source: SyntaxError: invalid syntax.",
    ]


@pytest.mark.parametrize("source", [b"import pkg_resources", MPY + b"\x1apkg_resources"])
def test_pkg_resources_is_added_for_modules_that_import_it(source):
    path = "b.mpy" if source.startswith(MPY) else "b.py"
    found = collect({"a.py": b"1"}, {path: source})
    assert found.files["lib/pkg_resources.mpy"] == MPY + b"1.28"
    assert found.packages[pkg_resources.PACKAGE] == pkg_resources.package_version()
    assert found.owners["lib/pkg_resources.mpy"] == pkg_resources.PACKAGE


@pytest.mark.parametrize("path", ["pkg_resources.py", "pkg_resources/__init__.py"])
def test_pkg_resources_of_a_package_stays(path):
    found = collect({"a.py": b"import pkg_resources"}, {path: b"1"})
    assert set(found.files) == {"lib/a.mpy", f"lib/{path[:-3]}.mpy"}
    assert set(found.packages) == {"a", "b"}


def test_equal_files_are_shared_and_others_refused():
    assert collect({"x/t": b"1"}, {"x/t": b"1"}).owners == {"lib/x/t": "a"}
    with pytest.raises(ProjectError, match="a and b both have x/t, with different content"):
        collect({"x/t": b"1"}, {"x/t": b"2"})
    with pytest.raises(ProjectError, match=r"a and c both have R\.txt"):
        collect({"R.py": resource_module({"R.txt": b"1"})}, {}, {"R.txt": b"2"})


def test_a_file_and_a_directory_of_one_name_are_refused():
    with pytest.raises(ProjectError, match="'x/t' is a file of one package, and 'x/t/u' of b"):
        collect({"x/t": b"1"}, {"x/t/u": b"2"})
    assert set(collect({"x": b"1"}, {"X/t": b"2"}).files) == {"lib/x", "lib/X/t"}


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a.mpy": b"M\x05\x00\x1f"}, "a 1.0: MicroPython 1.28 cannot load 'a.mpy': expected"),
        ({"a.mpy": native(7, 2)}, "expected .mpy format 6.3"),
        ({"a.mpy": b""}, "invalid .mpy header"),
        (
            {"a.mpy": native(7), "b.mpy": native(10)},
            r"lib/b.mpy requires .mpy format 6.3 for xtensawin, and lib/a.mpy requires .* "
            "armv7emsp. No board loads both",
        ),
        ({"a.mpy": native(1), "b.mpy": native(2)}, "No board loads both"),
        ({"a/R.py": resource_module({"con": b""})}, r"a 1.0: .*'a/R.py: a/con'"),
    ],
)
def test_files_that_no_board_has_are_refused(files, message):
    with pytest.raises(ArchiveError, match=message):
        collect(files)


@pytest.mark.parametrize(
    ("architectures", "expected"),
    [((), None), ((7,), 7), ((7, 7), 7), ((4, 7), 7), ((7, 4, 5), 7), ((10,), 10)],
)
def test_machine_code_states_the_board(architectures, expected):
    files = {f"m{number}.mpy": native(arch) for number, arch in enumerate(architectures)}
    abi = collect(files, {"b.mpy": MPY}).abi
    assert (abi and abi.architecture) == expected


def test_the_same_packages_are_the_same_image():
    releases = [{"a.py": b"1", "a.txt": b"12345"}, {"b/c.py": b"2", "b.py": b""}]
    swapped = [dict(reversed(one.items())) for one in releases]
    image = collect(*releases).build()
    assert collect(*swapped).build() == image
    assert read_image(image).packages == (("a", "1.0"), ("b", "1.0"))


def test_too_large_an_image_is_refused(monkeypatch):
    monkeypatch.setattr(contents, "IMAGE_LIMIT", 100)
    with pytest.raises(ArchiveError, match="The limit is 100 bytes"):
        collect({"a.txt": b"x" * 100}).build()
