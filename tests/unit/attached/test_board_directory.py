import tempfile

import pytest

from sdist_upip.attached import board_directory
from sdist_upip.attached.board_directory import open_packages
from sdist_upip.attached.change import PASSING
from sdist_upip.attached.facts import Facts
from sdist_upip.attached.programs import NAME
from sdist_upip.errors import OutputError
from sdist_upip.installed.device_archive import DeviceArchive
from support.trees import read_tree, write_tree


@pytest.fixture
def open_lib(session, tmp_path):
    """A function that opens the packages in lib."""
    return lambda **options: open_packages(session, f"{tmp_path}/lib", **options)


def install(open_lib, name, files, version="1.0"):
    archive = DeviceArchive(tuple((path, data) for path, data in files.items()), ())
    with open_lib() as directory:
        directory.stage(name, version, archive)
        directory.add_pkg_resources()
        directory.check(lambda text: None)
        directory.commit()


def test_packages(open_lib, tmp_path):
    install(open_lib, "a", {"a.py": b"import pkg_resources\n"})
    assert set(read_tree(tmp_path / "lib")) == {
        "a.py",
        "pkg_resources.py",
        ".upip/a",
        ".upip/sdist-upip-pkg-resources",
    }
    with open_lib() as directory:
        assert directory.title == f"{tmp_path}/lib on the board at /dev/fake"
        assert directory.names() == ["a", "sdist-upip-pkg-resources"]
        assert directory.get_unmodified("a")
        assert [str(p) for p in directory.find_broken_importers(["sdist-upip-pkg-resources"])] == [
            "a 1.0"
        ]
        directory.uninstall(["a", "sdist-upip-pkg-resources"])
    assert read_tree(tmp_path / "lib") == {}


def test_an_error_leaves_the_board_as_it_was(open_lib, tmp_path):
    install(open_lib, "a", {"a.py": b""})
    before = read_tree(tmp_path)
    with pytest.raises(ZeroDivisionError), open_lib() as directory:
        directory.stage("b", "1.0", DeviceArchive((("b.py", b""),), ()))
        directory._change.stage(list(directory._staged.values()), lambda *_: b"")
        raise ZeroDivisionError
    assert read_tree(tmp_path) == before


def test_an_interrupted_change_is_undone(open_lib, tmp_path):
    write_tree(
        tmp_path / "lib", {".upip/b.0": "", ".upip/b.new": "b 1\n", f".upip/{PASSING}": "x 0\n"}
    )
    with open_lib() as directory:
        assert directory.names() == []
    assert read_tree(tmp_path / "lib") == {}


def test_messages_name_the_board(open_lib, tmp_path):
    write_tree(tmp_path / "lib", {".upip/a": "damaged"})
    root = f"{tmp_path}/lib"
    with open_lib(option="--board -p x") as directory:
        assert directory.damaged() == {
            "a": f"The record {root}/.upip/a is damaged: line 1 has no name and version. Install a "
            "again, or run sdist-upip uninstall --board -p x a."
        }
        with pytest.raises(OutputError) as caught:
            directory.uninstall(["b"])
        assert str(caught.value) == (
            f"b is not installed in {root}. Run sdist-upip list --board -p x for the installed "
            "packages."
        )
        assert directory.uninstall(["a"]) == ["a"]
    assert read_tree(tmp_path / "lib") == {}


def test_paths_that_fat_takes_for_one(open_lib):
    install(open_lib, "a", {"lib/Same.py": b""})
    with pytest.raises(OutputError, match=r"(?i)same\.py and .* are one path for FAT"):
        install(open_lib, "b", {"lib/same.py": b""})
    install(open_lib, "a", {"lib/same.py": b"new"}, "1.1")


def test_the_wrong_abi(open_lib, tmp_path):
    with pytest.raises(OutputError, match=r"a: a\.mpy requires \.mpy format 5"):
        install(open_lib, "a", {"a.mpy": b"M\x05\0\x1f"})
    assert read_tree(tmp_path) == {}


def test_a_hostile_board_writes_nothing_elsewhere(session, tmp_path, monkeypatch):
    facts = Facts(root="/lib", records={"../x": b"", "..": b"", "a\0": b""}, beside={})
    facts.kinds = dict.fromkeys(facts.records, 2)
    facts.importers = {"../y.py": b"", "/z.py": b"", "a.py/b.py": b"", "a.py": b"x"}
    monkeypatch.setattr(board_directory, "read_facts", lambda *_, **__: facts)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with open_packages(session) as directory:
        assert directory.names() == []
        found = [path.name for path in tmp_path.rglob("*")]
        assert not {"x", "y.py", "z.py"} & set(found)


def test_our_code_leaves_the_board_after_an_error(open_lib, session):
    with pytest.raises(ZeroDivisionError), open_lib() as directory:
        directory._change.look([])
        assert NAME in session.names
        raise ZeroDivisionError
    assert NAME not in session.names
