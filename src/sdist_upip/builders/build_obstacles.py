"""Why the setup.py of an old source distribution cannot run, found without running it.

Many projects for MicroPython imported a copy of the legacy sdist_upip.py that their archives lack.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Collection, Iterator, Mapping
from importlib.util import find_spec

from packaging.utils import canonicalize_name

from ..check.publishing import parse_requirement
from ..pyproject import LEGACY_BACKEND
from ..syntax.verdict import find_defect, parse_source
from ..toml import TomlError, parse_toml

_RUN_SETUP = ("setuptools.", "sdist_upip.")
"""How the names of backends begin that run setup.py."""
_TOOLS = frozenset({"setuptools", "wheel", "sdist-upip"})
"""Distributions that bring no modules but their own."""
_PROVIDED = frozenset({"setuptools", "distutils", "pkg_resources", "wheel"})
"""Modules that the environment of a build without a pyproject.toml has."""


def find_build_obstacle(files: Mapping[str, bytes], *, isolated: bool) -> str | None:
    """Return why the source distribution with `files` cannot be built, or None if it may be.

    Paths are below the top directory. Without `isolated`, modules of this environment are there.
    """
    required = _read_requires(files.get("pyproject.toml", b""))
    if required is None:
        return None
    script = files.get("setup.py")
    if script is None:
        return None if "pyproject.toml" in files else "it has no setup.py and no pyproject.toml"
    defect = find_defect(script)
    if defect:
        return f"its setup.py does not compile ({defect.reason})"
    tree = parse_source(script)
    for name in _find_imports(tree) if tree else ():
        known = name in sys.stdlib_module_names or name in _PROVIDED or _has_module(files, name)
        if not (known or _may_provide(required, name) or (not isolated and _is_here(name))):
            return f"its setup.py imports {name!r}, which the archive lacks"
    return None


def _find_imports(tree: ast.Module) -> Iterator[str]:
    """Yield the modules that a script imports in any case: not in functions, branches or `try`."""
    for node in tree.body:
        match node:
            case ast.Import(names=aliases):
                yield from (alias.name.partition(".")[0] for alias in aliases)
            case ast.ImportFrom(module=str(name), level=0):
                yield name.partition(".")[0]


def _read_requires(pyproject: bytes) -> set[str] | None:
    """Return the normalized names in build-system.requires, None if setup.py does not run."""
    try:
        table = parse_toml(pyproject).get("build-system", {})
    except TomlError:
        return set()
    backend = table.get("build-backend", LEGACY_BACKEND) if isinstance(table, dict) else ""
    if not isinstance(backend, str) or not backend.startswith(_RUN_SETUP):
        return None
    lines = table.get("requires", [])
    found = map(parse_requirement, filter(_is_text, lines if isinstance(lines, list) else []))
    return {canonicalize_name(requirement.name) for requirement in found if requirement}


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _may_provide(required: Collection[str], name: str) -> bool:
    """Return whether a distribution among those required may have the module `name`."""
    if name == "sdist_upip":
        return "sdist-upip" in required
    return not _TOOLS.issuperset(required)


def _has_module(files: Mapping[str, bytes], name: str) -> bool:
    """Return whether a file may be the module `name`. setup.py may extend the path of modules."""
    return any(
        f"/{path}".endswith(f"/{name}.py") or f"/{name}/" in f"/{path}"
        for path in files
        if ".egg-info/" not in path
    )


def _is_here(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except (ImportError, ValueError):
        return False
