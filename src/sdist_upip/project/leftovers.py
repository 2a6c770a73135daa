"""Files that patterns such as `**/*` sweep in, and that no package needs: what tools leave behind.

They are left out unless the project spells their names out.
"""

from __future__ import annotations

import re
from collections.abc import Container
from pathlib import PurePosixPath

_LEFTOVERS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE | re.DOTALL), reason)
    for pattern, reason in (
        (r".+\.(egg-info|dist-info)", "metadata of setuptools"),
        (
            r"\.(git|hg|svn|bzr)|CVS|\.git(ignore|attributes|modules|keep|hub|lab-ci\.yml)"
            r"|\.hg(ignore|tags)|\.keep",
            "file of version control",
        ),
        (
            r"\.DS_Store|Thumbs\.db|desktop\.ini|\._.+|__MACOSX|Icon\r",
            "file of an operating system",
        ),
        (
            r".+~|.+\.(sw[nop]|orig|rej)|\.#.+|#.+#|\.(idea|vscode|editorconfig)"
            r"|\.ipynb_checkpoints",
            "file of an editor",
        ),
        (
            r"__pycache__|node_modules|\.(eggs|tox|nox|venv|coverage(\..*)?)"
            r"|\.(mypy|pytest|ruff)_cache|\.pre-commit-config\.yaml",
            "file of a tool",
        ),
    )
)
PROJECT_FILES = re.compile(
    r"setup\.(py|cfg)|(pyproject|poetry|ruff|uv|pdm)\.(toml|lock)|MANIFEST(\.in)?"
    r"|(tox|pytest|mypy)\.ini|Makefile|package(-lock)?\.json|mkdocs\.ya?ml|requirements[^/]*\.txt"
    r"|(conftest|noxfile|toxfile|fabfile|versioneer|ez_setup|hatch_build|pdm_build)\.py"
    r"|(sdist_upip|optimize_upip)\.py"
)
"""Files at the root of a project that build and test it."""
_TEXTS = re.compile(
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
        for pattern, reason in _LEFTOVERS:
            if pattern.fullmatch(name) and (name not in spelled or ".egg-info" in name):
                return reason
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
    if PROJECT_FILES.fullmatch(source):
        return "builds or tests the package, not needed on a device"
    return "documentation, not needed on a device" if _TEXTS.fullmatch(source) else None
