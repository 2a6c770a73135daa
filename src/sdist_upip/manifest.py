"""The manifest.py of `sdist-upip freeze`, which MicroPython's build takes as FROZEN_MANIFEST.

Functions in it are those of MicroPython's tools/manifestfile.py. `package()` given only a folder
drops what is not `.py`, so every file is named.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable

NAME = "manifest.py"

_HEAD = """\
# Made by `sdist-upip freeze`, which replaces it. FROZEN_MANIFEST=DIR/manifest.py freezes only this.
# To keep the port's own modules, write a manifest that includes both:
#     include("$(PORT_DIR)/boards/manifest.py")
#     include("DIR/manifest.py")
"""


def write_manifest(paths: Iterable[str]) -> bytes:
    """Return the manifest that freezes the modules at `paths`, .py or .mpy, relative to it."""
    packages: dict[str, list[str]] = {}
    lines = []
    for path in sorted(paths):
        top, _, rest = path.partition("/")
        if path.endswith(".mpy"):
            lines.append(f'freeze_mpy(".", {path!a})\n')
        elif rest:
            packages.setdefault(top, []).append(rest)
        else:
            lines.append(f"module({path!a})\n")
    for top, files in packages.items():
        listed = "".join(f"        {file!a},\n" for file in files)
        lines.append(f"package(\n    {top!a},\n    (\n{listed}    ),\n)\n")
    return (_HEAD + "".join(lines)).encode()


def read_manifest(source: bytes) -> frozenset[str] | None:
    """Return the paths that a manifest of ours freezes, or None if it is not one of ours."""
    if not source.startswith(_HEAD.partition(".")[0].encode()):
        return None
    try:
        statements = ast.parse(source).body
        return frozenset(path for statement in statements for path in _read_call(statement))
    except (SyntaxError, ValueError):
        return None


def _read_call(statement: ast.stmt) -> list[str]:
    match statement:
        case ast.Expr(ast.Call(ast.Name(name), arguments)):
            values = [ast.literal_eval(argument) for argument in arguments]
        case _:
            raise ValueError("a statement that write_manifest does not write")
    match name, values:
        case "module", [str(path)]:
            return [path]
        case "freeze_mpy", [".", str(path)]:
            return [path]
        case "package", [str(top), tuple(files)]:
            return [f"{top}/{file}" for file in files]
    raise ValueError("a call that write_manifest does not write")
