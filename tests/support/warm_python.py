"""Python that starts at once: a fork of a process that has imported sdist-upip already."""

from __future__ import annotations

import atexit
import gc
import json
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import threading
import traceback
import types
import warnings
from collections.abc import Sequence
from contextlib import AbstractContextManager
from functools import cache
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

from support.entry_points import remember_entry_points
from support.paths import ROOT
from support.processes import run_python

PRELOADED = (
    "setuptools",  # first, since it replaces distutils, which others import
    "build.__main__",
    "sdist_upip.build_meta",
    "sdist_upip.builders.convert",
    "sdist_upip.check.archive",
    "sdist_upip.cli.main",
    "sdist_upip.freeze.frozen_directory",
    "sdist_upip.index.client",
    "sdist_upip.install",
    "sdist_upip.migrate.plan",
)
_OTHERS = {
    "pip": "pip._internal.commands.install",
    "tox": "tox.run",
    "twine": "twine.commands.check",
}
"""What other programs import, in processes of their own: pip disables parts of setuptools."""
_SECONDS = 300
_FORKED = {"capture_output", "check", "cwd", "encoding", "env", "errors"}
_start = subprocess.run


def run_warm(*arguments: object, cwd: Path, **environ: str) -> subprocess.CompletedProcess:
    """Run `-c` with code, `-m` with a module, or a script, in a process, as `run_python` does.

    PRELOADED and all that they import are there already. Of the variables that Python reads when it
    starts, PYTHONPATH and PYTHONDONTWRITEBYTECODE apply. Use `run_python` to test imports, or the
    start of Python.
    """
    command = list(map(str, arguments))
    if not hasattr(os, "fork"):
        return run_python(*command, cwd=cwd, **environ)
    server = _start_server(_find_modules(command))
    with tempfile.TemporaryDirectory() as name:
        outputs = [Path(name, "stdout"), Path(name, "stderr")]
        environ = {**os.environ, "PYTHONWARNINGS": "ignore", **environ}
        request = [command, str(cwd), environ, list(map(str, outputs))]
        server.stdin.write(json.dumps(request) + "\n")
        server.stdin.flush()
        code = int(server.stdout.readline())
        stdout, stderr = (path.read_text(encoding="utf-8") for path in outputs)
    return subprocess.CompletedProcess(command, code, stdout, stderr)


class _Ended(AbstractContextManager):
    """A process of Python that has ended already."""

    def __init__(self, command, **_):
        self._result = run_warm(*command[1:], cwd=Path.cwd())
        self.returncode = self._result.returncode

    def communicate(self, timeout):
        return self._result.stdout, self._result.stderr

    def kill(self):
        pass

    def __exit__(self, *error):
        pass


WARM = types.SimpleNamespace(
    Popen=_Ended, PIPE=subprocess.PIPE, TimeoutExpired=subprocess.TimeoutExpired
)
"""In place of the module subprocess, for code that starts Python by its class Popen."""


def _find_modules(command: Sequence[str]) -> tuple[str, ...]:
    for program, module in _OTHERS.items():
        if command[1] == program or f"from {program}." in command[1]:
            return (module,)
    return PRELOADED


@cache
def _start_server(modules: tuple[str, ...]) -> subprocess.Popen:
    server = subprocess.Popen(
        [sys.executable, "-m", "support.warm_python", *modules],
        cwd=ROOT / "tests",
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    atexit.register(server.communicate)
    return server


def _serve() -> str:
    """Fork for each request, and answer with the exit code. Return a request in its fork."""
    while request := sys.stdin.readline():
        process = os.fork()
        if not process:
            return request
        _, status = os.waitpid(process, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()
    sys.exit()


def _become(
    command: Sequence[str], cwd: str, environ: dict[str, str], outputs: Sequence[str]
) -> None:
    """Be the Python of `command`."""
    signal.alarm(_SECONDS)
    for number, path in enumerate([os.devnull, *outputs]):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT if number else os.O_RDONLY)
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(environ)
    sys.path[1:1] = filter(None, environ.get("PYTHONPATH", "").split(os.pathsep))
    sys.dont_write_bytecode = bool(environ.get("PYTHONDONTWRITEBYTECODE"))
    warnings.simplefilter("ignore")
    # Python itself would end by freeing every object, which takes longer than most commands.
    os._exit(_finish(command, cwd))


def _finish(command: Sequence[str], cwd: str) -> int:
    """Run `command` to its end, and return its exit code."""
    code: object = None
    try:
        _execute(command, cwd)
    except SystemExit as ending:
        code = ending.code
        if not isinstance(code, int | None):
            sys.stderr.write(f"{code}\n")
            code = 1
    except BaseException:
        traceback.print_exc()
        code = 1
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    return code or 0


def _execute(command: Sequence[str], cwd: str) -> None:
    option, *arguments = command
    if option == "-m":
        sys.argv[:] = arguments
        sys.path[0] = cwd
        runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
    elif option == "-c":
        sys.argv[:] = [option, *arguments[1:]]
        sys.path[0] = ""
        main = sys.modules["__main__"] = types.ModuleType("__main__")
        exec(compile(arguments[0], "<string>", "exec"), main.__dict__)
    else:
        sys.argv[:] = command
        sys.path[0] = str(Path(option).absolute().parent)
        runpy.run_path(option, run_name="__main__")


def _run_in_fork(command: Sequence[object], **options: Any) -> subprocess.CompletedProcess:
    """Run a Python that a command starts in a fork too, in place of subprocess.run.

    Other programs, a Python with options, and one that needs more than `_FORKED` are started.
    """
    words = list(map(str, command))
    is_python = words[0] == sys.executable and (words[1] in ("-c", "-m") or words[1][0] != "-")
    if not is_python or options.keys() - _FORKED or threading.active_count() > 1:
        return _start(command, **options)
    with tempfile.TemporaryDirectory() as name:
        captured = options.get("capture_output")
        outputs = [Path(name, "stdout"), Path(name, "stderr")] if captured else []
        sys.stdout.flush()
        sys.stderr.flush()
        process = os.fork()
        if not process:
            atexit._clear()  # they would remove directories of this process
            cwd, environ = options.get("cwd"), options.get("env")
            place = str(Path(cwd or ".").absolute())
            _become(words[1:], place, dict(environ or os.environ), list(map(str, outputs)))
        _, status = os.waitpid(process, 0)
        if "encoding" in options:
            output = [
                path.read_text(options["encoding"], options.get("errors")) for path in outputs
            ]
        else:
            output = [path.read_bytes() for path in outputs]
    result = subprocess.CompletedProcess(command, os.waitstatus_to_exitcode(status), *output)
    if options.get("check"):
        result.check_returncode()
    return result


if __name__ == "__main__":
    if PRELOADED[0] in sys.argv:
        subprocess.run = _run_in_fork
    for module in sys.argv[1:]:
        import_module(module)
    remember_entry_points()
    metadata.entry_points()  # forks have them
    gc.freeze()
    _become(*json.loads(_serve()))
