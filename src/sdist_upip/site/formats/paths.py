"""The paths of all files that a project has in a site."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..records import ProjectRecord, ReleaseRecord
from ..release import CONTENTS, content_path
from ..settings import SiteSettings
from .package_json import PACKAGES, TREES, list_latest_paths, list_version_paths
from .simple import simple_path
from .stock_upip import STOCK, list_stock_paths

PAGES = "project"
"""The directory of the pages for people, below the root of the site."""
FILES = "files"
"""The directory of the archives and their metadata, below the root of the site."""
DIRECTORIES = ("simple", PAGES, STOCK, PACKAGES, "records", "static", FILES, CONTENTS)
"""The directories of a site below its root, those with files that name others first.

All files there are the site's.
"""


def page_path(name: str) -> str:
    """Return the path of the page of a project for people."""
    return f"{PAGES}/{name}/index.html"


def list_paths(project: ProjectRecord, settings: SiteSettings) -> Iterator[str]:
    """Yield the paths of the files of a project.

    The record is not among them, nor are the files of `list_contents`.
    """
    latest = project.latest
    if latest is not None:
        for tree in TREES:
            yield from list_latest_paths(project.spellings, tree)
        if settings.url:
            yield from list_stock_paths(project)
    yield page_path(project.name)
    yield simple_path(project.name)
    for release in project.releases:
        for tree in TREES:
            yield from list_version_paths(project.spellings, release.version, tree)
    for release in project.releases:
        yield from list_archives(release)


def list_archives(release: ReleaseRecord) -> tuple[str, str]:
    """Return the paths of the archive and of the metadata file of a release."""
    return release.archive_path, release.metadata_path


def list_contents(releases: Iterable[ReleaseRecord]) -> Iterator[str]:
    """Yield the paths of the files for mip, which other releases may have, too."""
    for release in releases:
        for file in (*release.files, *(release.compiled or ())):
            yield content_path(file.sha256)
