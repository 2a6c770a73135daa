"""The harness itself: every interpreter behaves alike where device tests rely on it."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest

from micropython import (
    VERSIONS,
    Executable,
    Identity,
    Interpreter,
    Unsupported,
    WebAssembly,
    find_unix_port,
    installation,
    require_verified_tls,
    require_version,
)
from micropython.node import start_node
from support.paths import ROOT
from support.processes import run_python
from support.reports import HEAP_BITS, pytest_terminal_summary


@pytest.mark.parametrize("version", VERSIONS)
def test_version_is_the_one_asked_for(version: str) -> None:
    identity = WebAssembly(version).identity
    assert str(identity) == f"MicroPython {version}"
    assert (identity.bits, identity.tls) == (32, "none")


@pytest.mark.unix_port
def test_unix_port_from_pypi_has_what_boards_have() -> None:
    identity = Executable(find_unix_port()).identity
    assert identity.implementation == "micropython"
    assert identity.version >= (1, 28)
    assert (identity.mpy_format, identity.tls) == (6, "verifies")


def test_identity_of_cpython() -> None:
    identity = Executable(sys.executable).identity
    bits = sys.maxsize.bit_length() + 1
    assert identity == Identity("cpython", sys.version_info[:2], bits, 0, "verifies")


def test_what_an_interpreter_lacks_skips() -> None:
    class Old:
        identity = Identity("micropython", (1, 19), 32, 6, "blind")

    with pytest.raises(Unsupported, match="has no wings"):
        require_version(Old, (1, 20), "wings")
    require_version(Old, (1, 19), "wings")
    with pytest.raises(Unsupported, match="cannot verify certificates"):
        require_verified_tls(Old)


def test_files_go_in_and_come_out(interpreter: Interpreter) -> None:
    code = """
import os
print(sorted(os.listdir()), os.listdir("empty"))
import a.b
with open("a/new", "wb") as f:
    f.write(a.b.data)
os.remove("c")
print("ü", end="")
"""
    every_byte = bytes(range(256))
    files = {"a/b.py": f"data = {every_byte!r}", "a/data": every_byte, "c": "", "empty/": ""}
    outcome = interpreter.run(code, files)
    assert outcome.lines == ["['a', 'c', 'empty'] []", "ü"]
    assert outcome.files["a/new"] == outcome.files["a/data"] == every_byte
    assert "c" not in outcome.files


def test_exception_comes_back_as_traceback(interpreter: Interpreter) -> None:
    outcome = interpreter.run("print(1)\nimport a", {"a.py": "\n1/0\n"})
    assert outcome.exit_code == 1
    assert outcome.stdout == "1\n"
    assert "line 2" in outcome.stderr
    assert outcome.stderr.splitlines()[-1].startswith("ZeroDivisionError: ")
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        outcome.lines  # noqa: B018


def test_output_of_a_run_that_exits_with_1_stays(interpreter: Interpreter) -> None:
    outcome = interpreter.run("import sys\nprint('no such thing')\nsys.exit(1)")
    assert (outcome.exit_code, outcome.stdout, outcome.stderr) == (1, "no such thing\n", "")


@pytest.mark.parametrize(
    ("statement", "exit_code"), [("sys.exit()", 0), ("sys.exit(0)", 0), ("sys.exit(3)", 3)]
)
def test_exit_code_comes_back(interpreter: Interpreter, statement: str, exit_code: int) -> None:
    outcome = interpreter.run(f"import sys\n{statement}")
    assert (outcome.exit_code, outcome.stderr) == (exit_code, "")


def test_run_that_does_not_end_is_stopped(interpreter: Interpreter) -> None:
    with pytest.raises(subprocess.TimeoutExpired):
        interpreter.run("while True: pass", timeout=0.5)
    assert interpreter.run("print(1)").lines == ["1"]


def test_runs_share_nothing(interpreter: Interpreter) -> None:
    code = (
        "import a, sys\nb = 1\nopen('c', 'w').close()\nsys.path.append('d')\nsys.argv.append('e')"
    )
    assert "c" in interpreter.run(code, {"a.py": ""}, heapsize=1 << 20).files
    code = """
