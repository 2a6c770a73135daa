# Data files of packages: setuptools' pkg_resources for MicroPython 1.19 and later, and CPython.
#
# A resource is a file below its package's directory. If there is no such file, as in firmware, it
# is an entry of the dictionary R in the module R of the package or of a parent package.
#
# `package` is the __name__ of a package or module, or "" for the current directory. `resource` is a
# relative path with "/". All functions raise ValueError for another path, and ImportError if the
# package does not exist.

import os
import sys
from io import BytesIO

try:
    # A package found through a relative sys.path entry keeps a relative __path__ after a chdir.
    _cwd = os.getcwd().rstrip("/") + "/"
except (AttributeError, OSError):
    _cwd = ""


# Return a readable binary stream. Raise OSError ENOENT if the resource does not exist.
def resource_stream(package, resource):
    found = _get(package, resource)
    return open(found, "rb") if isinstance(found, str) else BytesIO(found)


# Return the bytes. Raise OSError ENOENT if the resource does not exist.
def resource_string(package, resource):
    found = _get(package, resource)
    if isinstance(found, str):
        with open(found, "rb") as stream:
            return stream.read()
    return found


# Return whether the resource exists.
def resource_exists(package, resource):
    return _find(package, resource) is not None


def _get(package, resource):
    found = _find(package, resource)
    if found is None:
        # 2 is ENOENT on every port, and some ports lack the module errno.
        raise OSError(2, "no resource %r in %r" % (resource, package))
    return found


# Return the path of the file, else the bytes from an R, else None.
def _find(package, key):
    for part in key.split("/"):
        if part in ("", ".", "..") or "\\" in part:
            raise ValueError("%r is not a relative path" % key)
    bases, package = _locate(package)
    for base in bases:
        try:
            if os.stat(base + key)[0] & 0x8000:  # a regular file
                return base + key
        except (AttributeError, OSError):
            pass
    while True:
        try:
            found = _load(package + ".R" if package else "R").R.get(key)
        except (AttributeError, ImportError):
            found = None
        package, dot, name = package.rpartition(".")
        if found is not None or not dot:
            return found
        key = name + "/" + key


# Return ([directory, ...], package). A directory is "" or ends with "/". The R of the returned
# package is read first.
def _locate(package):
    if not package:
        return [""], ""
    module = _load(package)
    if package == "__main__":
        # Run with -m: CPython has the real name in __spec__, MicroPython in sys.modules.
        package = getattr(getattr(module, "__spec__", None), "name", "")
        for name in () if package else list(sys.modules):
            if sys.modules[name] is module and name != "__main__":
                package = name
    if not hasattr(module, "__path__"):
        package = package.rpartition(".")[0]
        module = sys.modules.get(package, module)
    paths = getattr(module, "__path__", ())
    paths = [path + "/" for path in ([paths] if isinstance(paths, str) else paths)]
    if not paths:
        path = getattr(module, "__file__", "")
        paths = [path[: path.replace("\\", "/").rfind("/") + 1]]
    bases = []
    for path in paths:
        if path[:1] == "/":
            bases.append(path)
        elif path[:7] != ".frozen":
            bases += [_cwd + path, path]
    return bases, package


# CPython imports the names in the tuple unless the module has them; MicroPython ignores them.
def _load(name):
    return __import__(name, None, None, ("__name__",))
