# Whether installed packages import pkg_resources although nothing provides it.
import sys

from upip_store import kind, paths

_SIGNS = {".py": (b"import pkg_resources", b"from pkg_resources"), "mpy": (b"pkg_resources",)}


def _is_there(root):
    for suffix in (".py", ".mpy", ""):
        if kind(root + "/pkg_resources" + suffix):
            return True
    if sys.implementation.name == "cpython":  # that of setuptools is not for boards
        return False
    try:
        __import__("pkg_resources")
        return True
    except ImportError:
        return False


def _has(path, signs):
    buf = bytearray(532)  # the last 20 bytes that were read before, and the next ones
    with open(path, "rb") as f:
        n = f.readinto(memoryview(buf)[20:])
        while n:
            for sign in signs:
                if buf.find(sign, 0, n + 20) >= 0:
                    return True
            buf[:20] = buf[n : n + 20]
            n = f.readinto(memoryview(buf)[20:])


def warn(root, names):
    # Print a warning if one of the packages imports pkg_resources and nothing provides it.
    if not _is_there(root):
        for name in names:
            for path in paths(root, name):
                if path[-3:] in _SIGNS and _has(root + "/" + path, _SIGNS[path[-3:]]):
                    print(
                        "Warning: %s imports pkg_resources, which is not there. Copy "
                        "pkg_resources.py, which sdist-upip device writes, to %s" % (name, root)
                    )
                    return
