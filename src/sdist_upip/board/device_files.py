"""The modules of device/ that `sdist-upip device` writes for a board, as source or as .mpy."""

from __future__ import annotations

from collections.abc import Container, Mapping
from importlib.resources import files

from ..mpy.compiler import find_compiler
from .short_names import find_shared_names, shorten_names

_FOR_CPYTHON = "upip_cpython.py"
"""The module that upip needs on CPython only."""
_PUBLIC_MODULES = ("upip.py", "pkg_resources.py")
"""The modules with functions that applications call."""


def read_device_modules(*, cpython: bool = False) -> dict[str, bytes]:
    """Return {file name: source} of the modules for a board; `cpython` adds those for CPython."""
    directory = files("sdist_upip") / "device"
    return {
        entry.name: entry.read_bytes()
        for entry in directory.iterdir()
        if entry.name.endswith(".py") and (cpython or entry.name != _FOR_CPYTHON)
    }


def compile_modules(
    sources: Mapping[str, bytes], version: str, *, only: Container[str] | None = None
) -> dict[str, bytes]:
    """Return {file name: .mpy} of `sources`, for MicroPython `version`, without line numbers.

    With `only`, the others of `sources` are not compiled. Raises SdistUpipError as `find_compiler`
    does.
    """
    compiler = find_compiler(version)
    shared = find_shared_names(sources, _PUBLIC_MODULES)
    compiled = {}
    for path, source in sorted(sources.items()):
        if only is not None and path not in only:
            continue
        short = shorten_names(source, keep_parameters=path in _PUBLIC_MODULES, shared=shared)
        compiled[f"{path[:-3]}.mpy"] = compiler.compile(short, path[:-3], optimization=3)
    return compiled
