"""The manifest.py of `sdist-upip freeze`, which MicroPython's build reads as FROZEN_MANIFEST.

Its functions are those of MicroPython's tools/manifestfile.py. `package()` with only a directory
skips files other than `.py`, so every file is named. A comment after the name has a hash of the
content. With this hash, the next run detects edited files. A file that existed before has no hash.
Comments at the start list the packages. Manifests of earlier versions do not have them.
"""

from __future__ import annotations

import ast
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..errors import SOURCE_ERRORS
from ..member_paths import UPIP, find_reserved, find_structure_defect

NAME = "manifest.py"

_HEAD = """\
# Made by `sdist-upip freeze`, which replaces it. FROZEN_MANIFEST=DIR/manifest.py freezes only this.
# To keep the port's own modules, write a manifest that includes both:
#     include("$(PORT_DIR)/boards/manifest.py")
#     include("DIR/manifest.py")
"""

_PACKAGES = "# Packages:\n"
_PACKAGE = re.compile(r"#     ([a-z0-9]+(?:-[a-z0-9]+)*) ([0-9a-z.!+]+)\n")


@dataclass(frozen=True)
class Manifest:
    """The files that a manifest freezes, and their packages.

    `digests` (path → hash) has None for files that `freeze` did not write. `packages` (normalized
    name → version) is None if the manifest does not list them.
    """

    digests: Mapping[str, str | None]
    packages: Mapping[str, str] | None = None


def digest(content: bytes) -> str:
    """Return the hash of a file in the manifest: the first 16 hexadecimal digits of its sha256."""
    return hashlib.sha256(content).hexdigest()[:16]


def write_manifest(manifest: Manifest) -> bytes:
    """Return the text that freezes modules, .py or .mpy, at paths relative to the manifest."""
    digests = manifest.digests
    packages: dict[str, list[str]] = {}
    lines = []
    for path in sorted(digests):
        top, _, rest = path.partition("/")
        note = f"  # {digests[path]}" if digests[path] else ""
        if path.endswith(".mpy"):
            lines.append(f'freeze_mpy(".", {path!a}){note}\n')
        elif rest:
            packages.setdefault(top, []).append(f"        {rest!a},{note}\n")
        else:
            lines.append(f"module({path!a}){note}\n")
    for top, files in packages.items():
        listed = "".join(files)
        lines.append(f"package(\n    {top!a},\n    (\n{listed}    ),\n)\n")
    if manifest.packages is not None:
        listed = "".join(f"#     {name} {manifest.packages[name]}\n" for name in manifest.packages)
        lines.insert(0, _PACKAGES + listed)
    return (_HEAD + "".join(lines)).encode()


def read_manifest(source: bytes) -> Manifest | None:
    """Return the argument of the `write_manifest` call that wrote `source`.

    Returns None for any other text.
    """
    try:
        lines = source.decode("ascii").split("\n")
        found = {
            path: note[1] if (note := re.search("  # ([0-9a-f]{16})$", lines[number - 1])) else None
            for statement in ast.parse(source).body
            for path, number in _read_call(statement)
        }
    except (*SOURCE_ERRORS, IndexError):  # IndexError: lines that end with \r
        return None
    if any(find_structure_defect(path) or find_reserved(path, UPIP) for path in found):
        return None
    manifest = Manifest(found, _read_packages(source.decode()))
    return manifest if write_manifest(manifest) == source else None


def _read_packages(text: str) -> dict[str, str] | None:
    start = len(_HEAD) + len(_PACKAGES)
    if text[len(_HEAD) : start] != _PACKAGES:
        return None
    packages = {}
    while match := _PACKAGE.match(text, start):
        packages[match[1]] = match[2]
        start = match.end()
    return packages


def _read_call(statement: ast.stmt) -> Iterator[tuple[str, int]]:
    """Yield (path, line number) for each path in a statement."""
    match statement:
        case ast.Expr(ast.Call(ast.Name("module"), [ast.Constant(str(path)) as node])):
            yield path, node.lineno
        case ast.Expr(ast.Call(ast.Name("freeze_mpy"), [_, ast.Constant(str(path)) as node])):
            yield path, node.lineno
        case ast.Expr(ast.Call(ast.Name("package"), [ast.Constant(str(top)), ast.Tuple(files)])):
            for file in files:
                if isinstance(file, ast.Constant) and isinstance(file.value, str):
                    yield f"{top}/{file.value}", file.lineno
        case _:
            raise ValueError("a statement that write_manifest does not write")
