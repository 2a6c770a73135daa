"""Resource modules: data files as the Python source `R={'name': b'…'}`, written and read.

A device that has no file system still has its frozen modules, so `R.py` carries the data files of
a package in a form that can be frozen. `pkg_resources` on the device looks them up by name.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Mapping

from ..errors import ProjectError
from .literals import bytes_literal, name_literal


def resource_module(resources: Mapping[str, bytes]) -> bytes:
    """Return the source of a module whose `R` maps each resource's name to its bytes.

    Keys are sorted, one to a line; equal resources give equal source. Each literal is the shortest
    that CPython and MicroPython 1.19 and later read alike. Raises ProjectError for a name that is
    not valid UTF-8.
    """
    entries = (
        name_literal(name) + b":" + bytes_literal(resources[name]) for name in sorted(resources)
    )
    return b"R={" + b",\n".join(entries) + b"}\n"


def is_resource_module(source: bytes) -> bool:
    """Tell whether `source` is nothing but `R = {'name': b'…', …}`, however it was laid out.

    So the modules of the historic sdist_upip and of mpy_bin2res are known as well as ours.
    """
    return _parse(source) is not None


def read_resource_module(source: bytes) -> dict[str, bytes]:
    """Return the resources of a resource module; raise ProjectError if `source` is not one."""
    resources = _parse(source)
    if resources is None:
        raise ProjectError(
            "the source is not a resource module: it must hold nothing but R = {'name': b'…', …}"
        )
    return resources


def _parse(source: bytes) -> dict[str, bytes] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape is a warning, and still a literal
            body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    match body:
        case [ast.Assign(targets=[ast.Name(id="R")], value=ast.Dict(keys=keys, values=values))]:
            resources = {}
            for key, value in zip(keys, values, strict=True):
                match key, value:
                    case ast.Constant(value=str(name)), ast.Constant(value=bytes(data)):
                        resources[name] = data
                    case _:
                        return None
            return resources
    return None
