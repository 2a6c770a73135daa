"""The overview of a site: all projects, and how to use it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO

from ..catalog import CatalogEntry
from ..settings import SiteSettings
from .commands import ANY_NAME, make_commands, make_own_commands
from .environment import get_template, show_title

_BUFFER = 1000
"""Parts of the page that are encoded at a time."""


def render_overview(
    entries: Iterable[CatalogEntry],
    settings: SiteSettings,
    own: Sequence[tuple[str, str, str]],
) -> bytes:
    """Return `index.html`. Only one entry is in memory at a time.

    `own` are the packages of the site itself: name, version, summary.
    """
    stream = get_template("overview.html").stream(
        entries=entries,
        settings=settings,
        own=own,
        title=show_title(settings),
        commands=make_commands(ANY_NAME, "", settings),
        own_commands=make_own_commands(settings),
    )
    stream.enable_buffering(_BUFFER)
    page = BytesIO()
    stream.dump(page, "utf-8")
    return page.getvalue()
