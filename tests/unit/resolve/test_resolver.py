"""The set of releases that is chosen, and the message if there is none."""

import pytest

from sdist_upip.errors import ResolutionError
from sdist_upip.index.link import Link
from sdist_upip.installed.package import InstalledPackage
from sdist_upip.limits import REQUIREMENT_LIMIT
from sdist_upip.requirements.requirement import (
    evaluate_requirement,
    parse_requirement,
    read_direct_reference,
)
from sdist_upip.requirements.target import Target
from sdist_upip.resolve.candidates import make_candidates
from sdist_upip.resolve.resolver import resolve
from sdist_upip.resolve.sources import CandidateFinder

TARGET = Target("rp2", "1.28")


class Shelf(CandidateFinder):
    """Finder, preparer and directory in one: releases as {"name version": [requirements]}, in one
    place after the other."""

    def __init__(self, *places, installed=None):
        self.places = places
        self.installed = installed or {}
        self.asked = []

    def find_candidates(self, name):
        for number, place in enumerate(self.places):
            self.asked.append((number, name))
            files = [f"{'-'.join(title.split())}.tar.gz" for title in place]
            links = [Link(file, f"http://h/{file}", comes_from="http://h") for file in files]
            yield make_candidates(links, name)

    def find_versions(self, name):
        places = list(self.find_candidates(name))
        found = sorted((one.version, one.raw_version) for place in places for one in place)
        return [raw_version for _, raw_version in reversed(found)]

    def find_yanked(self, name):
        return []

    def find_installed(self, name):
        for title, requires in self.installed.items():
            if title.split()[0] == name:
                return InstalledPackage(name, title.split()[1], (), tuple(requires))
        return None

    def read_requires(self, candidate):
        if candidate.installed:
            return candidate.installed.requires
        return next(place[candidate.title] for place in self.places if candidate.title in place)

    def not_found_message(self, name):
        return "no archive of it anywhere"


def evaluate(text):
    return evaluate_requirement(parse_requirement(text), TARGET)


def resolve_all(shelf, *requirements, **options):
    return resolve(requirements, shelf, shelf, shelf.find_installed, TARGET, **options)


def choose(shelf, *words, **options):
    return [str(candidate) for candidate in resolve_all(shelf, *map(evaluate, words), **options)]


PLACE = {
    "app 1.0": ["dep>=1", "net[tls]"],
    "app 2.0": ["dep>=1", "net[tls]"],
    "dep 1.0": [],
    "dep 2.0": [],
    "dep 3.0rc1": [],
    "net 3": [
        "tls==1; extra == 'tls'",
        "dep<2; extra == 'old'",
        "nothing; sys_platform == 'win32'",
    ],
    "tls 1": [],
    "tls 2": [],
}


def test_the_newest_of_all_that_is_needed():
    assert choose(Shelf(PLACE), "app") == ["app 2.0", "dep 2.0", "net[tls] 3", "tls 1"]


def test_pre_releases_if_asked_for():
    assert choose(Shelf(PLACE), "dep", pre=True) == ["dep 3.0rc1"]
    assert choose(Shelf(PLACE), "dep>=3rc0") == ["dep 3.0rc1"]


def test_extras_of_all_that_want_a_package_add_up():
    assert choose(Shelf(PLACE), "net", "net[old]", "net[tls]") == [
        "dep 1.0",
        "net[old,tls] 3",
        "tls 1",
    ]


def test_a_circle_that_only_a_rejected_release_requires_is_left_out():
    place = {
        "app 1": ["a!=2"],
        "a 1.1": ["b"],
        "a 1.0": [],
        "b 3": ["a[x]==1.0", "b[x]"],
        "b 2": ["b"],
    }
    assert choose(Shelf(place), "app") == ["a 1.0", "app 1"]


def test_an_extra_takes_the_release_that_the_others_leave():
    place = {"net 1": ["tls; extra == 'tls'"], "net 2": ["tls; extra == 'tls'"], "tls 1": ["net<2"]}
    assert choose(Shelf(place), "net[tls]") == ["net[tls] 1", "tls 1"]


def test_the_first_place_that_has_what_fits_wins():
    places = [{"dep 1.0": []}, {"dep 2.0": [], "dep 1.0": []}]
    assert choose(Shelf(*places), "dep") == ["dep 1.0"]
    assert choose(Shelf(*places), "dep>1") == ["dep 2.0"]
    shelf = Shelf(*places)
    choose(shelf, "dep")
    assert (1, "dep") not in shelf.asked


