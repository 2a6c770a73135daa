"""The releases that are installed for a release of a site: res(R) for the release R.

If the first choices of all requirements, and of their requirements in turn, have one release of
each project, the resolver would choose them, too. Otherwise the resolver is asked. So the answer
depends on the releases of the site only, not on the order of the questions.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

from ...errors import ResolutionError
from ...index.link import Link
from ...limits import PACKAGE_LIMIT
from ...requirements.requirement import Requirement
from ...requirements.target import Target
from ...resolve.resolution_error import NOTHING_INSTALLED
from ...resolve.resolver import resolve
from .finder import CatalogFinder
from .requirements import Node, RequirementReader

_ADVICE = "Add releases that fit together, or remove one that requires the others."


class Resolution:
    """Answers which releases of a site are installed for a release, itself included.

    With `permissive`, a release whose requirements conflict is installed alone.
    """

    def __init__(
        self,
        finder: CatalogFinder,
        requirements: RequirementReader,
        target: Target,
        *,
        permissive: bool = False,
    ) -> None:
        self._finder = finder
        self._requirements = requirements
        self._target = target
        self._permissive = permissive
        self._found: dict[Node, tuple[Node, ...]] = {}
        self._resolved: set[Node] = set()
        """Those of the found answers that are not first choices alone."""
        self._nodes: dict[Node, Node] = {}
        self.broken: set[Node] = set()

    def find(self, node: Node) -> tuple[Node, ...]:
        """Return the releases, sorted by name and without extras. Raises ResolutionError."""
        if node not in self._found:
            for circle in _find_circles(node, self._list_children):
                self._answer(circle)
        return self._found[node]

    def _list_children(self, node: Node) -> Iterator[Node]:
        """Yield the releases that are asked for before the release itself."""
        if node not in self._found:
            yield from self._read(node)

    def _read(self, node: Node) -> tuple[Node, ...]:
        met = self._requirements.read(node).met
        return (node.base, *met) if node.extras else met

    def _answer(self, circle: list[Node]) -> None:
        """Find the answers for releases that require one another, often one alone."""
        choices = self._unite(circle)
        if choices is not None and len(choices) <= PACKAGE_LIMIT:
            self._found.update(dict.fromkeys(circle, self._sort(choices)))
            return
        for member in circle:
            self._resolved.add(member)
            try:
                found = choices or self._resolve(member)
                if len(found) > PACKAGE_LIMIT:
                    raise ResolutionError(
                        f"{member} requires more than {PACKAGE_LIMIT:,} packages in all. "
                        "Remove requirements."
                    )
            except ResolutionError:
                if not self._permissive:
                    raise
                self.broken.add(member.base)
                found = {member.name: member.version}
            self._found[member] = self._sort(found)

    def _sort(self, found: dict[str, str]) -> tuple[Node, ...]:
        nodes = (Node(name, version) for name, version in sorted(found.items()))
        return tuple(self._nodes.setdefault(one, one) for one in nodes)

    def _unite(self, circle: list[Node]) -> dict[str, str] | None:
        """Return name → version of all first choices, None if two of a project differ."""
        found: dict[str, str] = {}
        outside = {one: None for member in circle for one in self._read(member)}
        for child in (*circle, *outside):
            if child in self._resolved:
                return None
            for name, version, _ in self._found.get(child, (child,)):
                if found.setdefault(name, version) != version:
                    return None
        return found

    def _resolve(self, node: Node) -> dict[str, str]:
        filename = self._finder.get(node.name, node.version).filename
        link = Link(filename, filename)
        root = Requirement(node.name, node.extras, raw_version=node.version, link=link)
        try:
            chosen = resolve(
                [root], self._finder, self._requirements, lambda name: None, self._target
            )
        except ResolutionError as error:
            head = f"{node} cannot be in the site, since its requirements conflict."
            details = [line for line in error.args if not str(line).startswith(NOTHING_INSTALLED)]
            raise ResolutionError(head, *details, _ADVICE) from error
        return {one.name: one.raw_version for one in chosen}


def _find_circles(
    root: Node, list_children: Callable[[Node], Iterator[Node]]
) -> Iterator[list[Node]]:
    """Yield the nodes below `root` in groups that reach one another, each after those it reaches.

    This is Tarjan's algorithm without recursion.
    """
    low: dict[Node, int] = {root: 0}
    index = {root: 0}
    open_nodes = [root]
    path = [(root, list_children(root))]
    while path:
        node, children = path[-1]
        for child in children:
            if child not in index:
                index[child] = low[child] = len(index)
                open_nodes.append(child)
                path.append((child, list_children(child)))
                break
            low[node] = min(low[node], low[child])
        else:
            path.pop()
            if path:
                parent = path[-1][0]
                low[parent] = min(low[parent], low[node])
            if low[node] == index[node]:
                circle = [open_nodes.pop()]
                while circle[-1] != node:
                    circle.append(open_nodes.pop())
                low.update(dict.fromkeys(circle, sys.maxsize))  # never the lowest again
                yield circle
