"""The page of a project."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from ..records import ProjectRecord, ReleaseRecord
from ..settings import SiteSettings
from .boards import describe_boards, describe_window
from .commands import make_missing_commands, make_project_commands
from .dates import format_date
from .description import render_description
from .environment import get_template, show_title
from .links import find_links, quote_path
from .requirements import show_names, show_requirements
from .shares import find_overhead, find_shares


def render_project(
    record: ProjectRecord,
    settings: SiteSettings,
    metadata: bytes,
    linked: Collection[str],
    required_by: Sequence[str],
) -> bytes:
    """Return `project/NAME/index.html`.

    `metadata` is PKG-INFO of `record.newest`. `linked` are the normalized names of projects that
    have a page, and `required_by` those whose releases require this one.
    """
    newest = record.newest
    page = get_template("project.html").render(
        title=show_title(settings),
        record=record,
        newest=newest,
        settings=settings,
        boards=describe_boards(newest),
        window=describe_window(newest),
        installed_files=_describe_files(newest),
        compiled_size=sum(file.size for file in newest.compiled or ()),
        commands=make_project_commands(record, settings),
        missing_commands=make_missing_commands(newest.missing),
        description=render_description(metadata),
        shares=find_shares(newest),
        overhead=find_overhead(newest),
        requires=show_requirements(newest, linked),
        required_by=show_names(required_by, linked),
        links=find_links(newest.urls),
        format_date=format_date,
        quote_path=quote_path,
    )
    return page.encode()


def _describe_files(release: ReleaseRecord) -> str:
    """Return how many files of the archive mip installs."""
    number = len(release.files)
    shown = f"mip installs {number:,} of these files."
    if number < len(release.members):
        shown += " The others are for other tools, such as upip and pip."
    return shown
