"""Modules of an archive, compiled: paths, warnings, and what an interpreter loads. No mpy-cross."""

from pathlib import Path

import pytest

from sdist_upip.errors import ArchiveError, ConfigError
from sdist_upip.mpy import modules
from sdist_upip.mpy.compiler import Compiler, Outcome
from sdist_upip.mpy.modules import compile_files, compile_modules, compiled_path, is_compilable

SYNTAX = 'Traceback:\n  File "x.py"\nSyntaxError: invalid syntax\n\n'


@pytest.fixture
def commands(monkeypatch):
    """The commands of an mpy-cross of 1.28 that cannot compile sources with a `(`."""
    commands = []

    def run(command, source, path):
        commands.append((list(command), path))
        if b"(" in source:
            return Outcome(None, 1, SYNTAX)
        return Outcome(b"M\x06" + source, 0, "")

    monkeypatch.setattr(modules, "run_compiler", run)
    monkeypatch.setattr(modules, "find_compiler", lambda v: Compiler(Path("mpy"), (1, 28), 6))
    return commands


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a.py", True),
        ("a/__init__.py", True),
        ("a/main.py", True),
        ("a/boot.py", True),
        ("main.py", False),
        ("boot.py", False),
        ("_boot.py", False),
        ("a.mpy", False),
        ("a.pyi", False),
        ("a", False),
        ("py", False),
    ],
)
def test_modules_that_boards_import_are_compiled(path, expected):
    assert is_compilable(path) is expected


def test_the_path_of_a_compiled_module():
    assert [compiled_path(path) for path in ("a.py", "a.b/c.py")] == ["a.mpy", "a.b/c.mpy"]


def test_sources_are_compiled_with_the_options(commands):
    sources = {"b.py": b"1", "a/c.py": b"2"}
    compiled = compile_modules(sources, ["python", "mpy"], ["-O2", "-march=x64"])
    assert compiled == {"b.py": b"M\x061", "a/c.py": b"M\x062"}
    assert list(compiled) == ["b.py", "a/c.py"]
    command = ["python", "mpy", "-O2", "-march=x64"]
    assert sorted(commands) == [(command, "a/c.py"), (command, "b.py")]
    assert compile_modules({}, ["mpy"]) == {}


def test_a_module_that_does_not_compile_is_omitted_with_a_warning(commands, caplog):
    sources = {"a.py": b"(", "b.py": b"1", "c.py": b"("}
    assert compile_modules(sources, ["mpy"], title="x 1") == {"b.py": b"M\x061"}
    assert [(record.levelname, record.message) for record in caplog.records] == [
        ("WARNING", "x 1: kept a.py as source: SyntaxError: invalid syntax."),
        ("WARNING", "x 1: kept c.py as source: SyntaxError: invalid syntax."),
    ]
    caplog.clear()
    compile_modules({"a.py": b"("}, ["mpy"])
    assert caplog.messages == ["compile: kept a.py as source: SyntaxError: invalid syntax."]


@pytest.mark.parametrize(
    ("output", "code", "reason"),
    [
        ("usage: mpy-cross [options]\nmore\n", 1, "unsupported options -O9 -X"),
        ("invalid arch\n", 1, "invalid arch"),
        ("one\n  two  \n\n", 1, "two"),
        ("", -11, "exit code -11"),
        (" \n", 3, "exit code 3"),
        ("xSyntaxErrors: y\n", 1, "xSyntaxErrors: y"),
        ("usage: x\nSyntaxError\n", 1, None),
        ("MemoryError: \n", 1, None),
        ("NativeException\n", 1, None),
    ],
)
def test_only_an_error_of_the_module_is_a_warning(monkeypatch, caplog, output, code, reason):
    monkeypatch.setattr(modules, "run_compiler", lambda *_: Outcome(None, code, output))
    if reason is None:
        assert compile_modules({"a.py": b""}, ["mpy"], ["-O9", "-X"]) == {}
        assert len(caplog.messages) == 1
        return
    with pytest.raises(ConfigError) as caught:
        compile_modules({"a.py": b""}, ["mpy"], ["-O9", "-X"])
    assert str(caught.value) == (
        f"mpy-cross failed on 'a.py': {reason}. Install another mpy-cross."
    )


