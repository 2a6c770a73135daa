# What an ordinary sdist, or an archive of another tool, has: a first look before it is unpacked.
import re

from upip_gunzip import refuse
from upip_layout import fold_name, is_compiled, is_host_directory, refuse_unclear
from upip_pax import read_any_header

# Modules at the top of projects that are not installed.
_MODULES = (
    "setup conftest noxfile tasks fabfile versioneer ez_setup sdist_upip optimize_upip build conf "
    "hatch_build pdm_build"
)


def _is_named(path, project):
    # Return whether a package or module has the name of the project. "micropython" in front or
    # behind does not count.
    names = []
    for name in (fold_name(path.replace("/", "-")), project):
        if name[:12] == "micropython-":
            name = name[12:]
        elif name[-12:] == "-micropython":
            name = name[:-12]
        names.append(name)
    return names[0] == names[1]


def _read_names(tar, size):
    # Return the names in top_level.txt, None if it is bad.
    text = b""
    while size > 0:
        tar.fill()
        if len(text) <= 4096:
            text += bytes(tar.buf[: min(512, size)])
        size -= 512
    names = []
    try:
        for line in text.decode().split("\n"):
            line = line.strip(" \t\r\x0b\x0c")
            if line and line not in names:
                if len(line) > 99 or not re.match("[A-Za-z0-9_][A-Za-z0-9_-]*$", line):
                    return None
                names.append(line)
    except ValueError:
        return None
    return names if len(text) <= 4096 and len(names) < 65 else None


class Survey:
    # What an archive of `project` has.

    def __init__(self, project):
        self._project = project
        self._found = {}  # {path: 1 for a module, 2 for a directory, 6 if it has __init__}
        self._lists = []  # [(directory, names in top_level.txt), ...]
        self._compiled = ""
        self._has_setup = self._has_pyproject = self._has_src = False
        self._has_egg_info = self._has_sources = self._has_metadata = False

    def read(self, tar):
        while tar.fill() and any(tar.buf):
            path, size, kind = read_any_header(tar)
            if kind != 1:
                size = self._read_member(tar, path, size, kind == 2)
            tar.skip(size)
        if tar.size <= 512:
            raise EOFError

    def _read_member(self, tar, path, size, is_link):
        # Return the bytes of the member that are left.
        parts = path.split("/")
        name = parts[-1]
        is_of_setuptools = (
            len(parts) > 1
            and parts[-2][-9:] == ".egg-info" != parts[-2]
            and not is_host_directory(parts[0])
        )
        is_list = is_of_setuptools and name == "top_level.txt"
        if is_link:
            if (
                is_list
                or path in ("PKG-INFO", "setup.py", "pyproject.toml")
                or (path[-13:] == "/requires.txt" and ".egg-info" in path)
            ):
                refuse("%s is a link" % path)
            return size
        if ".egg-info/" in path:
            self._has_egg_info = True
            self._has_sources = self._has_sources or is_of_setuptools and name == "SOURCES.txt"
        if is_list and fold_name(parts[-2][:-9]) == self._project:
            self._lists.append((path[: -len(parts[-2]) - 14], _read_names(tar, size)))
            return 0
        self._has_metadata = self._has_metadata or path == "PKG-INFO"
        self._has_pyproject = self._has_pyproject or path == "pyproject.toml"
        if path == "setup.py" and size:
            tar.fill()
            start = bytes(tar.buf[: min(99, size)])
            self._has_setup = self._has_setup or b"sdist-upip" not in start
            size -= 512
        if name[-3:] == ".py" or name[-4:] == ".mpy":
            self._note(parts)
        elif is_compiled(name) and (len(parts) == 1 or not is_host_directory(parts[0])):
            self._compiled = self._compiled or path
        return size

    def _note(self, parts):
        # Note the package or module that a file belongs to.
        count = 1
        if len(parts) > 1:
            second = parts[1].rpartition(".")[0] if len(parts) == 2 else parts[1]
            self._has_src = self._has_src or parts[0] == "src"
            if parts[0] == "src" or _is_named(parts[0] + "/" + second, self._project):
                count = 2
        stem = parts[-1].rpartition(".")[0]
        for n in {1, count}:
            key = "/".join(parts[:n])
            value = 2
            if len(parts) == n:
                key = key.rpartition(".")[0]
                value = 1
            elif len(parts) == n + 1 and stem == "__init__":
                value = 6
            self._found[key] = self._found.get(key, 0) | value

    def choose(self):
        # Return the paths of the packages and modules to install, those of them that are modules,
        # and the directory that is removed from paths; None for a device archive.
        if not (
            self._has_setup
            or self._has_src
            or self._has_sources
            or (self._has_pyproject and not self._has_egg_info)
        ):
            return None, None, ""
        if self._compiled:
            refuse("it has C extensions: " + self._compiled)
        if not self._has_metadata:
            print("Warning: the archive has no PKG-INFO, so what it needs is not known")
        found = self._found
        base = ""
        if self._lists:
            base, names = self._lists[0]
            for other, others in self._lists:
                if others is None or others != names:
                    refuse_unclear("a bad top_level.txt, or two that differ")
                if other != base:
                    base = ""
            chosen = []
            for name in names:
                is_in_src = not base and name not in found and "src/" + name in found
                chosen.append("src/" + name if is_in_src else base + name)
        elif self._has_src:
            base = "src/"
            chosen = self._find_in_src()
        else:
            chosen = self._find_by_name()
        if not chosen:
            refuse_unclear("no package or module bears its name")
        if len(chosen) > 64:
            refuse_unclear("it has more than 64 packages and modules")
        for path in chosen:
            if found.get(path, 0) & 3 == 3:
                refuse_unclear("it has both %s.py and %s/" % (path, path))
        return chosen, [path for path in chosen if found.get(path) == 1], base

    def _find_in_src(self):
        # Return the packages and modules in src, without tests if there are others.
        found = self._found
        project = self._project
        if "src/__init__" in found:
            refuse_unclear("it has src/__init__.py")
        chosen = []
        hosts = []
        named = [path for path in found if "/" not in path and _is_named(path, project)]
        for path in found:
            if path[:4] == "src/":
                if _is_named(path[4:], project):
                    named = []
                is_host = found[path] & 2 and is_host_directory(path[4:])
                (hosts if is_host else chosen).append(path)
        if named:
            refuse_unclear("it may install %s or src" % named[0])
        return chosen or hosts

    def _find_by_name(self):
        # Return the package or module that has the name of the project, else the one that there is.
        found = self._found
        named = []
        packages = []
        modules = []
        directories = []
        for path in found:
            top, is_below, _ = path.partition("/")
            if is_below and found[top] & 4:
                continue
            if _is_named(path, self._project):
                named.append(path)
            elif not is_below:
                if found[path] & 1 and not (
                    path in _MODULES.split() or path[:5] == "test_" or path[:1] == "."
                ):
                    modules.append(path)
                if found[path] & 2 and not is_host_directory(path):
                    if found[path] & 4:
                        packages.append(path)
                    elif path not in modules:
                        directories.append(path)
        if named and packages + modules:
            others = " ".join(sorted(packages + modules))
            print("Warning: %s of the archive is not installed" % others)
        chosen = named or packages + [path for path in modules if path not in packages]
        if chosen and not named and not packages:
            chosen += directories
        if len(chosen) > 1:
            refuse_unclear("it may install " + " or ".join(sorted(chosen)))
        return chosen
