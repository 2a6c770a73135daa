"""Requirements of a release as its page shows them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from ..records import ReleaseRecord


@dataclass(frozen=True, slots=True)
class ShownRequirement:
    """A requirement: the name as it is spelled, what follows the name, the normalized name of the
    page that the site has for it, "" without one, and what mip does with it."""

    name: str
    rest: str
    page: str
    note: str


def show_requirements(release: ReleaseRecord, linked: Collection[str]) -> list[ShownRequirement]:
    """Return the requirements of `release`, and what mip installs besides.

    `linked` are the normalized names of projects that have a page.
    """
    notes = _note_packages(release)
    shown = [_show(text, notes, linked) for text in release.requires]
    named = {canonicalize_name(one.name) for one in shown}
    rest = [name for name in sorted(notes) if name not in named]
    return shown + [_link(name, "", notes[name], linked) for name in rest]


def show_names(names: Iterable[str], linked: Collection[str]) -> list[ShownRequirement]:
    """Return projects, sorted by name, with links to the pages in `linked`."""
    return [_link(name, "", "", linked) for name in sorted(set(names))]


def _note_packages(release: ReleaseRecord) -> dict[str, str]:
    """Return {normalized name: what mip does with that package}."""
    return {
        **{canonicalize_name(name): "not on this site" for name in release.missing},
        **{canonicalize_name(name): "built into boards" for name in release.without},
        **{canonicalize_name(name): f"mip: {version}" for name, version in release.inlined},
        **{canonicalize_name(name): f"mip: {version}" for name, version in release.deps},
    }


def _show(text: str, notes: dict[str, str], linked: Collection[str]) -> ShownRequirement:
    try:
        name = Requirement(text).name
    except InvalidRequirement:
        return ShownRequirement(text, "", "", "")
    rest = text.strip().removeprefix(name).strip()
    return _link(name, rest, notes.get(canonicalize_name(name), ""), linked)


def _link(name: str, rest: str, note: str, linked: Collection[str]) -> ShownRequirement:
    page = canonicalize_name(name)
    return ShownRequirement(name, rest, page if page in linked else "", note)
