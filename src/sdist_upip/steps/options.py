"""Validating the options of a built-in step."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from ..errors import ConfigError, StepError
from ..patterns import compile_pattern


def read_options(
    step: str, options: Mapping[str, Any], defaults: Mapping[str, Any]
) -> dict[str, Any]:
    """Return `defaults` overridden by `options`; a value must have the type of its default.

    A default that is a tuple means an array of strings. `exclude` contains patterns. Raises
    StepError for unknown options and wrong values.
    """
    where = f"[tool.sdist-upip.step.{step}]"
    for name, value in options.items():
        if name not in defaults:
            close = difflib.get_close_matches(name.replace("_", "-"), list(defaults), 1, 0.6)
            names = ", ".join(defaults)
            hint = f"Did you mean {close[0]!r}?" if close else f"Use one of {names}."
            raise StepError(f"{where}: unknown option {name!r}. {hint}")
        _refuse_wrong_type(where, name, value, defaults[name])
    for pattern in options.get("exclude", ()):
        try:
            compile_pattern(pattern)
        except ConfigError as error:
            raise StepError(f"{where} exclude: {error}") from error
    return {**defaults, **options}


def _refuse_wrong_type(where: str, name: str, value: Any, default: Any) -> None:
    if isinstance(default, tuple):
        fits = isinstance(value, list) and all(isinstance(item, str) for item in value)
        expected = "an array of strings"
    else:
        fits = type(value) is type(default)
        expected = {bool: "true or false", int: "a number", str: "a string"}[type(default)]
    if not fits:
        raise StepError(f"{where}: expected {name} to be {expected}, got {value!r}.")
