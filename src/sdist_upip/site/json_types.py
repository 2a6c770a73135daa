"""The types of values that were read from JSON files, which people may have edited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import is_dataclass
from functools import lru_cache
from types import NoneType
from typing import Any, cast, get_args, get_origin, get_type_hints

_Check = Callable[[Any], bool]


def read_list(value: object) -> tuple[Any, ...]:
    """Return a list of a JSON file as a tuple. Raises TypeError for anything else."""
    if not isinstance(value, list):
        raise TypeError(f"{str(value)[:40]!r} is not a list")
    return tuple(value)


def check_types(value: object) -> None:
    """Raise TypeError if a field of a dataclass has a value of another type than it declares."""
    kind: Any = type(value)
    for name, check in _list_checks(kind):
        if not check(getattr(value, name)):
            raise TypeError(f"{name} has a value of the wrong type")


@lru_cache
def _list_checks(kind: type) -> tuple[tuple[str, _Check], ...]:
    hints = get_type_hints(kind)
    return tuple((name, _make_check(hint)) for name, hint in hints.items())


def _make_check(hint: Any) -> _Check:
    """Return the function that checks a value: of a class, a tuple, or one of several types."""
    arguments = get_args(hint)
    if get_origin(hint) is tuple:
        items = [_make_check(one) for one in arguments if one is not ...]
        if ... in arguments:
            item = items[0]
            return lambda value: type(value) is tuple and all(map(item, value))
        return lambda value: (
            type(value) is tuple
            and len(value) == len(items)
            and all(check(one) for check, one in zip(items, value, strict=True))
        )
    if arguments:
        choices = [_make_check(NoneType if one is None else one) for one in arguments]
        return lambda value: any(check(value) for check in choices)
    if is_dataclass(hint):
        checks = _list_checks(cast(Any, hint))
        return lambda value: (
            type(value) is hint and all(check(getattr(value, name)) for name, check in checks)
        )
    return lambda value: type(value) is hint
