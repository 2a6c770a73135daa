"""The pages of the simple index (PEP 503), with yanked releases (PEP 592) and metadata files (PEP
658 and 714).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from html import escape
from urllib.parse import quote

from ..records import ProjectRecord, ReleaseRecord

_HEAD = (
    '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
    '<meta name="pypi:repository-version" content="1.0"><title>{title}</title></head><body>\n'
)
_TAIL = "</body></html>\n"


def simple_path(name: str) -> str:
    """Return the path in the site of the page of a project."""
    return f"simple/{name}/index.html"


def make_simple_page(project: ProjectRecord) -> bytes:
    """Return the page with the archives of a project, the oldest first."""
    lines = (_make_link(release) for release in reversed(project.releases))
    return "".join((_HEAD.format(title=project.name), *lines, _TAIL)).encode()


def make_simple_index(names: Iterable[str]) -> bytes:
    """Return the page with the projects of the site, by their normalized names."""
    lines = (f'<a href="{name}/">{name}</a><br>\n' for name in names)
    return "".join((_HEAD.format(title="Simple index"), *lines, _TAIL)).encode()


def _make_link(release: ReleaseRecord) -> str:
    attributes = "".join(f' {name}="{escape(value)}"' for name, value in _list_attributes(release))
    return f"<a{attributes}>{escape(release.filename)}</a><br>\n"


def _list_attributes(release: ReleaseRecord) -> Iterator[tuple[str, str]]:
    yield "href", f"../../{quote(release.archive_path)}#sha256={release.sha256}"
    if release.requires_python:
        yield "data-requires-python", release.requires_python
    metadata = f"sha256={release.metadata_sha256}"
    yield "data-core-metadata", metadata
    yield "data-dist-info-metadata", metadata
    if release.yanked is not None:
        yield "data-yanked", release.yanked
