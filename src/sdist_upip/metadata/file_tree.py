"""The files of an archive as a tree: its directories, packages and modules.

Paths are below the top directory. Directories have a slash at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from packaging.utils import canonicalize_name

from .stock_upip import is_module

_APART = re.compile(
    r"(\.[^/]*|benchmarks|build|ci|demos?|dist|docs?|examples?|images?|img|tests?|testing|tools|scripts)"
    r"/"
)
"""Top-level directories that are not packages, unless metadata or the project's name says so."""
_OTHER_MODULE = re.compile(
    r"\..*|test_.*|setup|conftest|noxfile|tasks|fabfile|versioneer|ez_setup|sdist_upip|optimize_upip"
    r"|build|conf|hatch_build|pdm_build"
)
_TEXT = re.compile(
    r"setup\.|readme|licen|copying|notice|news|authors|change|contributing|history", re.IGNORECASE
)
"""How names at the top begin that are for people."""
_INIT = ("__init__.py", "__init__.mpy")


class FileTree:
    """The files of an archive, and their directories, each with a slash at the end.

    `python` are the directories with Python below, and `packages` those at the top that are
    packages.
    """

    def __init__(self, paths: Iterable[str]) -> None:
        self.files = set(paths)
        self.directories: set[str] = set()
        self.python: set[str] = set()
        self.packages: set[str] = set()
        for path in self.files:
            above = list(find_parents(path))
            self.directories.update(above)
            if is_module(path):
                self.python.update(above)
                if len(above) == 1 and path.rpartition("/")[2] in _INIT and not is_apart(path):
                    self.packages.update(above)

    def has_init(self, directory: str) -> bool:
        """Return whether `directory` is a package, and not a namespace."""
        return any(f"{directory}{name}" in self.files for name in _INIT)

    def find_tops(self) -> set[str]:
        """Return the modules at the top, without those of projects such as setup.py."""
        tops = (path for path in self.files if "/" not in path and is_module(path))
        return {path for path in tops if not _OTHER_MODULE.fullmatch(find_stem(path))}

    def find_modules(self, name: str) -> list[str]:
        """Return the files of the module `name`, which may be there as source and compiled."""
        return [path for path in (f"{name}.py", f"{name}.mpy") if path in self.files]


def is_apart(path: str) -> bool:
    """Return whether `path` is in a top-level directory that is usually not installed."""
    return bool(_APART.match(path))


def is_for_people(path: str) -> bool:
    """Return whether `path` is apart, or a text at the top. No code needs such a file."""
    return is_apart(path) or bool(_TEXT.match(path))


def may_lead_nowhere(path: str, project: str) -> bool:
    """Return whether the link `path` is not needed if it leads nowhere: a file for people.

    The package of `project`, a name as spelled, is needed, also if its name is `tools` or `demo`.
    """
    own = canonicalize_name(project).replace("-", "_")
    return is_for_people(path) and path.partition("/")[0].lower() != own


def find_stem(top: str) -> str:
    """Return the name of a module or package, given its path without directories above."""
    return top.removesuffix("/").removesuffix(".py").removesuffix(".mpy")


def find_parents(path: str) -> Iterator[str]:
    """Yield the directories above `path`, the highest first."""
    position = path.find("/")
    while position >= 0:
        yield path[: position + 1]
        position = path.find("/", position + 1)
