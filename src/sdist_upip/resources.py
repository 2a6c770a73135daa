"""Resource modules: data files as the Python source `R={'name': b'…'}`, written and read.

A device that has no file system still has its frozen modules, so `R.py` carries the data files of
a package in a form that can be frozen. `pkg_resources` on the device looks them up by name.
"""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import Mapping

from .errors import ProjectError

_QUOTES = (b"'", b'"', b"'''", b'"""')
_UNSAFE_BYTE = re.compile(rb"\x00([0-7]?)|[\r\\\x80-\xff]")
_UNSAFE_CHARACTER = re.compile(rb"\x00([0-7]?)|[\r\\]")
_RAW_UNSAFE = re.compile(rb"[\x00\r\x80-\xff]")


def resource_module(resources: Mapping[str, bytes]) -> bytes:
    """Return the source of a module whose `R` maps each resource's name to its bytes.

    Keys are sorted, one to a line; equal resources give equal source. Each literal is the shortest
    that CPython and MicroPython 1.19 and later read alike. Raises ProjectError for a name that is
    not valid UTF-8.
    """
    entries = (
        _literal(_encode_name(name), _UNSAFE_CHARACTER, b"") + b":" + bytes_literal(resources[name])
        for name in sorted(resources)
    )
    return b"R={" + b",\n".join(entries) + b"}\n"


def bytes_literal(data: bytes) -> bytes:
    """Return the source of the shortest bytes literal for `data`, in ASCII."""
    return _literal(data, _UNSAFE_BYTE, b"b")


def is_resource_module(source: bytes) -> bool:
    """Tell whether `source` is nothing but `R = {'name': b'…', …}`, however it was laid out.

    So the modules of the historic sdist_upip and of mpy_bin2res are known as well as ours.
    """
    return _parse(source) is not None


def read_resource_module(source: bytes) -> dict[str, bytes]:
    """Return the resources of a resource module; raise ProjectError if `source` is not one."""
    resources = _parse(source)
    if resources is None:
        raise ProjectError(
            "the source is not a resource module: it must hold nothing but R = {'name': b'…', …}"
        )
    return resources


def _encode_name(name: str) -> bytes:
    try:
        return name.encode()
    except UnicodeEncodeError as error:
        raise ProjectError(f"resource {name!r}: the name is not valid UTF-8; rename it") from error


def _literal(data: bytes, unsafe: re.Pattern[bytes], prefix: bytes) -> bytes:
    """Return the shortest of all quotings; of equally short ones the first in order of _QUOTES."""
    escaped = unsafe.sub(_escape, data)
    literals = [prefix + quote + _escape_quotes(escaped, quote) + quote for quote in _QUOTES]
    if b"\\" in data and not _RAW_UNSAFE.search(data):
        literals += [
            prefix + b"r" + quote + data + quote for quote in _QUOTES if _is_raw_safe(data, quote)
        ]
    return min(literals, key=len)


def _escape(match: re.Match[bytes]) -> bytes:
    r"""Escape what no quoting holds: NUL, CR, the backslash and, in bytes, all beyond ASCII.

    CPython refuses a NUL in source and both interpreters read CR as a line feed. `\0` needs a
    longer form before a digit that it would swallow.
    """
    found = match[0]
    if found == b"\0":
        return b"\\0"
    if found == b"\r":
        return b"\\r"
    if found == b"\\":
        return b"\\\\"
    return b"\\x%02x" % found[0] + found[1:]


def _escape_quotes(escaped: bytes, quote: bytes) -> bytes:
    mark = quote[:1]
    if len(quote) == 1:
        return escaped.replace(b"\n", b"\\n").replace(mark, b"\\" + mark)
    text = escaped.replace(quote, mark * 2 + b"\\" + mark)
    if (len(escaped) - len(escaped.rstrip(mark))) % 3:
        text = text[:-1] + b"\\" + mark
    return text


def _is_raw_safe(data: bytes, quote: bytes) -> bool:
    if (len(data) - len(data.rstrip(b"\\"))) % 2 or quote in data:
        return False
    return not data.endswith(quote[:1]) if len(quote) == 3 else b"\n" not in data


def _parse(source: bytes) -> dict[str, bytes] | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an invalid escape is a warning, and still a literal
            body = ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None
    match body:
        case [ast.Assign(targets=[ast.Name(id="R")], value=ast.Dict(keys=keys, values=values))]:
            resources = {}
            for key, value in zip(keys, values, strict=True):
                match key, value:
                    case ast.Constant(value=str(name)), ast.Constant(value=bytes(data)):
                        resources[name] = data
                    case _:
                        return None
            return resources
    return None
