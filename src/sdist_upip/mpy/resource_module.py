"""A compiled resource module `R.mpy` → its resources, read from the bytecode without running it.

Source: py/persistentcode.c, py/bc.h and py/bc0.h of MicroPython, format 6.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..limits import SIZE_LIMIT
from .compiler import read_number

_HEADER = b"M\x06"
_HEADER_SIZE = 4
_STRING, _BYTES = 5, 6
"""Types of objects in the file."""
_LOAD_STRING, _STORE_NAME, _LOAD_OBJECT, _BUILD_MAP = 0x10, 0x16, 0x23, 0x2C
_LOAD_NONE, _STORE_MAP, _RETURN = 0x51, 0x62, 0x63
_NAME = "R"

_Constant = str | bytes


def read_compiled_resources(data: bytes) -> dict[str, bytes] | None:
    """Return the resources of the .mpy file `data`, None if it is not a resource module.

    A resource whose name is a built-in string of interpreters cannot be read. The module counts as
    another module then, as does one whose resources have more than SIZE_LIMIT bytes.
    """
    if data[:2] != _HEADER:
        return None
    try:
        names, objects, code = _read_parts(data)
        resources = dict(_read_items(names, objects, code))
    except (IndexError, ValueError):
        return None
    return resources if sum(map(len, resources.values())) <= SIZE_LIMIT else None


def _read_parts(data: bytes) -> tuple[list[str | None], list[_Constant], bytes]:
    """Return the names, None for a built-in one, the objects, and the bytecode of the module."""
    count, position = read_number(data, _HEADER_SIZE)
    object_count, position = read_number(data, position)
    names: list[str | None] = []
    for _ in range(count):
        size, position = read_number(data, position)
        if size & 1:
            names.append(None)
        else:
            names.append(_cut(data, position, size >> 1).decode())
            position += (size >> 1) + 1
    objects: list[_Constant] = []
    for _ in range(object_count):
        kind = data[position]
        size, position = read_number(data, position + 1)
        if kind not in (_STRING, _BYTES):
            raise ValueError("a constant is neither text nor bytes")
        content = _cut(data, position, size)
        objects.append(content if kind == _BYTES else content.decode())
        position += size + 1
    size, position = read_number(data, position)
    if size & 7:
        raise ValueError("the module has functions, or is machine code")
    return names, objects, _skip_prelude(_cut(data, position, size >> 3))


def _cut(data: bytes, start: int, size: int) -> bytes:
    if start + size > len(data):
        raise ValueError("the file is truncated")
    return data[start : start + size]


def _skip_prelude(code: bytes) -> bytes:
    """Return what follows the description of the stack, of the source and of its lines."""
    position = 0
    while code[position] & 0x80:
        position += 1
    position += 1
    skipped = shift = 0
    while True:
        byte = code[position]
        skipped |= (byte >> 1 & 0x3F) << 6 * shift
        position, shift = position + 1, shift + 1
        if skipped > len(code):
            raise ValueError("the module has no code")
        if not byte & 0x80:
            return code[position + skipped :]


def _read_items(
    names: list[str | None], objects: list[_Constant], code: bytes
) -> Iterator[tuple[str, bytes]]:
    """Yield the items of the dictionary that the module makes. Raises ValueError for other code."""
    count, position = _read_argument(code, 0, _BUILD_MAP)
    for _ in range(count):
        index, position = _read_argument(code, position, _LOAD_OBJECT)
        value = objects[index]
        load = _LOAD_STRING if code[position] == _LOAD_STRING else _LOAD_OBJECT
        index, position = _read_argument(code, position, load)
        key = names[index] if load == _LOAD_STRING else objects[index]
        if not isinstance(value, bytes) or not isinstance(key, str) or code[position] != _STORE_MAP:
            raise ValueError("an item is not a name with bytes")
        position += 1
        yield key, value
    index, position = _read_argument(code, position, _STORE_NAME)
    if names[index] != _NAME or code[position:] != bytes((_LOAD_NONE, _RETURN)):
        raise ValueError("the module does more than to make R")


def _read_argument(code: bytes, position: int, operation: int) -> tuple[int, int]:
    """Return the argument of `operation`, which is at `position`, and the position after it."""
    if code[position] != operation:
        raise ValueError("the module has other code")
    return read_number(code, position + 1)
