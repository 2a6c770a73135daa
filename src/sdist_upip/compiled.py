"""Modules → `.mpy` files, several at a time; what must stay source stays."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from .errors import ArchiveError, ConfigError
from .mpy import FORMATS, SUB_VERSIONS, Outcome, find_compiler, read_release, run_compiler
from .mpy_abi import read_abi

logger = logging.getLogger(__name__)

_STARTED_AS_SOURCE = frozenset({"boot.py", "main.py", "_boot.py"})
"""What boards run by name at power-on; they look for the source alone (pyexec.c, main.c)."""

Files = tuple[tuple[str, bytes], ...]
"""(path, content) pairs, in an order that matters."""


def is_compilable(path: str) -> bool:
    """Tell whether `path` is a module that a board imports, and so may be compiled."""
    return path.endswith(".py") and path not in _STARTED_AS_SOURCE


def compiled_path(path: str) -> str:
    """Return where the .mpy of the module at `path` goes."""
    return f"{path[:-3]}.mpy"


def compile_modules(
    sources: Mapping[str, bytes], program: Sequence[str], options: Sequence[str] = ()
) -> dict[str, bytes]:
    """Return path → .mpy of the modules `sources`; `program` and `options` are mpy-cross's.

    Those that it cannot compile are missing, and a warning says why. Raises ConfigError if it
    fails for another reason.
    """
    command = [*program, *options]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        outcomes = pool.map(lambda item: run_compiler(command, item[1], item[0]), sources.items())
        compiled = {}
        for path, outcome in zip(sources, outcomes, strict=True):
            if outcome.compiled is not None:
                compiled[path] = outcome.compiled
            else:
                logger.warning(
                    "compile: kept %s as source: %s", path, _reason(path, outcome, options)
                )
        return compiled


def _reason(path: str, outcome: Outcome, options: Sequence[str]) -> str:
    """Return what is wrong with the module; raise ConfigError if it is not the module."""
    lines = [line.strip() for line in outcome.output.splitlines() if line.strip()]
    reason = lines[-1] if lines else f"it ended with code {outcome.code}"
    if not re.match(r"\w+(Error|Exception)\b", reason):
        if lines and lines[0].startswith("usage:"):
            reason = f"it does not take {' '.join(options)}"
        raise ConfigError(f"mpy-cross failed on {path!r}: {reason}; install another mpy-cross")
    return reason


def make_compilation(version: str) -> Callable[[Iterable[tuple[str, bytes]]], Files]:
    """Return a function that compiles the files of an archive for MicroPython `version`.

    It does as the step `compile` does without options, leaves other files as they are, and raises
    ArchiveError for a .mpy file among them that this version does not load. A module that an
    archive has in both forms is compiled anew, since a board prefers the source. Raises
    ConfigError if there is no mpy-cross for `version`.
    """
    compiler, release = find_compiler(version), read_release(version)
    form = FORMATS.get(release, compiler.format)
    sub_version = next(sub for since, sub in SUB_VERSIONS if release >= since)

    def compile_files(files: Iterable[tuple[str, bytes]]) -> Files:
        before = dict(files)
        compiled = compile_modules(
            {path: data for path, data in before.items() if is_compilable(path)},
            [str(compiler.program)],
        )
        made = {compiled_path(path) for path in compiled}
        kept = {path: data for path, data in before.items() if path not in made}
        for path, data in kept.items():
            if path.endswith(".mpy"):
                _refuse_unloadable(path, data, version, form, sub_version)
        return tuple(
            (compiled_path(path), compiled[path]) if path in compiled else (path, data)
            for path, data in kept.items()
        )

    return compile_files


def _refuse_unloadable(path: str, data: bytes, version: str, form: int, sub_version: int) -> None:
    try:
        abi = read_abi(data)
    except ArchiveError as error:
        raise ArchiveError(f"{path!r}: {error}; ask its author to compile it again") from error
    if abi.version != form or (abi.architecture and abi.sub_version != sub_version):
        loaded = f"{form}.{sub_version}" if abi.architecture else str(form)
        raise ArchiveError(
            f"{path!r} is of {abi}, and MicroPython {version} loads format {loaded}; look for a "
            "release of it with sources, or for that version"
        )
