"""Source trees that are to be installed: built to archives first."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from pathlib import Path

from packaging.requirements import Requirement

from ..builders.project_archive import build_project
from ..index.link import Link
from ..messages.logs import get_logger

logger = get_logger(__name__)


def build_source_trees(
    roots: Iterable[Requirement | Link | Path], scratch: Path
) -> list[Requirement | Link]:
    """Return `roots` with a link to an archive in place of each path of a source tree.

    Archives are built below `scratch`. Raises ProjectError if one cannot be built.
    """
    return [_build(root, scratch) if isinstance(root, Path) else root for root in roots]


def _build(project: Path, scratch: Path) -> Link:
    archive, output = build_project(project, Path(tempfile.mkdtemp(dir=scratch)))
    for line in output:
        logger.info("%s", line)
    return Link(archive.name, str(archive), source_tree=project)
