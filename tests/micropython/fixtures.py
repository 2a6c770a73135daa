"""The fixtures of this folder; tests/conftest.py imports them for every test."""

from __future__ import annotations

import sys

import pytest

from .interpreters import EXECUTABLES, VERSIONS, Executable, Interpreter, WebAssembly

_MICROPYTHONS = [*VERSIONS, *EXECUTABLES]


def _start(which: object) -> Interpreter:
    return WebAssembly(which) if which in VERSIONS else Executable(which)


@pytest.fixture(
    params=_MICROPYTHONS, ids=[getattr(which, "name", which) for which in _MICROPYTHONS]
)
def micropython(request: pytest.FixtureRequest) -> Interpreter:
    """Each real MicroPython in turn: the pinned WebAssembly builds, and those MICROPYTHON names."""
    return _start(request.param)


@pytest.fixture(
    params=[*_MICROPYTHONS, sys.executable],
    ids=[*(getattr(which, "name", which) for which in _MICROPYTHONS), "cpython"],
)
def interpreter(request: pytest.FixtureRequest) -> Interpreter:
    """Each real MicroPython, and CPython, in turn: what device code must run on."""
    return _start(request.param)
