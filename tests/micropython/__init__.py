"""Device code in real interpreters: MicroPython in Node, on the unix port, and CPython."""

from __future__ import annotations

from .installation import find_unix_port, install_mpy_cross, install_npm_packages
from .interpreters import (
    EXECUTABLES,
    VERSIONS,
    Executable,
    Identity,
    Interpreter,
    Outcome,
    Unsupported,
    WebAssembly,
    require_verified_tls,
    require_version,
)

__all__ = [
    "EXECUTABLES",
    "VERSIONS",
    "Executable",
    "Identity",
    "Interpreter",
    "Outcome",
    "Unsupported",
    "WebAssembly",
    "find_unix_port",
    "install_mpy_cross",
    "install_npm_packages",
    "require_verified_tls",
    "require_version",
]
