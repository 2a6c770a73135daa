"""The harness itself: every interpreter behaves alike where device tests rely on it."""

from __future__ import annotations

import subprocess

import pytest

from micropython import Executable, Interpreter, installation


def test_version_is_the_one_asked_for(micropython: Interpreter) -> None:
    lines = micropython.run("import sys\nprint(sys.implementation.name, sys.version)").lines
    assert lines[0].startswith("micropython ")
    assert f"MicroPython v{micropython.name.removeprefix('micropython-')[:4]}" in lines[0]


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
