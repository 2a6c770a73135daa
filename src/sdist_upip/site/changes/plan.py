"""From changed projects to the records, JSON files and pages that follow from them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace

from packaging.utils import canonicalize_name

from ...errors import ResolutionError
from ...requirements.requirement import Requirement
from ...requirements.target import Target
from ..catalog import Catalog, CatalogEntry
from ..dependencies.conflicts import check_files
from ..dependencies.finder import CatalogFinder
from ..dependencies.layout import Layout, LayoutFinder
from ..dependencies.requirements import Node, RequirementReader
from ..dependencies.resolution import Resolution
from ..formats.package_json import spell_version
from ..records import ReleaseRecord
from ..settings import SiteSettings
from .journal import Named
from .record_book import RecordBook

_SHOWN = 8
"""Requirements that a message names."""


@dataclass
class Plan:
    """The files to write.

    `levels` are the releases whose JSON files change, each level after those that it names.
    `pages` are the projects whose pages change. `missing` are (name, version, required
    name) where the site does not meet a requirement that it met before, or that is new.
    """

    levels: list[list[Node]] = field(default_factory=list)
    pages: set[str] = field(default_factory=set)
    missing: list[tuple[str, str, str]] = field(default_factory=list)


@dataclass
class Planner:
    """Derives what follows from the catalog, and changes records in `book`.

    `before` is the catalog without the changes. `without` are packages that boards have built in.
    With `allow_missing`, the site need not meet all requirements. With `permissive`, requirements
    may conflict, too, and nothing is refused.
    """

    settings: SiteSettings
    before: Catalog
    catalog: Catalog
    book: RecordBook
    pkg_resources: Named
    allow_missing: bool = False
    without: Collection[str] = ()
    permissive: bool = False

    def __post_init__(self) -> None:
        self._finder = CatalogFinder(self.catalog)
        target = Target(self.settings.platform, self.settings.mpy)
        self._requirements = RequirementReader(self._finder, target)
        self._resolution = Resolution(
            self._finder, self._requirements, target, permissive=self.permissive
        )
        self._layouts = LayoutFinder(self._finder, self._requirements, self._resolution)
        self._refused: list[str] = []

    def find_unmet(self, name: str, version: str) -> list[Requirement]:
        """Return the requirements of a release that the site does not meet."""
        return list(self._layouts.find(Node(name, version)).unmet)

    def is_broken(self, name: str, version: str) -> bool:
        """Return whether the requirements of a release conflict. Needs `permissive`."""
        self._layouts.find(Node(name, version))
        return Node(name, version) in self._resolution.broken

    def make(self, changed: Collection[str], *, everything: bool) -> Plan:
        """Return what follows from changed projects; with `everything`, from all.

        Raises ResolutionError for requirements that are not met, and for those that conflict.
        """
        affected = set(self.catalog) if everything else self._find_affected(changed)
        plan = Plan()
        layouts: dict[Node, Layout] = {}
        for name in sorted(affected):
            if name in self.catalog:
                self._derive(name, plan, layouts, None if everything else changed)
        if self._refused:
            rest = len(self._refused) - _SHOWN
            more = [f"… and {rest} more."] if rest > 0 else []
            raise ResolutionError(*self._refused[:_SHOWN], *more)
        plan.levels = _sort_levels(layouts)
        plan.pages |= {node.name for node in layouts}
        plan.pages |= self._find_linked(changed)
        plan.pages &= set(self.catalog)
        return plan

    def _find_affected(self, changed: Iterable[str]) -> set[str]:
        """Return the projects from which requirements lead to a changed one."""
        found = set(changed)
        queue = list(found)
        for name in queue:
            new = self.catalog.find_dependants(name) - found
            found |= new
            queue += new
        return found

    def _find_linked(self, changed: Iterable[str]) -> set[str]:
        """Return the projects whose pages name changed ones."""
        found = set(changed)
        for name in changed:
            old, new = self.before.get(name), self.catalog.get(name)
            found |= (old.required_names if old else set()) ^ (new.required_names if new else set())
            if not (old and new):
                found |= self.catalog.find_dependants(name)
        return found

    def _derive(
        self, name: str, plan: Plan, layouts: dict[Node, Layout], changed: Collection[str] | None
    ) -> None:
        """Derive the releases of a project; JSON files change in any case if `changed` is None."""
        project = self.book[name]
        releases = []
        for release in project.releases:
            node = Node(name, release.version)
            layout = self._layouts.find(node)
            self._check_files(node)
            derived = self._complete(release, node, layout)
            releases.append(derived)
            new = sorted({*derived.missing} - {*release.missing})
            plan.missing += ((name, release.version, one) for one in new)
            if (
                changed is None
                or derived != release
                or name in changed
                or not {one.name for one in layout.inlined}.isdisjoint(changed)
            ):
                layouts[node] = layout
        if tuple(releases) != project.releases:
            derived_project = project.with_releases(releases)
            self.book.put(derived_project)
            if [one.without for one in releases] != [one.without for one in project.releases]:
                self.catalog.put(CatalogEntry.from_project(derived_project))

    def _complete(self, release: ReleaseRecord, node: Node, layout: Layout) -> ReleaseRecord:
        """Return the record with all that follows from the other releases."""
        deps = [(one.name, spell_version(one.version)) for one in layout.dependencies]
        if layout.pkg_resources:
            deps.append(self.pkg_resources)
        unmet = {one.name: one for one in layout.unmet}
        built_in = unmet.keys() & {*map(canonicalize_name, self.without)}
        missing = unmet.keys() - built_in
        if not (self.allow_missing or self.permissive):
            refused = missing - {*release.missing}
            self._refused += (self._refuse(node, unmet[name]) for name in sorted(refused))
        return replace(
            release,
            deps=tuple(sorted(deps)),
            inlined=tuple((one.name, spell_version(one.version)) for one in layout.inlined),
            missing=tuple(sorted(missing)),
            without=tuple(sorted({*release.without, *built_in})),
        )

    def _refuse(self, node: Node, requirement: Requirement) -> str:
        versions = self._finder.find_versions(requirement.name)
        state = "which the site does not have"
        if versions:
            state = f"of which the site has only {', '.join(versions[:_SHOWN])}"
        return (
            f"{node} requires {requirement}, {state}. Add a release that satisfies the "
            f"requirement, or pass --without {requirement.name} if boards have it built in. With "
            "--allow-missing, mip needs it from another index first."
        )

    def _check_files(self, node: Node) -> None:
        try:
            check_files(node, self._resolution.find(node), self._finder, self._read_files)
        except ResolutionError:
            if not self.permissive:
                raise

    def _read_files(self, node: Node) -> dict[str, str]:
        releases = self.book[node.name].releases
        release = next(one for one in releases if one.version == node.version)
        return {file.path: file.sha256 for file in release.files}


def _sort_levels(layouts: dict[Node, Layout]) -> list[list[Node]]:
    """Return the releases in levels: each names those of earlier levels only."""
    depths: dict[Node, int] = {}
    for start in layouts:
        path = [start]
        while path:
            node = path[-1]
            below = [one for one in layouts[node].dependencies if one in layouts]
            waiting = [one for one in below if one not in depths]
            if waiting and node not in depths:
                path += waiting
                continue
            path.pop()
            depths[node] = 1 + max((depths[one] for one in below), default=-1)
    levels: list[list[Node]] = [[] for _ in range(max(depths.values(), default=-1) + 1)]
    for node, depth in depths.items():
        levels[depth].append(node)
    return levels
