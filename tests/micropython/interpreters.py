"""Runs a script with a tree of files in a real interpreter. Returns output, error and files."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, TypeAlias

import pytest

from .installation import install_npm_packages
from .node import start_node

VERSIONS = ("1.20", "1.24", "1.29")
"""Versions of MicroPython that package.json pins; each runs in Node."""

EXECUTABLES = tuple(
    Path(name) for name in os.environ.get("MICROPYTHON", "").split(os.pathsep) if name
)
"""Executables of the unix port that the environment names."""

Files: TypeAlias = Mapping[str, bytes | str]
NO_FILES: Files = MappingProxyType({})

_TRACEBACK = "Traceback (most recent call last):\n"
_MODULE_SHELL = """
import {package}, _shell, os, sys
os.remove("_shell.py")
_shell.__name__ = "__main__"
_shell.__main__ = {module!r}
_shell.__file__ = {path!r}
del sys.modules["_shell"]
sys.modules["__main__"] = sys.modules[{module!r}] = _shell
sys.argv[:] = {argv!r}
with open({path!r}) as _shell.f:
    exec(compile(_shell.f.read(), {path!r}, "exec"), _shell.__dict__)
"""
_IDENTIFY = """
import sys
implementation = sys.implementation
mpy_format = getattr(implementation, "_mpy", getattr(implementation, "mpy", 0)) & 0xFF
try:
    import ssl
    tls = "verifies" if hasattr(ssl, "SSLContext") else "blind"
except ImportError:
    tls = "none"
print(implementation.name, *implementation.version[:2], sys.maxsize, mpy_format, tls)
"""
_FILE_SHELL = """
import sys
__file__ = {path!r}
sys.path[0] = {directory!r}
sys.argv[:] = {argv!r}
with open(__file__) as f:
    exec(compile(f.read(), __file__, "exec"))
