"""Runs a script with a tree of files in a real interpreter; gives back output, error and files."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Protocol, TypeAlias

from .installation import FOLDER, install_npm_packages, require_program

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
_FILE_SHELL = """
import sys
__file__ = {path!r}
sys.path[0] = {folder!r}
sys.argv[:] = {argv!r}
with open(__file__) as f:
    exec(compile(f.read(), __file__, "exec"))
"""


@dataclass(frozen=True)
class Outcome:
    """What a run left behind.

    `stderr` ends with the traceback if an exception ended the run. `exit_code` is 0, 1 after an
    exception, or what sys.exit asked for. `files` maps each path below the working folder to its
    bytes, whether it was written or copied in.
    """

    stdout: str
    stderr: str
    exit_code: int
    files: dict[str, bytes]

    @property
    def lines(self) -> list[str]:
        """The lines printed; raises AssertionError with the traceback if the run failed."""
        assert self.exit_code == 0, self.stdout + self.stderr
        return self.stdout.splitlines()


class Interpreter(Protocol):
    """One interpreter; every run starts afresh in a working folder that holds only `files`.

    `files` maps paths with `/` to their content; a path that ends in `/` is an empty folder.
    `heapsize` is in bytes. It is the whole heap on the unix port, the heap to start with in
    WebAssembly, and nothing to CPython. A run that lasts more than `timeout` seconds raises
    subprocess.TimeoutExpired.
    """

    name: str

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

    It has neither `-m` nor script files, so run_module and run_file do in Python what the unix
    port does in C (ports/unix/main.c, py/builtinimport.c); they take the main module as source.
    """

    def __init__(self, version: str) -> None:
        self.name = version
        self._package = install_npm_packages() / f"micropython-{version}"
        self._node = require_program("node")

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
        with tempfile.TemporaryDirectory() as folder:
            job_file, result_file = Path(folder, "job.json"), Path(folder, "result.json")
            job_file.write_text(json.dumps(job))
            command = [self._node, FOLDER / "run.mjs", self._package, job_file, result_file]
            process = subprocess.run(command, capture_output=True, timeout=timeout, check=False)
            if process.returncode:
                raise RuntimeError(f"Node failed: {process.stderr.decode(errors='replace')}")
            result = json.loads(result_file.read_text())
        traceback = result["error"] or ""
        stderr = result["stderr"].removesuffix(traceback)  # 1.20 prints it as well as raising it
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
        folder = path.rpartition("/")[0]
        return self.run(
            _FILE_SHELL.format(path=path, folder=folder, argv=[path, *arguments]), files
        )


class Executable:
    """An interpreter with a command line like CPython's: CPython itself or the unix port."""

    def __init__(self, program: Path | str) -> None:
        self._program = str(program)
        self._is_cpython = self._program == sys.executable
        self.name = "cpython" if self._is_cpython else Path(program).name

    def run(
        self,
        code: str,
        files: Files = NO_FILES,
        *,
        heapsize: int | None = None,
        timeout: float = 60,
    ) -> Outcome:
        options = [] if heapsize is None else ["-X", f"heapsize={heapsize}"]
        return self._start([*options, "-c", code], files, timeout)

    def run_module(self, module: str, files: Files, *arguments: str) -> Outcome:
        return self._start(["-m", module, *arguments], files)

    def run_file(self, path: str, files: Files, *arguments: str) -> Outcome:
        return self._start([path, *arguments], files)

    def _start(self, arguments: Sequence[str], files: Files, timeout: float = 60) -> Outcome:
        # No site-packages and nobody's home, so that nothing but `files` can be imported.
        options = ["-B", "-S", "-s"] if self._is_cpython else []
        paths = ("MICROPYPATH", "PYTHONPATH")
        environ = {name: value for name, value in os.environ.items() if name not in paths}
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name, "work")
            home = Path(name, "home")
            home.mkdir()
            _write_tree(folder, files)
            process = subprocess.run(
                [self._program, *options, *arguments],
                cwd=folder,
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
            return Outcome(stdout, stderr, process.returncode, _read_tree(folder))


def read_mpy_format(interpreter: Interpreter) -> int:
    """Return the version of the .mpy format that it loads, or 0 if it loads none."""
    code = """
import sys
implementation = sys.implementation
print(getattr(implementation, "_mpy", getattr(implementation, "mpy", 0)) & 0xFF)
"""
    return int(interpreter.run(code).lines[0])


def _exit_code(traceback: str) -> int | None:
    """Return what sys.exit asked for, 0 without an exception, None for any other exception."""
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


def _write_tree(folder: Path, files: Files) -> None:
    folder.mkdir()
    for path, data in files.items():
        target = folder / path
        if path.endswith("/"):
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(_bytes(data))


def _read_tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }
