"""Modules that MicroPython has built in on every port with a file system, and packages of them.

Sources: the stubs of the ports esp32, esp8266, rp2 and stm32 of MicroPython 1.29, and `import` of
the unix port (py/objmodule.c and py/builtinimport.c of MicroPython).
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from ..metadata.stock_upip import is_module

EXTENSIBLE = frozenset(
    {
        *("array", "binascii", "collections", "errno", "hashlib", "heapq", "io", "json"),
        *("machine", "os", "platform", "random", "re", "select", "socket", "ssl", "struct", "time"),
    }
)
"""Built-in modules that a file of the same name replaces."""

FIXED = frozenset(
    {
        *("builtins", "deflate", "framebuf", "gc", "math", "micropython", "sys", "uctypes", "vfs"),
        *("uarray", "ubinascii", "ucollections", "uerrno", "uhashlib", "uheapq", "uio", "ujson"),
        *("umachine", "uos", "uplatform", "urandom", "ure", "uselect", "usocket", "ustruct"),
        *("usys", "utime"),
    }
)
"""Built-in modules that win over a file of the same name."""


def describe_builtins(paths: Iterable[str]) -> str | None:
    """Return what a package with files at `paths` does, if it brings built-in modules alone.

    The text is a predicate, None for every other package.
    """
    names = {PurePosixPath(path).parts[0].partition(".")[0] for path in paths if is_module(path)}
    if not names or not names <= EXTENSIBLE | FIXED:
        return None
    shown = ", ".join(sorted(names))
    if names <= FIXED:
        return f"only brings {shown}, which MicroPython has built in and imports before any file"
    return f"only brings {shown}, in place of what MicroPython has built in"
