# Where the files of an archive go that is not as sdist-upip writes it.
from upip_gunzip import refuse
from upip_pax import read_any_header

# Directories at the top that count as packages only if top_level.txt has them.
_DIRECTORIES = (
    " benchmarks build ci demo demos dist doc docs example examples image images img scripts test "
    "tests testing tools "
)
_COMPILED = " c cc cpp cxx pyx pxd rs f f90 so pyd "
_LEFT_OUT = " pyi pyc pyo so dll dylib o a lib "
# How names at the top begin that are for people.
_FOR_PEOPLE = "setup. readme licen copying notice news authors change contributing history"


def _is_word(word, words):
    return " " not in word and " %s " % word in words


def fold_name(text):
    # As fold_name in upip_req.
    text = text.lower().replace("_", "-").replace(".", "-")
    while "--" in text:
        text = text.replace("--", "-")
    return text


def is_host_directory(name):
    return name[:1] == "." or _is_word(name, _DIRECTORIES)


def is_compiled(name):
    # Return whether a file is of a C extension. lib*.so is a library for computers.
    stem, _, suffix = name.rpartition(".")
    return stem and _is_word(suffix, _COMPILED) and (suffix != "so" or name[:3] != "lib")


def refuse_unclear(why):
    raise ValueError(
        "cannot be installed: %s. On a computer use sdist-upip install --convert" % why
    )


class Layout:
    # Where the members of an archive go, by what Survey.choose in upip_survey returns.

    def __init__(self, chosen, modules, base):
        self._modules = modules
        self._chosen = chosen
        self._base = base
        self._missing = [] if chosen is None else chosen[:]
        self._is_empty = chosen is not None

    def _place(self, path, is_link):
        # Return the path where a member is installed, "" if it is not.
        if self._chosen is None:
            top, is_below, _ = path.lower().partition("/")
            is_for_people = ".egg-info" in path or is_below and is_host_directory(top)
            for word in _FOR_PEOPLE.split():
                is_for_people = is_for_people or top.startswith(word)
            return "" if path == "pyproject.toml" or is_link and is_for_people else path
        for source in self._chosen:
            rest = path[len(source) :]
            is_below = rest[:1] == "/" and source not in self._modules
            if path[: len(source)] == source and (rest in (".py", ".mpy") or is_below):
                name = path.rpartition("/")[2]
                if is_compiled(name):
                    refuse("it has C extensions: " + path)
                if source in self._missing and not is_link:
                    self._missing.remove(source)
                if (
                    "." in name
                    and _is_word(name.rpartition(".")[2], _LEFT_OUT)
                    or name == "py.typed"
                    or "/__pycache__/" in path
                    or ".egg-info/" in path
                    or ".dist-info/" in path
                ):
                    return ""
                is_in_src = not self._base and source[:4] == "src/"
                return path[4 if is_in_src else len(self._base) :]
        return ""

    def _has_requirements(self, path, project):
        # Return whether upip reads requirements from a file: in an sdist those of the project.
        if path == "PKG-INFO":
            return True
        if path[-13:] != "/requires.txt" or ".egg-info" not in path:
            return False
        directory = path[:-13].rpartition("/")[2]
        return self._chosen is None or (
            fold_name(directory) == project + "-egg-info"
            and not is_host_directory(path.partition("/")[0])
        )

    def check(self):
        # Check that something was placed for each name.
        missing = [path.rpartition("/")[2] for path in self._missing]
        names = [name for name in missing if not is_host_directory(name)]
        if names or missing and len(missing) == len(self._chosen):
            refuse_unclear("it has no %s, which top_level.txt names" % ", ".join(names or missing))
        if self._is_empty:
            refuse_unclear("it has no file to install")

    def read_header(self, tar, project):
        # Return what upip_tar expects of a header.
        from upip_tar import is_bad, is_left_out  # not for the first look

        path, size, kind = read_any_header(tar)
        if kind == 1:
            path = ""
        elif not self._has_requirements(path, project):
            member = path
            path = self._place(path, kind == 2)
            if is_left_out(path):
                path = ""
            if path and kind == 2:
                refuse("a link is among the code: " + member)
            if path and is_bad("-/" + path, project):
                refuse("bad name " + path)
            self._is_empty = self._is_empty and not path
        return path, size, not path
