"""Fixtures for the interpreters, a plug-in of pytest that tests/conftest.py loads."""

from __future__ import annotations

import sys
from functools import cache

import pytest

from .installation import find_unix_port
from .interpreters import EXECUTABLES, VERSIONS, Executable, Interpreter, WebAssembly

_UNIX = "unix"
_UNIX_PORTS = [
    pytest.param(_UNIX, id=_UNIX, marks=pytest.mark.unix_port),
    *(pytest.param(path, id=path.name, marks=pytest.mark.unix_port) for path in EXECUTABLES),
]
_MICROPYTHONS = [*VERSIONS, *_UNIX_PORTS]
_CPYTHON = pytest.param(sys.executable, id="cpython")


@cache
def _start(which: object) -> Interpreter:
    if which in VERSIONS:
        return WebAssembly(which)
    return Executable(find_unix_port() if which == _UNIX else which)


@pytest.fixture(params=_UNIX_PORTS)
def unix_port(request: pytest.FixtureRequest) -> Executable:
    """Each unix port in turn: the one from PyPI, and those MICROPYTHON names."""
    return _start(request.param)


@pytest.fixture(params=[*_UNIX_PORTS, _CPYTHON])
def executable(request: pytest.FixtureRequest) -> Executable:
    """Each unix port, and CPython, in turn: the interpreters with sockets."""
    return _start(request.param)


@pytest.fixture(params=_MICROPYTHONS)
def micropython(request: pytest.FixtureRequest) -> Interpreter:
    """Each real MicroPython in turn: the pinned WebAssembly builds, and the unix ports."""
    return _start(request.param)


@pytest.fixture(params=[*_MICROPYTHONS, _CPYTHON])
def interpreter(request: pytest.FixtureRequest) -> Interpreter:
    """Each real MicroPython, and CPython, in turn: all that device code must support."""
    return _start(request.param)
