"""TOML files, read with limits: whatever a file contains, the result can be walked and shown."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Iterable
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_DEPTH = 100
"""Levels of tables and arrays. Parsers and repr() need a stack for each level."""
_INTEGERS = range(-(2**63), 2**63)
"""The integers of TOML."""
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


class TomlError(Exception):
    """A file that is not TOML, or is beyond the limits. The text continues the name of the file.

    `remedy` is a sentence, or empty if no special remedy is known.
    """

    def __init__(self, text: str, remedy: str = "") -> None:
        super().__init__(text)
        self.remedy = remedy


def parse_toml(data: bytes) -> dict[str, Any]:
    """Return the document in `data`. Raises TomlError."""
    if data.startswith(_UTF_16):
        raise TomlError("is encoded as UTF-16", "Save the file as UTF-8.")
    if data.startswith(codecs.BOM_UTF8):
        raise TomlError(
            "begins with a byte order mark (BOM), which TOML does not allow",
            "Save the file as UTF-8 without BOM.",
        )
    try:
        document = tomllib.loads(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise TomlError(f"is not UTF-8: {error}", "Save the file as UTF-8.") from error
    except (RecursionError, MemoryError) as error:
        raise _too_deep() from error
    except tomllib.TOMLDecodeError as error:
        raise TomlError(f"is not valid TOML: {error}") from error
    except ValueError as error:  # a number of more than 4,300 digits
        raise _too_large() from error
    _refuse_extremes(document)
    return document


def _refuse_extremes(document: dict[str, Any]) -> None:
    level: list[Any] = [document]
    for _ in range(_DEPTH):
        if not level:
            return
        level = [item for value in level for item in _items(value)]
        if any(isinstance(item, int) and item not in _INTEGERS for item in level):
            raise _too_large()
    if level:
        raise _too_deep()


def _items(value: Any) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def _too_deep() -> TomlError:
    return TomlError(f"has tables or arrays more than {_DEPTH} levels deep")


def _too_large() -> TomlError:
    return TomlError("has an integer of more than 64 bits")
