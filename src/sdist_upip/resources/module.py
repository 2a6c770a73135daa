"""Writing and reading resource modules: data files as the Python source `R={'name': b'…'}`.

A device without a file system still has frozen modules. So `R.py` contains the data files of a
package in a form that can be frozen. `pkg_resources` on the device finds them by name.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping

from ..errors import ProjectError
from ..syntax.verdict import parse_source
from .literals import bytes_literal, name_literal
from .tokens import TOKEN_LIMIT, exceeds_tokens


def resource_module(resources: Mapping[str, bytes]) -> bytes:
    """Return the source of a module whose `R` maps each resource's name to its bytes.

    Keys are sorted, one a line, so that equal resources have equal source. Each literal is the
    shortest with the same value in CPython and in MicroPython 1.19 and later. Raises ProjectError
    for a name that is not valid UTF-8.
    """
    entries = (
        name_literal(name) + b":" + bytes_literal(resources[name]) for name in sorted(resources)
    )
    return b"R={" + b",\n".join(entries) + b"}\n"


def is_resource_module(source: bytes) -> bool:
    """Return whether `source` contains only `R = {'name': b'…', …}`, in any layout.

    So the modules of the legacy sdist_upip and of mpy_bin2res are resource modules too. A source
    with more than TOKEN_LIMIT tokens is not, because nothing so large is parsed.

    """
    return _parse(source) is not None


def read_resource_module(source: bytes) -> dict[str, bytes]:
    """Return the resources of a resource module; raise ProjectError if `source` is not one."""
    resources = _parse(source)
    if resources is None:
        raise ProjectError(
            "The source is not a resource module. It must contain only R = {'name': b'…', …}."
        )
    return resources


def _parse(source: bytes) -> dict[str, bytes] | None:
    if exceeds_tokens(source, TOKEN_LIMIT):
        return None
    tree = parse_source(source)
    match tree.body if tree else []:
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
