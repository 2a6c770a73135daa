"""What mip follows: exactly the releases that belong together, and an end."""

from dataclasses import replace

import pytest

from sdist_upip.requirements.target import Target
from sdist_upip.site.dependencies.finder import CatalogFinder
from sdist_upip.site.dependencies.layout import READ_LIMIT, LayoutFinder
from sdist_upip.site.dependencies.requirements import Node, RequirementReader
from sdist_upip.site.dependencies.resolution import Resolution
from support.catalogs import make_catalog


def make_layouts(projects, flags=None, **options):
    """`flags` are (imports, provides) pkg_resources by the name of a project."""
    catalog = make_catalog(projects)
    for name, (imports, provides) in (flags or {}).items():
        entry = catalog.get(name)
        releases = tuple(
            replace(one, imports_pkg_resources=imports, provides_pkg_resources=provides)
            for one in entry.releases
        )
        catalog.put(replace(entry, releases=releases))
    finder = CatalogFinder(catalog)
    reader = RequirementReader(finder, Target())
    resolution = Resolution(finder, reader, Target(), **options)
    return LayoutFinder(finder, reader, resolution), resolution


def follow(layouts, node, reads):
    """Return what mip installs for a release; it forgets what it has read."""
    reads.append(node)
    layout = layouts.find(node)
    found = {node, *layout.inlined}
    for one in layout.dependencies:
        found |= follow(layouts, one, reads)
    return found


def show(nodes):
    return " ".join(f"{one.name}-{one.version}" for one in nodes)


LAYOUTS = {
    "direct requirements only": (
        {"a": {"1": ["b"]}, "b": {"1": ["c"]}, "c": {"1": []}}, "b-1", ""),
    "circle": ({"a": {"1": ["b"]}, "b": {"1": ["a", "c"]}, "c": {"1": []}}, "c-1", "b-1"),
    "long circle": (
        {"a": {"1": ["b"]}, "b": {"1": ["c"]}, "c": {"1": ["d"]}, "d": {"1": ["b"]}}, "b-1", ""),
    "conflict below": (
        {"a": {"1": ["b", "c<2"]}, "b": {"1": ["c", "d"]}, "c": {"1": [], "2": []},
         "d": {"1": []}}, "c-1 d-1", "b-1"),
    "extras": (
        {"a": {"1": ["b[x]"]}, "b": {"1": ["c", "d; extra == 'x'"]}, "c": {"1": []},
         "d": {"1": []}}, "b-1 d-1", ""),
    "own extras": ({"a": {"1": ["a[x]", "b; extra == 'x'"]}, "b": {"1": []}}, "b-1", ""),
    "extras with a circle": (
        {"a": {"1": ["b[x]"]}, "b": {"1": ["c; extra == 'x'"]}, "c": {"1": ["a"]}}, "b-1", "c-1"),
    "itself": ({"a": {"1": ["a>=1"]}}, "", ""),
}  # fmt: skip


@pytest.mark.parametrize("name", LAYOUTS)
def test_mip_installs_the_releases_that_belong_together(name):
    projects, dependencies, inlined = LAYOUTS[name]
    layouts, resolution = make_layouts(projects)
    layout = layouts.find(Node("a", "1"))
    assert (show(layout.dependencies), show(layout.inlined)) == (dependencies, inlined)
    for project in projects:
        for version in projects[project]:
            node, reads = Node(project, version), []
            assert follow(layouts, node, reads) == {*resolution.find(node)}
            assert len(reads) == layouts.find(node).reads


def test_mip_reads_a_limited_number_of_files():
    wide = {f"p{n}": {"1": [f"p{n + 1}", f"q{n + 1}"]} for n in range(30)}
    wide |= {f"q{n}": {"1": [f"p{n + 1}", f"q{n + 1}"]} for n in range(1, 30)}
    wide |= {name: {"1": []} for name in ("p30", "q30")}
    chain = {f"c{n}": {"1": [f"c{n + 1}"]} for n in range(900)} | {"c900": {"1": []}}
    layouts, resolution = make_layouts(wide | chain)
    for name in (*wide, "c0", "c799", "c800", "c801"):
        node, reads = Node(name, "1"), []
        assert follow(layouts, node, reads) == {*resolution.find(node)}
        assert len(reads) == layouts.find(node).reads <= READ_LIMIT
    assert layouts.find(Node("c801", "1")).reads == READ_LIMIT
    assert layouts.find(Node("c800", "1")).dependencies == ()


PKG_RESOURCES = {
    "imported": ({"a": (True, False)}, True, ""),
    "not imported": ({}, False, ""),
    "provided by itself": ({"a": (True, True)}, False, ""),
    "provided by another": ({"a": (True, False), "c": (False, True)}, False, ""),
    "imported by another": ({"b": (True, False)}, False, ""),
    "imported by one, provided elsewhere": ({"b": (True, False), "c": (False, True)}, False, "b-1"),
}


@pytest.mark.parametrize("name", PKG_RESOURCES)
def test_pkg_resources_is_named_where_no_release_provides_it(name):
    flags, needed, inlined = PKG_RESOURCES[name]
    projects = {"a": {"1": ["b", "c"]}, "b": {"1": []}, "c": {"1": []}}
    layouts, _ = make_layouts(projects, flags)
    layout = layouts.find(Node("a", "1"))
    assert (layout.pkg_resources, show(layout.inlined)) == (needed, inlined)


def test_requirements_that_are_not_met_are_listed():
    projects = {"a": {"1": ["nope>=2", "b[x]"]}, "b": {"1": ["other", "third; extra == 'x'"]}}
    layouts, _ = make_layouts(projects)
    assert [str(one) for one in layouts.find(Node("a", "1")).unmet] == ["nope>=2", "third"]
    assert [str(one) for one in layouts.find(Node("b", "1")).unmet] == ["other"]


def test_a_release_with_a_conflict_misses_all():
    projects = {"a": {"1": ["b", "c<2"]}, "b": {"1": ["c>=2"]}, "c": {"1": [], "2": []}}
    layouts, _ = make_layouts(projects, permissive=True)
    layout = layouts.find(Node("a", "1"))
    assert (layout.dependencies, layout.inlined) == ((), ())
    assert [one.name for one in layout.unmet] == ["b", "c"]
