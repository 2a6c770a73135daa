"""All rules about code, for the files of a release and the boards that it is for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ...filenames import HOST_DIRECTORIES
from ...metadata.stock_upip import INSTALL, action_on
from ...ports.firmware import Firmware
from ..dependencies import RequiredNames
from ..problem import Problem
from .imports import ImportRule
from .modules import ReleaseModules
from .placement import check_builtin_modules, check_hidden_modules, check_module_names
from .source import ParseBudget, Source
from .syntax_rule import check_syntax

if TYPE_CHECKING:
    from .remedies import FindSource

_TESTS = ("test", "tests")


class CodeOptions(NamedTuple):
    """The boards that a release is for, and where its project has the sources of a module.

    Without `firmwares` only problems on every supported MicroPython are reported. `find_source`
    is None for an archive whose project is not known.
    """

    firmwares: tuple[Firmware, ...] = ()
    find_source: FindSource | None = None


ANY_BOARD = CodeOptions()


def check_code(
    files: Mapping[str, bytes], required: RequiredNames | None, options: CodeOptions
) -> Iterator[Problem]:
    """Yield the problems of the code in `files`, paths below the root directory and their content.

    `required` are the packages that the release requires, None if unknown. Modules in src/, which
    has an error of its own, are looked at as if they were beside it.
    """
    installed = {path: data for path, data in files.items() if action_on(path) == INSTALL}
    code = {path: data for path, data in installed.items() if not _is_for_tests(path)}
    base = "src/" if "src/__init__.py" not in installed else ""
    sources = find_sources(code, base)
    placed = ReleaseModules(installed)
    yield from check_module_names(code, sources)
    yield from check_hidden_modules(placed)
    yield from check_builtin_modules(placed, options.firmwares)
    imported = ReleaseModules(path.removeprefix(base) for path in installed)
    try:
        yield from _check_trees(installed, sources, imported, required, options)
    except RecursionError:
        return  # code that is nested too deeply to look at


def _check_trees(
    installed: Mapping[str, bytes],
    sources: Sequence[Source],
    modules: ReleaseModules,
    required: RequiredNames | None,
    options: CodeOptions,
) -> Iterator[Problem]:
    rule = ImportRule(sources, modules, required, options.firmwares, options.find_source)
    yield from rule.check()
    yield from rule.check_attributes()
    yield from check_syntax(sources, options.firmwares)
    if any(path.endswith(("/R.py", "/R.mpy")) for path in installed):
        from .data_access import check_data_access

        yield from check_data_access(installed, sources)


def find_sources(code: Mapping[str, bytes], base: str = "") -> Sequence[Source]:
    """Return the sources among the files `code`, without resource modules.

    Modules are imported by their paths below the directory `base`, if they are in it.
    """
    budget = ParseBudget()
    return [
        Source(path, data, base, budget)
        for path, data in code.items()
        if path.endswith(".py") and not path.endswith("/R.py")
    ]


def _is_for_tests(path: str) -> bool:
    """Return whether `path` is a test, or in a directory that is for the host."""
    *directories, name = path.split("/")
    if directories and directories[0] in HOST_DIRECTORIES:
        return True
    return (
        not {*_TESTS}.isdisjoint(directories)
        or name.startswith("test_")
        or name.endswith("_test.py")
        or name == "conftest.py"
    )