def test_files_keep_their_order(commands, caplog):
    files = (
        ("x/b.py", b"2"),
        ("x/__init__.py", b""),
        ("x/page.html", b"<p>"),
        ("boot.py", b"3"),
        ("x/new.py", b"("),
    )
    assert compile_files(files, "1.28", "x 1") == (
        ("x/b.mpy", b"M\x062"),
        ("x/__init__.mpy", b"M\x06"),
        ("x/page.html", b"<p>"),
        ("boot.py", b"3"),
        ("x/new.py", b"("),
    )
    assert sorted(commands) == [(["mpy"], path) for path in ("x/__init__.py", "x/b.py", "x/new.py")]
    assert caplog.messages == ["x 1: kept x/new.py as source: SyntaxError: invalid syntax."]


STALE = b"M\x05\x00\x1f"


def test_the_source_replaces_a_compiled_module(commands):
    files = (("a.mpy", STALE), ("a.py", b"1"), ("main.py", b""))
    assert compile_files(files, "1.28", "x 1") == (("a.mpy", b"M\x061"), ("main.py", b""))


def test_a_compiled_module_beside_a_source_that_does_not_compile(commands):
    good = b"M\x06\x00\x1f"
    files = (("a.mpy", good), ("a.py", b"("))
    assert compile_files(files, "1.28", "x 1") == files
    with pytest.raises(ArchiveError, match=r"cannot load 'a\.mpy'"):
        compile_files((("a.mpy", STALE), ("a.py", b"(")), "1.28", "x 1")


@pytest.mark.parametrize(
    ("data", "version", "message"),
    [
        (STALE, "1.28", "expected .mpy format 6, got .mpy format 5"),
        (b"M\x06\x12\x1f", "1.28", "expected .mpy format 6.3, got .mpy format 6.2 for armv6m"),
        (b"M\x06\x13\x1f", "1.22", "expected .mpy format 6.2, got .mpy format 6.3 for armv6m"),
        (b"M\x06\x12\x1f", "v1.21.0", "expected .mpy format 6.1, got .mpy format 6.2 for armv6m"),
        (b"M\x06\x11\x1f", "1.19", "expected .mpy format 6.0, got .mpy format 6.1 for armv6m"),
        (b"import x", "1.28", "invalid .mpy header"),
        (b"", "1.28", "invalid .mpy header"),
    ],
)
def test_what_does_not_load_is_refused(commands, data, version, message):
    with pytest.raises(ArchiveError) as caught:
        compile_files((("a/b.mpy", data),), version, "x 1")
    assert str(caught.value) == (
        f"x 1: MicroPython {version} cannot load 'a/b.mpy': {message}. "
        "Use a release with sources, or compiled for that version."
    )


@pytest.mark.parametrize(
    ("data", "version"),
    [
        (b"M\x06\x00\x1f", "1.28"),
        (b"M\x06\x13\x1f", "1.28"),
        (b"M\x06\x13\x1f", "1.23.0"),
        (b"M\x06\x12\x1f", "1.22"),
        (b"M\x06\x11\x1f", "1.20"),
        (b"M\x06\x10\x1f", "1.19"),
        (b"M\x06\x00\x1f", "1.19"),
    ],
)
def test_what_loads_stays(commands, data, version):
    assert compile_files((("a.mpy", data),), version, "x 1") == (("a.mpy", data),)
    assert commands == []


def test_a_later_release_loads_the_format_of_its_compiler(commands, monkeypatch):
    monkeypatch.setattr(modules, "find_compiler", lambda v: Compiler(Path("mpy"), (1, 99), 7))
    data = b"M\x07\x00\x1f"
    assert compile_files((("a.mpy", data),), "1.99", "x 1") == (("a.mpy", data),)
    with pytest.raises(ArchiveError, match=r"expected \.mpy format 7, got \.mpy format 6"):
        compile_files((("a.mpy", b"M\x06\x00\x1f"),), "1.99", "x 1")
