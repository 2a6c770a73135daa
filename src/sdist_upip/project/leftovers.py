"""Files that patterns such as `**/*` sweep in, and that no package needs: what tools leave behind.

They are left out unless the project spells their names out.
"""

from __future__ import annotations

import re
from collections.abc import Container
from pathlib import PurePosixPath
from typing import NamedTuple


class _Leftovers(NamedTuple):
    """Names that are left out for one reason, in lower case.

    `names` are whole names, `starts` and `ends` are parts of longer ones.
    """

    reason: str
    names: frozenset[str] = frozenset()
    starts: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()

    def has(self, name: str) -> bool:
        """Return whether the case-folded `name` is one of these."""
        return (
            name in self.names
            or (name.startswith(self.starts) and name not in self.starts)
            or (name.endswith(self.ends) and name not in self.ends)
        )


_LEFTOVERS = (
    _Leftovers("metadata of setuptools", ends=(".egg-info", ".dist-info")),
    _Leftovers(
        "file of version control",
        frozenset(
            {
                *(".git", ".hg", ".svn", ".bzr", "cvs", ".keep", ".hgignore", ".hgtags"),
                *(".gitignore", ".gitattributes", ".gitmodules", ".gitkeep", ".github"),
                ".gitlab-ci.yml",
            }
        ),
    ),
    _Leftovers(
        "file of an operating system",
        frozenset({".ds_store", "thumbs.db", "desktop.ini", "__macosx", "icon\r"}),
        starts=("._",),
    ),
    _Leftovers(
        "file of an editor",
        frozenset({".idea", ".vscode", ".editorconfig", ".ipynb_checkpoints"}),
        starts=(".#",),
        ends=("~", ".swn", ".swo", ".swp", ".orig", ".rej"),
    ),
    _Leftovers(
        "file of a tool",
        frozenset(
            {
                *("__pycache__", "node_modules", ".eggs", ".tox", ".nox", ".venv", ".coverage"),
                *(".mypy_cache", ".pytest_cache", ".ruff_cache", ".pre-commit-config.yaml"),
                ".coverage.",
            }
        ),
        starts=(".coverage.",),
    ),
)
PROJECT_FILES = (
    r"setup\.(py|cfg)|(pyproject|poetry|ruff|uv|pdm)\.(toml|lock)|MANIFEST(\.in)?"
    r"|(tox|pytest|mypy)\.ini|Makefile|package(-lock)?\.json|mkdocs\.ya?ml|requirements[^/]*\.txt"
    r"|(conftest|noxfile|toxfile|fabfile|versioneer|ez_setup|hatch_build|pdm_build)\.py"
    r"|(sdist_upip|optimize_upip)\.py"
)
"""Files at the root of a project that build and test it."""
_TEXTS = (
    r"(?i:(readme|licen[cs]e|copying|notice|authors|changes|changelog|contributing|history)"
    r"(\.(?!m?py$)[^/]*)?|[^/]+\.(md|rst))"
)
"""Files at the root of a project that people read."""

OUTPUT_DIRECTORIES = frozenset({"build", "dist"})
"""Directories at the root of a project that build tools write."""


def find_leftover(path: str, spelled: Container[str]) -> str | None:
    """Return the reason for leaving out the file at the install path `path`, or None.

    Names in `spelled` are wanted, except those of metadata.
    """
    for name in PurePosixPath(path).parts:
        folded = name.casefold()
        for leftovers in _LEFTOVERS:
            if leftovers.has(folded) and (name not in spelled or ".egg-info" in name):
                return leftovers.reason
        if name not in spelled and len(name) > 2 and name[0] == name[-1] == "#":
            return "file of an editor"
    return None


def find_project_file(source: str, directory: str, spelled: Container[str]) -> str | None:
    """Return the reason for leaving out the file `source` of a package in `directory`, or None.

    Both are paths in the project. Only files of a package that is in the root of the project can
    be such. Its setup.py is one, even if that is spelled.
    """
    if source == "setup.py":
        return "builds the package, not needed on a device"
    top = source.partition("/")[0]
    if directory != "." or top in spelled:
        return None
    if top != source:
        return "output of a build" if top in OUTPUT_DIRECTORIES else None
    if re.fullmatch(PROJECT_FILES, source):
        return "builds or tests the package, not needed on a device"
    return "documentation, not needed on a device" if re.fullmatch(_TEXTS, source) else None
