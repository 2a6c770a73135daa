"""Compiling the modules of an archive to `.mpy` files, several at a time."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

from ..errors import ArchiveError, ConfigError
from ..messages.logs import get_logger
from .abi import read_abi
from .compiler import FORMATS, SUB_VERSIONS, Outcome, find_compiler, read_release, run_compiler

logger = get_logger(__name__)

_STARTED_AS_SOURCE = frozenset({"boot.py", "main.py", "_boot.py"})
"""Modules that boards run by name at power-on, and only as source (pyexec.c, main.c)."""

Files = tuple[tuple[str, bytes], ...]
"""(path, content) pairs in the order of the archive."""


def is_compilable(path: str) -> bool:
    """Return whether `path` is a module that boards import, so that it may be compiled."""
    return path.endswith(".py") and path not in _STARTED_AS_SOURCE


def compiled_path(path: str) -> str:
    """Return the path of the .mpy file for the module at `path`."""
    return f"{path[:-3]}.mpy"


def compile_modules(
    sources: Mapping[str, bytes],
    program: Sequence[str],
    options: Sequence[str] = (),
    title: str = "compile",
) -> dict[str, bytes]:
    """Return {path: .mpy} of the modules `sources`, compiled with mpy-cross.

    `program` is the command of mpy-cross, and `options` are its options. Modules that do not
    compile are omitted, with a warning that begins with `title`. Raises ConfigError if mpy-cross
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
                reason = _reason(path, outcome, options)
                logger.warning("%s: kept %s as source: %s.", title, path, reason)
        return compiled


def _reason(path: str, outcome: Outcome, options: Sequence[str]) -> str:
    """Return the error of the module; raise ConfigError if the cause is not the module."""
    lines = [line.strip() for line in outcome.output.splitlines() if line.strip()]
    reason = lines[-1] if lines else f"exit code {outcome.code}"
    if not re.match(r"\w+(Error|Exception)\b", reason):
        if lines and lines[0].startswith("usage:"):
            reason = f"unsupported options {' '.join(options)}"
        raise ConfigError(f"mpy-cross failed on {path!r}: {reason}. Install another mpy-cross.")
    return reason


def compile_files(files: Iterable[tuple[str, bytes]], version: str, title: str) -> Files:
    """Return the files of an archive, (path, content) pairs, compiled for MicroPython `version`.

    Modules are compiled as by the step `compile` without options. Other files do not change. If a
    module exists both as source and as .mpy, the source is compiled and replaces the .mpy, since
    boards prefer the source. Raises ConfigError if there is no mpy-cross for `version`, and
    ArchiveError for a .mpy file that this version does not load. `title` names the archive in
    warnings and errors.
    """
    compiler, release = find_compiler(version), read_release(version)
    sub_version = next(sub for since, sub in SUB_VERSIONS if release >= since)
    before = dict(files)
    sources = {path: data for path, data in before.items() if is_compilable(path)}
    compiled = compile_modules(sources, [str(compiler.program)], title=title)
    made = {compiled_path(path) for path in compiled}
    kept = {path: data for path, data in before.items() if path not in made}
    for path, data in kept.items():
        if path.endswith(".mpy"):
            defect = _load_defect(data, FORMATS.get(release, compiler.format), sub_version)
            if defect:
                raise ArchiveError(
                    f"{title}: MicroPython {version} cannot load {path!r}: {defect}. "
                    "Use a release with sources, or compiled for that version."
                )
    return tuple(
        (compiled_path(path), compiled[path]) if path in compiled else (path, data)
        for path, data in kept.items()
    )


def _load_defect(data: bytes, form: int, sub_version: int) -> str | None:
    """Return why an interpreter of the .mpy format `form`.`sub_version` cannot load `data`.

    Returns None if the interpreter can.
    """
    try:
        abi = read_abi(data)
    except ArchiveError as error:
        return str(error)
    if abi.version != form:
        return f"expected .mpy format {form}, got {abi}"
    if abi.architecture and abi.sub_version != sub_version:
        return f"expected .mpy format {form}.{sub_version}, got {abi}"
    return None