def test_older_releases_are_tried_where_upip_gives_up():
    place = {
        "app 2": ["dep>=2"],
        "app 1": ["dep"],
        "other 1": ["dep<2"],
        "dep 1": [],
        "dep 2": [],
    }
    assert choose(Shelf(place), "app", "other") == ["app 1", "dep 1", "other 1"]


def test_circles():
    place = {"a 1": ["b"], "b 1": ["a>=1", "c"], "c 1": ["a", "b"]}
    assert choose(Shelf(place), "c") == ["a 1", "b 1", "c 1"]


def test_a_dependency_that_is_there_stays_and_a_package_that_is_named_gets_newer():
    shelf = Shelf(PLACE, installed={"dep 1.0": [], "app 1.0": ["dep>=1"]})
    app, dep, *_ = resolve_all(shelf, evaluate("app"))
    assert (app.raw_version, dep.raw_version) == ("2.0", "1.0")
    assert dep.installed
    assert (0, "dep") not in shelf.asked
    assert choose(shelf, "app", upgrade=True)[:2] == ["app 2.0", "dep 2.0"]


def test_what_is_there_in_the_newest_release_stays():
    shelf = Shelf(PLACE, installed={"dep 2.0": []})
    (dep,) = resolve_all(shelf, evaluate("dep"))
    assert dep.installed
    (dep,) = resolve_all(Shelf(installed={"dep 2.0": []}), evaluate("dep==2.0"))
    assert dep.installed


def test_an_upgrade_makes_nothing_older_and_leaves_alone_what_is_nowhere():
    shelf = Shelf(PLACE, installed={"dep 7.0": [], "own 1.0": ["dep"]})
    assert choose(shelf, "own", "dep", upgrade=True) == ["dep 7.0", "own 1.0"]
    assert choose(shelf, "dep<7", "own", upgrade=True) == ["dep 2.0", "own 1.0"]
    assert choose(shelf, "dep") == ["dep 2.0"]  # as upip
    assert explain(shelf, "own") == ["own: no archive of it anywhere"]


@pytest.mark.parametrize(
    ("installed", "requirement", "upgrade", "chosen"),
    [
        ("app 1", "dep>=2", False, "app 2"),
        ("app 2", "dep<2", True, "app 1"),
    ],
)
def test_an_installed_release_whose_requirements_conflict_is_replaced(
    installed, requirement, upgrade, chosen
):
    place = {"app 2": ["dep>=2"], "app 1": ["dep<2"], "dep 2": [], "dep 1": []}
    shelf = Shelf(
        {**place, "other 1": ["app", requirement]}, installed={installed: place[installed]}
    )
    assert choose(shelf, "other", upgrade=upgrade)[0] == chosen


def test_what_is_there_and_does_not_fit_goes():
    shelf = Shelf(PLACE, installed={"dep 0.5": []})
    assert choose(shelf, "app")[1] == "dep 2.0"


def test_a_given_archive_counts_for_all_who_want_it():
    link = Link("dep-1.0.tar.gz", "http://elsewhere/dep-1.0.tar.gz")
    chosen = resolve_all(Shelf(PLACE), evaluate("app"), read_direct_reference(link))
    assert {one.name: one for one in chosen}["dep"].links == (link,)


def test_an_archive_that_is_named_twice_is_verified_with_its_first_hash():
    first = Link("dep-1.0.tar.gz", "http://h/dep-1.0.tar.gz", {"sha256": "ab" * 32})
    again = Link("dep-1.0.tar.gz", "http://h/dep-1.0.tar.gz")
    (dep,) = resolve_all(Shelf(PLACE), *map(read_direct_reference, (first, again)))
    assert dep.links == (first,)


def test_a_candidate_names_what_it_requires():
    place = {**PLACE, "net 3": ["tls==1; extra == 'tls'", "dep"]}
    chosen = {one.name: one.requires for one in resolve_all(Shelf(place), evaluate("app"))}
    assert chosen == {"app": ("dep", "net"), "dep": (), "net": ("dep", "tls"), "tls": ()}
    place = {"a 1": ["a", "b[x]"], "b 1": ["b[y]; extra == 'x'", "c; extra == 'y'"], "c 1": []}
    chosen = {one.name: one.requires for one in resolve_all(Shelf(place), evaluate("a"))}
    assert chosen == {"a": ("a", "b"), "b": ("b", "c"), "c": ()}


def explain(shelf, *words):
    with pytest.raises(ResolutionError) as caught:
        choose(shelf, *words)
    return str(caught.value).splitlines()