"""


@dataclass(frozen=True)
class Outcome:
    """The result of a run.

    `stderr` ends with the traceback if an exception ended the run. `exit_code` is 0, 1 after an
    exception, or the argument of sys.exit. `files` maps each path below the working directory to
    its bytes, also for files that the run did not change.
    """

    stdout: str
    stderr: str
    exit_code: int
    files: dict[str, bytes]

    @property
    def lines(self) -> list[str]:
        """The printed lines. Raises AssertionError with the traceback if the run failed."""
        assert self.exit_code == 0, self.stdout + self.stderr
        return self.stdout.splitlines()


@dataclass(frozen=True)
class Identity:
    """The properties that an interpreter reports.

    `implementation` and `version` are those of sys.implementation. `bits` is the word size, by
    sys.maxsize. `mpy_format` is the version of the .mpy format that the interpreter loads, 0 for
    none. `tls` is "verifies", "blind" as in 1.19, or "none".
    """

    implementation: str
    version: tuple[int, int]
    bits: int
    mpy_format: int
    tls: str

    @property
    def is_cpython(self) -> bool:
        return self.implementation == "cpython"

    def __str__(self) -> str:
        name = "CPython" if self.is_cpython else "MicroPython"
        return f"{name} {self.version[0]}.{self.version[1]}"


class Unsupported(pytest.skip.Exception):
    """Skips a test of a feature that an interpreter lacks, also with SDIST_UPIP_NO_SKIP."""


class Interpreter(Protocol):
    """An interpreter. Every run starts a new one, in a working directory with only `files`.

    `files` maps paths with `/` to their content. A path that ends in `/` is an empty directory.
    `heapsize` is in bytes: the whole heap on the unix port, the initial heap in WebAssembly.
    CPython ignores it. A run of more than `timeout` seconds raises subprocess.TimeoutExpired.
    """

    @property
    def identity(self) -> Identity:
        """The properties of the interpreter, which is asked once."""
        ...

    def run(
        self,
        code: str,
        files: Files = NO_FILES,
        *,
        heapsize: int | None = None,
        timeout: float = 60,
    ) -> Outcome:
        """Run `code` as the main module, as `-c` does."""
        ...

    def run_module(self, module: str, files: Files, *arguments: str) -> Outcome:
        """Run `module`, or its `__main__` if it is a package, as `-m` does."""
        ...

    def run_file(self, path: str, files: Files, *arguments: str) -> Outcome:
        """Run the script at `path` in `files`."""
        ...


class WebAssembly:
    """MicroPython for WebAssembly in Node.

    That port has neither `-m` nor script files, so run_module and run_file do in Python what the
    unix port does in C (ports/unix/main.c, py/builtinimport.c). The main module must be source.
    """

    def __init__(self, version: str) -> None:
        self._version = version
        install_npm_packages()

    @cached_property
    def identity(self) -> Identity:
        return _identify(self)

    def run(
        self,
        code: str,
        files: Files = NO_FILES,
        *,
        heapsize: int | None = None,
        timeout: float = 60,
    ) -> Outcome:
        encoded = {path: base64.b64encode(_bytes(data)).decode() for path, data in files.items()}
        job = {"code": code, "heapsize": heapsize, "files": encoded}
        result = start_node(self._version).run(job, timeout)
        traceback = result["error"] or ""
        stderr = result["stderr"].removesuffix(traceback)  # 1.20 also prints it
        exit_code = _exit_code(traceback)
        return Outcome(
            result["stdout"],
            stderr + traceback if exit_code is None else stderr,
            1 if exit_code is None else exit_code,
            {path: base64.b64decode(data) for path, data in result["files"].items()},
        )

    def run_module(self, module: str, files: Files, *arguments: str) -> Outcome:
        path = _main_path(module, files)
        if path.endswith("__main__.py") and not module.endswith("__main__"):
            module += ".__main__"
        code = _MODULE_SHELL.format(
            module=module,
            package=module.rpartition(".")[0] or "sys",
            path=path,
            argv=[module, *arguments],
        )
        return self.run(code, {**files, "_shell.py": ""})

    def run_file(self, path: str, files: Files, *arguments: str) -> Outcome:
        directory = path.rpartition("/")[0]
        return self.run(
            _FILE_SHELL.format(path=path, directory=directory, argv=[path, *arguments]), files
        )


class Executable:
    """An interpreter with the command line of CPython: CPython or the unix port."""

    def __init__(self, program: Path | str) -> None:
        self.program = str(program)
        # No site-packages and no user directory, so that only `files` can be imported.
        self._options = ["-B", "-S", "-s"] if self.program == sys.executable else []

    @cached_property
    def identity(self) -> Identity:
        return _identify(self)

    def run(
        self,
        code: str,
        files: Files = NO_FILES,
        *,
        heapsize: int | None = None,
        timeout: float = 60,
    ) -> Outcome:
        return self._start([*_heap_options(heapsize), "-c", code], files, timeout)

    def run_module(
        self, module: str, files: Files, *arguments: str, heapsize: int | None = None
    ) -> Outcome:
        return self._start([*_heap_options(heapsize), "-m", module, *arguments], files)

    def run_file(self, path: str, files: Files, *arguments: str) -> Outcome:
        return self._start([path, *arguments], files)

    def _start(self, arguments: Sequence[str], files: Files, timeout: float = 60) -> Outcome:
        paths = ("MICROPYPATH", "PYTHONPATH")
        environ = {name: value for name, value in os.environ.items() if name not in paths}
        with tempfile.TemporaryDirectory() as name:
            directory = Path(name, "work")
            home = Path(name, "home")
            home.mkdir()
            _write_tree(directory, files)
            process = subprocess.run(
                [self.program, *self._options, *arguments],
                cwd=directory,
                env={**environ, "HOME": str(home)},
                capture_output=True,
                timeout=timeout,
                check=False,
            )
            stdout, stderr = process.stdout.decode(), process.stderr.decode()
            if process.returncode == 1 and _TRACEBACK in stdout:
                # The unix port prints the traceback to its standard output.
                stdout, mark, traceback = stdout.rpartition(_TRACEBACK)
                stderr += mark + traceback
            return Outcome(stdout, stderr, process.returncode, _read_tree(directory))


def _heap_options(heapsize: int | None) -> list[str]:
    return [] if heapsize is None else ["-X", f"heapsize={heapsize}"]


def require_version(interpreter: Interpreter, version: tuple[int, int], feature: str) -> None:
    """Skip the running test of `feature` on an interpreter that is older than `version`."""
    if interpreter.identity.version < version:
        raise Unsupported(f"{interpreter.identity} has no {feature}")


def require_verified_tls(interpreter: Interpreter) -> None:
    """Skip the running test on an interpreter that cannot verify certificates."""
    if interpreter.identity.tls != "verifies":
        raise Unsupported(f"this {interpreter.identity} cannot verify certificates")


def _identify(interpreter: Interpreter) -> Identity:
    (line,) = interpreter.run(_IDENTIFY).lines
    name, major, minor, maxsize, mpy_format, tls = line.split()
    bits = int(maxsize).bit_length() + 1
    return Identity(name, (int(major), int(minor)), bits, int(mpy_format), tls)


def _exit_code(traceback: str) -> int | None:
    """Return the argument of sys.exit, 0 without an exception, None for other exceptions."""
    if not traceback:
        return 0
    name, _, value = traceback.rstrip().rpartition("\n")[2].partition(":")
    if name != "SystemExit":
        return None
    value = value.strip()
    return int(value) if value.isdigit() else int(value not in ("", "None"))


def _main_path(module: str, files: Files) -> str:
    path = module.replace(".", "/")
    for candidate in (f"{path}.py", f"{path}/__main__.py"):
        if candidate in files:
            return candidate
    raise ValueError(f"module {module!r} has no source to run in {sorted(files)}")


def _bytes(data: bytes | str) -> bytes:
    return data.encode() if isinstance(data, str) else data


def _write_tree(directory: Path, files: Files) -> None:
    directory.mkdir()
    for path, data in files.items():
        target = directory / path
        if path.endswith("/"):
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(_bytes(data))


def _read_tree(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in directory.rglob("*")
        if path.is_file()
    }
