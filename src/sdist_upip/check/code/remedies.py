"""Advice for a module that is missing on boards."""

from __future__ import annotations

from collections.abc import Callable

from .modules import ReleaseModules
from .source import Source

FindSource = Callable[[str, str], "str | None"]
"""Return the file of the project that is the module, from (path of the importer, dotted name)."""

_DISTRIBUTIONS = frozenset(
    {
        *("abc", "argparse", "bisect", "cmd", "copy", "functools", "inspect", "itertools"),
        *("keyword", "operator", "stat", "traceback", "types", "unittest", "warnings"),
    }
)
"""Modules that a distribution micropython-NAME on PyPI brings. MicroPython 1.29 imports them."""


def find_remedy(
    source: Source, module: str, modules: ReleaseModules, find_source: FindSource | None
) -> str:
    """Return what to do about `module`, which `source` imports and the release lacks."""
    if module == "__future__":
        return "Remove the import. MicroPython ignores annotations."
    named = all(part.isidentifier() for part in module.split("."))
    file = find_source(source.path, module) if find_source and named else None
    inside = modules.ends.get(module, [])
    own = {path for name in inside for path in modules.files[name]}
    if file and file.removeprefix("src/") not in own:
        return f"The project has {file}. Declare it in packages or py_modules."
    if len(inside) == 1:
        return f"The release has {inside[0]}. Import it by that name."
    if module in _DISTRIBUTIONS:
        return f"Require micropython-{module}, or guard the import with except ImportError."
    return (
        "Declare the module, require the distribution that has it, or guard the import with "
        "except ImportError."
    )
