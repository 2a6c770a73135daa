"""mpy-cross decides about sources that CPython refuses, if it is installed."""

import subprocess
from pathlib import Path

import pytest

from sdist_upip.errors import ConfigError
from sdist_upip.mpy import refusals
from sdist_upip.mpy.compiler import Compiler, Outcome
from sdist_upip.mpy.syntax import find_defect

UNSURE = 'x = b"°"'.encode()
REFUSED = b'print "x"'


@pytest.fixture
def answer(monkeypatch):
    """A function that sets the outcome of mpy-cross, or the error when it runs."""
    calls = []

    def set_answer(outcome):
        def run(command, source, path, *, timeout):
            calls.append((command, source, path, timeout))
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        program = Path("mpy-cross")
        monkeypatch.setattr(refusals, "find_program", lambda: program)
        monkeypatch.setattr(refusals, "read_compiler", lambda path: Compiler(path, (1, 29), 6))
        monkeypatch.setattr(refusals, "run_compiler", run)
        return calls

    return set_answer


def refuse(error):
    return Outcome(None, 1, f'Traceback:\n  File "m.py", line 3, in f\n{error}\n\n')


def test_without_mpy_cross():
    assert find_defect(UNSURE, "m.py").is_certain is False
    assert find_defect(REFUSED, "m.py").is_certain is True
    assert find_defect(b"x = 1", "m.py") is None


def test_sources_that_cpython_compiles_are_not_compiled_again(answer):
    calls = answer(refuse("SyntaxError: invalid syntax"))
    assert find_defect(b"match x:\n  case 1: pass", "m.py") is None
    assert calls == []


@pytest.mark.parametrize("source", [UNSURE, REFUSED])
def test_mpy_cross_accepts(answer, source):
    calls = answer(Outcome(b"M\x06", 0, ""))
    assert find_defect(source, "m.py") is None
    assert calls == [(["mpy-cross"], source, "m.py", 5)]


def test_mpy_cross_refuses(answer):
    answer(refuse("SyntaxError: invalid syntax"))
    defect = find_defect(UNSURE, "m.py")
    assert (defect.reason, defect.is_certain) == (
        "mpy-cross: SyntaxError: invalid syntax, line 3",
        True,
    )
    assert find_defect(REFUSED, "m.py").reason.startswith("Missing parentheses in call to 'print'")


@pytest.mark.parametrize(
    "outcome",
    [
        refuse("MemoryError: memory allocation failed, allocating 695992 bytes"),
        refuse("RuntimeError: maximum recursion depth exceeded"),
        Outcome(None, -11, ""),
        Outcome(None, 1, "usage: mpy-cross [<opts>] [-X <implopt>] <input filename>"),
        ConfigError("Cannot run mpy-cross: Permission denied."),
        subprocess.TimeoutExpired("mpy-cross", 5),
    ],
    ids=str,
)
def test_failures_of_mpy_cross_decide_nothing(answer, outcome):
    answer(outcome)
    assert find_defect(UNSURE, "m.py").is_certain is False
    assert find_defect(REFUSED, "m.py").is_certain is True


def test_functions_for_an_architecture_are_compiled_as_bytecode(answer):
    calls = answer(Outcome(b"M\x06", 0, ""))
    code = b"\n@micropython.asm_thumb\n@ micropython . viper\n@micropython.native\n@other.native"
    find_defect(UNSURE + code, "m.py")
    plain = b"\n" + b"@micropython.bytecode\n" * 3 + b"@other.native"
    assert calls[0][1] == UNSURE + plain
