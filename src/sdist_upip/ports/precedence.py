"""Built-in modules that every port with a file system has, and whether a file replaces them.

Sources: the stubs of the ports esp32, esp8266, rp2 and stm32 of MicroPython 1.29, and `import` of
the unix port (py/objmodule.c and py/builtinimport.c of MicroPython).
"""

from __future__ import annotations

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
