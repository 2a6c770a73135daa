"""What mip reads and installs for a release: the JSON files that its own names, and its files.

mip follows the dependencies of each JSON file that it reads, without remembering the ones that it
has read. So a dependency is named only if its own JSON file leads to releases that belong together
with this one. The files of any other are among those of the release itself: it is inlined.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ...requirements.requirement import Requirement
from .finder import CatalogFinder
from .requirements import Node, RequirementReader
from .resolution import Resolution

READ_LIMIT = 100
"""Most JSON files that mip reads for a release."""


@dataclass(frozen=True, slots=True)
class Layout:
    """What the JSON file of a release names: `dependencies`, and the releases that are `inlined`.

    With `pkg_resources`, it names the site's own package of that name too. `unmet` are requirements
    that the site does not meet. `reads` is the number of JSON files that mip reads.
    """

    dependencies: tuple[Node, ...]
    inlined: tuple[Node, ...]
    pkg_resources: bool
    unmet: tuple[Requirement, ...]
    reads: int


class LayoutFinder:
    """Finds the layouts of releases. The catalog must not change meanwhile."""

    def __init__(
        self, finder: CatalogFinder, requirements: RequirementReader, resolution: Resolution
    ) -> None:
        self._finder = finder
        self._requirements = requirements
        self._resolution = resolution
        self._found: dict[Node, Layout] = {}

    def find(self, node: Node) -> Layout:
        """Return the layout of a release. Raises as `Resolution.find` does."""
        drafts: dict[Node, Layout] = {}
        path = [node]
        while node not in self._found:
            current = path[-1]
            if current in self._found:
                path.pop()
                continue
            draft = drafts.setdefault(current, drafts.get(current) or self._split(current))
            waiting = [one for one in draft.dependencies if one not in self._found]
            path += waiting
            if not waiting:
                self._found[current] = self._limit(current, draft)
                path.pop()
        return self._found[node]

    def _split(self, node: Node) -> Layout:
        """Return the layout without the limit, and without the number of reads."""
        whole = self._resolution.find(node)
        versions = {one.name: one for one in whole}
        unmet = [*self._requirements.read(node).unmet]
        named: list[Node] = []
        inlined: list[Node] = []
        queue = [*self._requirements.read(node).met]
        seen = {node}
        for required in queue:
            chosen = versions.get(required.name)
            if chosen is None:  # the release has a conflict, and is installed alone
                unmet.append(Requirement(required.name, required.extras))
                continue
            key = Node(chosen.name, chosen.version, required.extras)
            if chosen not in seen:
                seen.add(chosen)
                if self._can_name(node, whole, chosen):
                    named.append(chosen)
                else:
                    inlined.append(chosen)
                    queue += self._requirements.read(chosen).met
            if key not in seen:
                seen.add(key)
                own = self._requirements.read(key)
                base = self._requirements.read(chosen)
                queue += (one for one in own.met if one not in base.met)
                unmet += (one for one in own.unmet if one not in base.unmet)
        own_files = (node, *inlined)
        return Layout(
            tuple(sorted(named)),
            tuple(sorted(inlined)),
            self._import_pkg_resources(own_files) and not self._provide_pkg_resources(whole),
            tuple(dict.fromkeys(unmet)),
            0,
        )

    def _can_name(self, node: Node, whole: tuple[Node, ...], other: Node) -> bool:
        """Return whether the JSON file of `other` leads to nothing but releases in `whole`."""
        found = self._resolution.find(other)
        if found is whole:  # they are in one circle
            return False
        if not set(found) <= set(whole) or any(one.name == node.name for one in found):
            return False
        needs_own = self._import_pkg_resources(found) and not self._provide_pkg_resources(found)
        return not (needs_own and self._provide_pkg_resources(whole))

    def _limit(self, node: Node, draft: Layout) -> Layout:
        reads = 1 + draft.pkg_resources
        reads += sum(self._found[one].reads for one in draft.dependencies)
        if reads <= READ_LIMIT:
            return Layout(
                draft.dependencies, draft.inlined, draft.pkg_resources, draft.unmet, reads
            )
        whole = self._resolution.find(node)
        inlined = tuple(one for one in whole if one.name != node.name)
        needed = self._import_pkg_resources(whole) and not self._provide_pkg_resources(whole)
        return Layout((), inlined, needed, draft.unmet, 1 + needed)

    def _import_pkg_resources(self, nodes: Iterable[Node]) -> bool:
        return any(self._finder.get(*one[:2]).imports_pkg_resources for one in nodes)

    def _provide_pkg_resources(self, nodes: Iterable[Node]) -> bool:
        return any(self._finder.get(*one[:2]).provides_pkg_resources for one in nodes)
