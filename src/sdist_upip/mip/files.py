"""Which files of a repository mip downloads for a release: its sources, also of data files."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from ..builders.builder import BuildResult
from ..errors import ProjectError
from ..metadata.stock_upip import INSTALL, action_on

_RESOURCES = "resources"
"""The step that makes each R.py, of data files that mip downloads as files."""

_SHOWN = 5
"""Paths in a message."""


@dataclass(frozen=True, slots=True)
class ServedFiles:
    """What mip downloads: `sources` maps each install path to a file below the project's directory.

    `changed` are the paths of those files that steps change in the archive. They have `before`
    bytes in the repository and `after` bytes in the archive.
    """

    sources: dict[str, str]
    changed: tuple[str, ...] = ()
    before: int = 0
    after: int = 0


def find_served_files(build: BuildResult, project: Path) -> ServedFiles:
    """Return the files that mip downloads for the release of `build`, from the source files of the
    project in the directory `project`.

    Data files are served as files, and R.py is not served. A file that a step removes is not
    served. Raises ProjectError for a file of the release that is not in the project.
    """
    members = {member.path: member.data for member in build.archive.release}
    resources = [step for step in build.steps if step.name == _RESOURCES]
    packed = {path for step in resources for path in step.removed}
    sources: dict[str, str] = {}
    changed = []
    before = after = 0
    for path, source in sorted(build.sources.items()):
        present = next((one for one in (path, _compiled(path)) if one in members), None)
        if action_on(path) != INSTALL or (resources and path.endswith("/R.py")):
            continue
        if present is None and path not in packed:
            continue
        file = project / source
        if not file.is_file():
            raise _refuse_made([path])
        sources[path] = _trace(project, source)
        if present is not None and (data := file.read_bytes()) != members[present]:
            changed.append(path)
            before += len(data)
            after += len(members[present])
    served = {*sources, *map(_compiled, sources)}
    made = [path for path in members if action_on(path) == INSTALL and path not in served]
    made = [path for path in made if not (resources and path.endswith(("/R.py", "/R.mpy")))]
    if made:
        raise _refuse_made(made)
    return ServedFiles(sources, tuple(changed), before, after)


def _compiled(path: str) -> str:
    """Return the path of a module after the step compile."""
    return f"{path.removesuffix('.py')}.mpy" if path.endswith(".py") else path


def _trace(project: Path, source: str) -> str:
    """Return the path of the file itself: a server of a repository has no file behind a link."""
    root = project.resolve()
    real = (root / source).resolve()
    return real.relative_to(root).as_posix() if real.is_relative_to(root) else source


def _refuse_made(paths: Collection[str]) -> ProjectError:
    shown = ", ".join(map(repr, sorted(paths)[:_SHOWN]))
    return ProjectError(
        f"The build makes {shown}, and mip downloads only files of the repository. "
        "Add the file to the project, or exclude it from the archive."
    )
