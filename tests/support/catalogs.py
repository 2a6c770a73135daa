"""Catalogs of sites, without a site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sdist_upip.site.catalog import Catalog, CatalogEntry, CatalogRelease


def make_catalog(
    projects: Mapping[str, Mapping[str, Sequence[str]]],
    yanked: Mapping[str, str] | None = None,
    without: Sequence[str] = (),
) -> Catalog:
    """Return the catalog of `projects`: {name: {version: requirements}}.

    `yanked` are the releases that are yanked, as {name: version}. `without` are packages that
    boards have built in.
    """
    catalog = Catalog()
    for name, releases in projects.items():
        made = tuple(
            _make_release(name, version, requires, (yanked or {}).get(name) == version, without)
            for version, requires in releases.items()
        )
        catalog.put(CatalogEntry(name, (name,), made[0].version, "", "", "", 0, 0, made))
    return catalog


def _make_release(
    name: str, version: str, requires: Sequence[str], is_yanked: bool, without: Sequence[str]
) -> CatalogRelease:
    filename = f"{name}-{version}.tar.gz"
    reason = "broken" if is_yanked else None
    return CatalogRelease(
        version, filename, 0, tuple(requires), reason, False, False, tuple(without), ()
    )