def test_a_conflict_lists_who_requires_what():
    place = {"app 1": ["dep>=2"], "net 3": ["dep<2"], "dep 1": [], "dep 2": []}
    assert explain(Shelf(place), "app", "net") == [
        "dep: No version satisfies all requirements (available: 2, 1).",
        "    app 1 requires dep>=2",
        "    net 3 requires dep<2",
        "Nothing is installed. Widen a range, or choose other versions of the packages that "
        "require it.",
    ]


def test_a_range_that_nothing_fits():
    place = {f"dep 1.{number}": [] for number in range(12)}
    lines = explain(Shelf(place), "dep>2")
    versions = "1.11, 1.10, 1.9, 1.8, 1.7, 1.6, 1.5, 1.4 and 4 older"
    head = f"dep: No version satisfies all requirements (available: {versions})."
    assert lines[:2] == [head, "    You require dep>2"]


def test_a_name_that_is_nowhere():
    assert explain(Shelf(PLACE), "nope") == ["nope: no archive of it anywhere"]
    place = {"app 2": ["gone"], "app 1": []}
    (line,) = explain(Shelf(place), "app")
    assert line.startswith("gone (required by app 2): no archive of it anywhere If the board has")


def test_dependencies_are_left_out():
    assert choose(Shelf(PLACE), "app", without={"dep"}) == ["app 2.0", "net[tls] 3", "tls 1"]
    assert choose(Shelf(PLACE), "app", without={"net"}) == ["app 2.0", "dep 2.0"]
    assert choose(Shelf(PLACE), "app", deps=False) == ["app 2.0"]
    assert choose(Shelf(PLACE), "net[tls]", "dep", deps=False) == ["dep 2.0", "net[tls] 3"]


def test_dependencies_of_installed_packages_are_left_out():
    place = {"app 1": ["lib"], "lib 1": ["gone"]}
    shelf = Shelf(place, installed={"lib 1": ["gone"]})
    assert choose(shelf, "app", without={"gone"}) == ["app 1", "lib 1"]
    assert choose(shelf, "app", without={"lib"}) == ["app 1"]


class Endless(Shelf):
    """An index on which package N requires what `requires` returns for N."""

    def __init__(self, requires):
        super().__init__()
        self.requires = requires

    def find_candidates(self, name):
        yield make_candidates([Link(f"{name}-1.tar.gz", f"http://h/{name}-1.tar.gz")], name)

    def read_requires(self, candidate):
        number = candidate.name.removeprefix("p")
        return self.requires(int(number)) if number.isdecimal() else ()


def test_a_chain_of_packages_ends(monkeypatch):
    monkeypatch.setattr("sdist_upip.resolve.dependencies.PACKAGE_LIMIT", 100)
    assert len(choose(Endless(lambda n: [f"p{n + 1}"] if n < 100 else []), "p0")) == 101
    for requires in (lambda n: [f"p{n + 1}"], lambda n: [f"p{49 * n + k}" for k in range(1, 50)]):
        with pytest.raises(ResolutionError, match=r"p\d+ 1: .* and the limit is 100\. Nothing"):
            choose(Endless(requires), "p0")


def test_requirements_of_many_packages_end():
    def requires(number):
        return [f"p{number + 1}", *(f"common!=0.{499 * number + k}" for k in range(499))]

    with pytest.raises(ResolutionError, match=r"have 10,500 requirements .* limit is 10,000\."):
        choose(Endless(requires), "p0")


@pytest.mark.parametrize(
    "texts",
    [
        ["common"] * REQUIREMENT_LIMIT,
        [f"common!=0.{number}" for number in range(REQUIREMENT_LIMIT)],
        [f"common[x{number}]" for number in range(REQUIREMENT_LIMIT)],
        [f"common; python_version > '2.{number}'" for number in range(REQUIREMENT_LIMIT)],
    ],
)
def test_many_requirements_of_one_package_are_one_question(texts):
    shelf = Endless(lambda n: texts if n == 0 else [])
    chosen = choose(shelf, "p0")
    assert [title.partition("[")[0].split()[0] for title in chosen] == ["common", "p0"]


def test_requirements_of_one_package_on_another_are_one():
    place = {"app 1": ["dep>=1", "dep<3", "dep>=1"], "dep 1": [], "dep 2": [], "dep 3": []}
    assert choose(Shelf(place), "app") == ["app 1", "dep 2"]
    with pytest.raises(ResolutionError, match=r"app 1 requires dep<3,>=1"):
        choose(Shelf(place), "app", "dep>=3")
