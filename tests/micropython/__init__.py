"""Device code in real interpreters: MicroPython in Node, on the unix port, and CPython."""

from __future__ import annotations

from .installation import install_mpy_cross, install_npm_packages
from .interpreters import (
    EXECUTABLES,
    VERSIONS,
    Executable,
    Interpreter,
    Outcome,
    WebAssembly,
    read_mpy_format,
)

__all__ = [
    "EXECUTABLES",
    "VERSIONS",
    "Executable",
    "Interpreter",
    "Outcome",
    "WebAssembly",
    "install_mpy_cross",
    "install_npm_packages",
    "read_mpy_format",
]