import os, sys
print("a" in sys.modules, "b" in globals(), os.listdir(), "d" in sys.path, "e" in sys.argv)
"""
    assert interpreter.run(code).lines == ["False False [] False False"]


def test_failures_of_node_say_why() -> None:
    interpreter = WebAssembly("1.29")
    with pytest.raises(RuntimeError, match="Node failed: TypeError"):
        start_node("1.29").run({"code": None, "files": {"a": 5}, "heapsize": None}, 60)
    assert interpreter.run("print(1)").lines == ["1"]


@pytest.mark.parametrize("module", ["my_app", "my_app.__main__", "my_app.tool", "tool"])
def test_module_is_run_as_main(interpreter: Interpreter, module: str) -> None:
    code = "import sys\nprint(__name__, __file__.split('/')[-1], sys.argv[1:])"
    files = {"my_app/__main__.py": code, "my_app/tool.py": code, "tool.py": code}
    (line,) = interpreter.run_module(module, files, "-v", "2").lines
    main = {"my_app.tool": "tool.py", "tool": "tool.py"}.get(module, "__main__.py")
    assert line == f"__main__ {main} ['-v', '2']"


def test_script_is_run_as_main_from_its_directory(interpreter: Interpreter) -> None:
    files = {"a/script.py": "import near, sys\nprint(__name__, sys.argv[1:])", "a/near.py": ""}
    assert interpreter.run_file("a/script.py", files, "x").lines == ["__main__ ['x']"]


def test_heap_can_be_large(interpreter: Interpreter) -> None:
    code = "a = bytearray(3000000)\nprint(len(a))"
    assert interpreter.run(code, heapsize=8 << 20).lines == ["3000000"]


def test_heapsize_is_the_whole_heap_on_the_unix_port_only(micropython: Interpreter) -> None:
    outcome = micropython.run("a = [bytearray(1000) for i in range(300)]", heapsize=64 << 10)
    assert ("MemoryError" in outcome.stderr) == isinstance(micropython, Executable)


def test_missing_program_skips_or_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SDIST_UPIP_NO_SKIP", raising=False)
    with pytest.raises(pytest.skip.Exception, match="no-such-program is not installed"):
        installation.require_program("no-such-program")
    monkeypatch.setenv("SDIST_UPIP_NO_SKIP", "1")
    with pytest.raises(pytest.fail.Exception, match="no-such-program is not installed"):
        installation.require_program("no-such-program")


def test_missing_unix_port_skips_or_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDIST_UPIP_NO_SKIP", "1")
    monkeypatch.setattr(metadata, "files", lambda name: [])
    with pytest.raises(pytest.fail.Exception, match="installed without its command micropython"):
        find_unix_port()
    monkeypatch.undo()
    monkeypatch.delenv("SDIST_UPIP_NO_SKIP", raising=False)
    monkeypatch.setattr(installation, "UNIX_PORT", "no-such-distribution")
    with pytest.raises(pytest.skip.Exception, match="no-such-distribution is not installed"):
        find_unix_port()


OUTCOMES = """
import pytest
from support.reports import HEAP_BITS
from micropython import Unsupported

def test_missing():
    pytest.skip("missing here")

def test_lacking():
    raise Unsupported("lacking there")

def test_heap(request):
    request.node.user_properties.append((HEAP_BITS, 64))
"""


def test_nothing_is_left_out_silently(tmp_path: Path) -> None:
    (tmp_path / "test_outcomes.py").write_text(OUTCOMES)
    options = [
        "-q",
        "-ra",
        "-p",
        "support.reports",
        "-p",
        "no:cacheprovider",
        "--rootdir",
        tmp_path,
    ]
    result = run_python(
        *("-m", "pytest", *options, tmp_path),
        cwd=tmp_path,
        PYTHONPATH=str(ROOT / "tests"),
        SDIST_UPIP_NO_SKIP="1",
    )
    assert "1 failed, 1 passed, 1 skipped" in result.stdout, result.stdout + result.stderr
    assert "SDIST_UPIP_NO_SKIP forbids" in result.stdout
    assert "lacking there" in result.stdout
    assert "not tested: heap budgets of 32-bit MicroPython" in result.stdout


@pytest.mark.parametrize(("tested", "lines"), [([], 0), ([64], 1), ([32], 0), ([64, 32], 0)])
def test_heap_budgets_that_were_not_tested_are_named(tested: list[int], lines: int) -> None:
    class Terminal:
        def __init__(self) -> None:
            self.lines: list[str] = []

        def getreports(self, outcome: str) -> list[SimpleNamespace]:
            return [SimpleNamespace(user_properties=[(HEAP_BITS, bits)]) for bits in tested]

        def write_line(self, line: str) -> None:
            self.lines.append(line)

    terminal = Terminal()
    pytest_terminal_summary(terminal)
    assert len(terminal.lines) == lines
