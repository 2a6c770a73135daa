"""The step `minify`: smaller Python sources by python-minifier (extra `minify`).

The default options have no effect that MicroPython can notice. Annotations, docstrings, `pass` and
blanks are removed, and local names become short. Names that other modules can see do not change.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ..errors import SOURCE_ERRORS, StepError
from ..messages.logs import get_logger
from ..patterns import matches_any
from ..release import Member, Release
from ..resources.module import is_resource_module
from .options import read_options
from .registry import Step

logger = get_logger(__name__)

_OWN: Mapping[str, Any] = {"keep-docstrings": False, "keep-annotations": False, "exclude": ()}
_SAFE: Mapping[str, Any] = {
    # A hoisted literal is not a constant expression, and MicroPython's `const()` needs one.
    "hoist-literals": False,
    "rename-globals": False,
    "preserve-globals": (),
    "preserve-locals": (),
}
_NOT_PASSED = frozenset({"source", "filename", "remove_annotations", "remove_literal_statements"})
_MACHINE_CODE = re.compile(r"viper|asm_\w+")


def minify_step(options: Mapping[str, Any]) -> Step:
    """Make the step; options: `keep-docstrings`, `keep-annotations`, `exclude` (patterns).

    The other options are those of python-minifier, with `-` for `_`. Raises StepError for unknown
    options and wrong values, and if python-minifier is not installed.
    """
    minify = _import_minify()
    chosen = read_options("minify", options, {**_OWN, **_passed_defaults(minify)})
    arguments = {
        name.replace("-", "_"): list(value) if isinstance(value, tuple) else value
        for name, value in chosen.items()
        if name not in _OWN
    }
    arguments["remove_annotations"] = not chosen["keep-annotations"]
    arguments["remove_literal_statements"] = not chosen["keep-docstrings"]

    def minify_member(member: Member) -> Member:
        if not member.path.endswith(".py") or matches_any(member.path, chosen["exclude"]):
            return member
        if is_resource_module(member.data):
            return member
        return replace(member, data=_minify_source(member, minify, arguments))

    def minify_all(release: Release) -> Release:
        return release.with_members(map(minify_member, release))

    return minify_all


def _minify_source(
    member: Member, minify: Callable[..., str], arguments: Mapping[str, Any]
) -> bytes:
    try:
        tree = ast.parse(member.data)
    except SOURCE_ERRORS:
        return member.data
    if _has_machine_code(tree):
        logger.info("minify: %s is unchanged because its annotations are code", member.path)
        return member.data
    try:
        result = minify(member.data, member.path, **arguments).encode() + b"\n"
    except RecursionError:
        logger.info("minify: %s is unchanged because it is nested too deeply", member.path)
        return member.data
    return min(result, member.data, key=len)


def _has_machine_code(tree: ast.AST) -> bool:
    """Return whether a function in `tree` is compiled by MicroPython's viper or assembler.

    In such functions annotations are types, and names of arguments are registers.
    """
    for node in ast.walk(tree):
        for decorator in getattr(node, "decorator_list", ()):
            name = decorator.func if isinstance(decorator, ast.Call) else decorator
            last = getattr(name, "attr", getattr(name, "id", ""))
            if _MACHINE_CODE.fullmatch(last):
                return True
    return False


def _passed_defaults(minify: Callable[..., str]) -> dict[str, Any]:
    """Return the options of python-minifier with their defaults, made safe for MicroPython."""
    defaults = {
        name.replace("_", "-"): parameter.default
        for name, parameter in inspect.signature(minify).parameters.items()
        if name not in _NOT_PASSED and isinstance(parameter.default, bool)
    }
    return {**defaults, **_SAFE}


def _import_minify() -> Callable[..., str]:
    try:
        from python_minifier import minify
    except ImportError as error:
        raise StepError(
            "Step 'minify' requires python-minifier, which is not installed. Add "
            "sdist-upip[minify] to build-system.requires, or run pip install 'sdist-upip[minify]'."
        ) from error
    function: Callable[..., str] = minify
    return function
