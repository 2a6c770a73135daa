"""Which requirements of a release the site meets."""

from dataclasses import replace

import pytest

from sdist_upip.errors import ConfigError, ResolutionError
from sdist_upip.requirements.target import Target
from sdist_upip.site.dependencies.finder import CatalogFinder
from sdist_upip.site.dependencies.requirements import Node, RequirementReader
from support.catalogs import make_catalog

TEXTS = [
    *("b>=1", "B<2", "C", "d[x,y]", "d", "a", "nope>=1", "b!=1.5"),
    *("c>5; extra == 'x'", "e; sys_platform == 'rp2'", "f; sys_platform == 'esp32'"),
]
SITE = {"a": {"1.0": TEXTS, "2.0": []}} | {
    name: {"1.0": [], "1.5": [], "2.0": []} for name in ("b", "c", "d", "e", "f")
}


def make_reader(catalog, target=None):
    finder = CatalogFinder(catalog)
    return RequirementReader(finder, target or Target("rp2", "1.28")), finder


def test_requirements_are_met_by_the_newest_that_satisfies_all_of_a_name():
    reader, _ = make_reader(make_catalog(SITE))
    found = reader.read(Node("a", "1.0"))
    assert found.met == (
        *(Node("b", "1.0"), Node("c", "2.0"), Node("d", "2.0", ("x", "y")), Node("d", "2.0")),
        *(Node("a", "1.0"), Node("e", "2.0")),
    )
    assert [str(one) for one in found.unmet] == ["nope>=1"]


def test_extras_have_requirements_of_their_own():
    reader, _ = make_reader(make_catalog(SITE))
    found = reader.read(Node("a", "1.0", ("x",)))
    assert [one.name for one in found.unmet] == ["c", "nope"]


def test_requirements_that_boards_have_do_not_count():
    catalog = make_catalog(SITE)
    entry = catalog.get("a")
    first, second = entry.releases
    catalog.put(replace(entry, releases=(replace(first, without=("b", "nope")), second)))
    reader, finder = make_reader(catalog)
    found = reader.read(Node("a", "1.0"))
    assert found.unmet == () and "b" not in {one.name for one in found.met}
    candidate = next(one for one in next(finder.find_candidates("a")) if one.raw_version == "1.0")
    texts = reader.read_requires(candidate)
    assert texts == [one for one in TEXTS if one[0] not in "bBn"]


@pytest.mark.parametrize(
    ("text", "kind", "message"),
    [
        ("b ~~ 1", ResolutionError, "a 1.0 requires 'b ~~ 1': Invalid requirement"),
        ("b; sys_platform == 'rp2'", ConfigError, "depends on the board. Set --platform"),
        ("b @ https://h/b.tar.gz", ResolutionError, "has a URL"),
    ],
)
def test_requirements_that_cannot_be_evaluated_are_refused(text, kind, message):
    reader, _ = make_reader(make_catalog({"a": {"1.0": [text]}}), Target())
    with pytest.raises(kind, match=message):
        reader.read(Node("a", "1.0"))
