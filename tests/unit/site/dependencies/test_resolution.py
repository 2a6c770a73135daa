"""The releases that are installed for a release: those of the resolver, whoever asks first."""

import random

import pytest

from sdist_upip.errors import ResolutionError
from sdist_upip.requirements.target import Target
from sdist_upip.site.dependencies.finder import CatalogFinder
from sdist_upip.site.dependencies.requirements import Node, RequirementReader
from sdist_upip.site.dependencies.resolution import Resolution, _find_circles
from support.catalogs import make_catalog


def make_resolution(projects, yanked=None, **options):
    finder = CatalogFinder(make_catalog(projects, yanked))
    return Resolution(finder, RequirementReader(finder, Target()), Target(), **options)


def show(nodes):
    return " ".join(f"{one.name}-{one.version}" for one in nodes)


SETS = {
    "alone": ({"a": {"1": []}}, "a-1"),
    "diamond": ({"a": {"1": ["b", "c"]}, "b": {"1": ["d"]}, "c": {"1": ["d"]}, "d": {"1": []}},
                "a-1 b-1 c-1 d-1"),
    "itself": ({"a": {"1": ["a"], "2": ["a"]}}, "a-1"),
    "circle": ({"a": {"1": ["b"]}, "b": {"1": ["c"]}, "c": {"1": ["a"]}}, "a-1 b-1 c-1"),
    "older in a circle": ({"a": {"1": ["b"], "2": []}, "b": {"1": ["a"]}}, "a-1 b-1"),
    "conflict": ({"a": {"1": ["b", "c<2"]}, "b": {"1": ["c"]}, "c": {"1": [], "2": []}},
                 "a-1 b-1 c-1"),
    "older release": ({"a": {"1": ["b", "c<2"]}, "b": {"1": [], "2": ["c>=2"]},
                       "c": {"1": [], "2": []}}, "a-1 b-1 c-1"),
    "extra": ({"a": {"1": ["b[x]"]}, "b": {"1": ["c; extra == 'x'", "d; extra == 'y'"]},
               "c": {"1": []}, "d": {"1": []}}, "a-1 b-1 c-1"),
    "own extra": ({"a": {"1": ["a[x]", "b; extra == 'x'"]}, "b": {"1": []}}, "a-1 b-1"),
    "missing": ({"a": {"1": ["b", "nope"]}, "b": {"1": ["nope2"]}}, "a-1 b-1"),
    "pre-release": ({"a": {"1": ["b"]}, "b": {"1": [], "2rc1": []}}, "a-1 b-1"),
    "only a pre-release": ({"a": {"1": ["b"]}, "b": {"2rc1": []}}, "a-1 b-2rc1"),
    "spelling": ({"a": {"1": ["B_c>=1.0.post1"]}, "b-c": {"1.0-1": []}}, "a-1 b-c-1.0-1"),
}  # fmt: skip


@pytest.mark.parametrize("name", SETS)
def test_releases_are_those_of_the_resolver(name):
    projects, expected = SETS[name]
    resolution = make_resolution(projects)
    assert show(resolution.find(Node("a", "1"))) == expected
    resolved = resolution._resolve(Node("a", "1"))
    assert " ".join(f"{one}-{version}" for one, version in sorted(resolved.items())) == expected


def test_yanked_releases_are_for_pins():
    projects = {"a": {"1": ["b"], "2": ["b==2"]}, "b": {"1": [], "2": []}}
    resolution = make_resolution(projects, {"b": "2"})
    assert show(resolution.find(Node("a", "1"))) == "a-1 b-1"
    assert show(resolution.find(Node("a", "2"))) == "a-2 b-2"


CONFLICTS = {
    "two versions": {"a": {"1": ["b", "c<2"]}, "b": {"1": ["c>=2"]}, "c": {"1": [], "2": []}},
    "another version of itself": {"a": {"1": ["a>=2"], "2": []}},
    "another version in a circle": {"a": {"1": ["b"], "2": []}, "b": {"1": ["a>=2"]}},
}


@pytest.mark.parametrize("name", CONFLICTS)
def test_conflicts_are_refused(name):
    with pytest.raises(ResolutionError, match=r"a 1 cannot be in the site[\s\S]*requires") as error:
        make_resolution(CONFLICTS[name]).find(Node("a", "1"))
    assert "Nothing is installed" not in str(error.value)
    assert error.value.lines[-1].startswith("Add releases that fit together")


def test_conflicts_are_alone_when_permissive():
    resolution = make_resolution(CONFLICTS["two versions"], permissive=True)
    assert show(resolution.find(Node("a", "1"))) == "a-1"
    assert resolution.broken == {Node("a", "1")}


def test_many_diamonds_and_long_chains_are_quick():
    wide = {f"p{n}": {"1": [f"p{n + 1}", f"q{n + 1}"]} for n in range(60)}
    wide |= {f"q{n}": {"1": [f"p{n + 1}", f"q{n + 1}"]} for n in range(1, 60)}
    wide |= {name: {"1": []} for name in ("p60", "q60")}
    assert len(make_resolution(wide).find(Node("p0", "1"))) == 121
    chain = {f"p{n}": {"1": [f"p{n + 1}"]} for n in range(1100)} | {"p1100": {"1": []}}
    resolution = make_resolution(chain)
    assert len(resolution.find(Node("p101", "1"))) == 1000
    with pytest.raises(ResolutionError, match="requires more than 1,000 packages"):
        resolution.find(Node("p100", "1"))


@pytest.mark.parametrize("seed", range(25))
def test_random_sets_are_those_of_the_resolver_in_any_order(seed):
    rng = random.Random(seed)
    names = [f"p{number}" for number in range(6)]
    projects = {
        name: {
            version: [
                rng.choice(names) + rng.choice(["", "", "<3", ">=2", "==1"])
                for _ in range(rng.randint(0, 2))
            ]
            for version in rng.sample(["1", "2", "3", "4rc1"], rng.randint(1, 3))
        }
        for name in names
    }
    nodes = [Node(name, version) for name in names for version in projects[name]]
    results = []
    for _ in range(2):
        resolution = make_resolution(projects, permissive=True)
        rng.shuffle(nodes)
        results.append({node: resolution.find(node) for node in nodes})
    assert results[0] == results[1]
    for node in nodes:
        if node not in resolution.broken:
            resolved = resolution._resolve(node)
            assert {one.name: one.version for one in results[0][node]} == resolved


@pytest.mark.parametrize("seed", range(20))
def test_circles_are_releases_that_reach_one_another(seed):
    rng = random.Random(seed)
    nodes = [Node(f"p{number}", "1") for number in range(40)]
    children = {node: rng.choices(nodes, k=rng.choice([0, 0, 1, 1, 2])) for node in nodes}
    reached = {node: [node] for node in nodes}
    for found in reached.values():
        for one in found:
            found += [child for child in dict.fromkeys(children[one]) if child not in found]
    for root in nodes:
        seen = set()
        for circle in _find_circles(root, lambda node: iter(children[node])):
            expected = {one for one in reached[circle[0]] if circle[0] in reached[one]}
            assert {*circle} == expected and len(circle) == len(expected)
            seen |= expected
            assert seen.issuperset(reached[circle[0]])
        assert seen == {*reached[root]}
