"""Releases of a site come before those of indexes, unless newer ones are asked for."""

import pytest
from packaging.version import Version

from sdist_upip.index.link import Link
from sdist_upip.requirements.requirement import evaluate_requirement, parse_requirement
from sdist_upip.requirements.target import Target
from sdist_upip.resolve.candidates import Candidate
from sdist_upip.resolve.sources import CandidateFinder
from sdist_upip.site.catalog import Catalog
from sdist_upip.site.known_releases import KnownFinder, KnownReleases, apply_edits
from support.catalogs import make_catalog


def candidate(name, version):
    filename = f"{name}-{version}.tar.gz"
    return Candidate(name, version, Version(version), links=(Link(filename, filename),))


class Places(CandidateFinder):
    """Two places, of which the first lacks what is not in it."""

    def find_candidates(self, name):
        yield []
        yield [candidate(name, "1.0"), candidate(name, "3.0")]

    def not_found_message(self, name):
        return f"no {name}"


def versions(finder, name="x"):
    return [[one.raw_version for one in place] for place in finder.find_candidates(name)]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [["2.0", "1"], [], ["1.0", "3.0"]]),
        ({"fresh": ["x"]}, [[], ["1.0", "3.0"]]),
        ({"fresh": ["y"]}, [["2.0", "1"], [], ["1.0", "3.0"]]),
        ({"upgrade": True}, [["2.0", "1", "3.0"], ["2.0", "1"]]),
        ({"upgrade": True, "fresh": ["x"]}, [["2.0", "1", "3.0"], ["2.0", "1"]]),
    ],
)
def test_the_places_have_an_order(options, expected):
    known = KnownReleases(make_catalog({"x": {"2.0": ["y"], "1": []}}))
    finder = KnownFinder(known, Places(), **options)
    assert versions(finder) == expected
    assert finder.not_found_message("x") == "no x"


@pytest.mark.parametrize(
    ("text", "options", "expected"),
    [
        ("x", {}, []),
        ("x>=2", {}, [("x>=2", "")]),
        ("y", {}, [("y", "")]),
        ("x", {"fresh": ["x"]}, [("x", "1.0")]),
        ("x", {"upgrade": True}, [("x", "1.0")]),
        ("x>=2", {"upgrade": True}, [("x>=2", "")]),
    ],
)
def test_other_places_prepare_only_if_they_are_asked(text, options, expected):
    asked = []

    class Others(Places):
        def expect(self, requirement, *, pre, installed=""):
            asked.append((str(requirement), installed))

    known = KnownReleases(make_catalog({"x": {"1.0": []}}))
    requirement = evaluate_requirement(parse_requirement(text), Target())
    KnownFinder(known, Others(), **options).expect(requirement, pre=False)
    assert asked == expected


def test_a_release_of_a_site_has_its_requirements():
    known = KnownReleases(make_catalog({"x": {"1.0": ["y>=2"]}}, yanked={"x": "1.0"}))
    (found,) = known.get("x")
    assert found.installed.requires == ("y>=2",)
    assert found.yanked
    assert known.get("y") == []


def test_a_release_does_not_require_what_boards_have():
    known = KnownReleases(make_catalog({"x": {"1.0": ["Y_z>=2", "a"]}}, without=["y-z"]))
    (found,) = known.get("x")
    assert found.installed.requires == ("a",)


def test_releases_are_added_once():
    known = KnownReleases(make_catalog({"x": {"1.0": []}}))
    added = [known.add(candidate("x", version)) for version in ("1.0.0", "2.0", "2.0.0")]
    assert added == [False, True, False]
    assert [one.raw_version for one in known.get("x")] == ["1.0", "2.0"]
    assert known.has(candidate("x", "1"))
    assert not known.has(candidate("x", "2.0"))
    assert not KnownReleases(Catalog()).has(candidate("x", "1"))


def test_words_are_chosen_after_the_changes_of_the_command():
    catalog = make_catalog({"x-y": {"1.0": [], "2.0": []}, "z": {"1": []}}, yanked={"x-y": "1.0"})
    edited = apply_edits(catalog, [("X_Y", "2"), ("z", "1.0"), ("a", "1"), ("z", "2")], [], [])
    assert [one.raw_version for one in KnownReleases(edited).get("x-y")] == ["1.0"]
    assert "z" not in edited and "z" in catalog
    yanks = [("z", "1.0", "bad"), ("z", "2", "")]
    known = KnownReleases(apply_edits(catalog, [], yanks, [("x.y", "1")]))
    found = {(one.title, one.yanked) for name in ("x-y", "z") for one in known.get(name)}
    assert found == {("x-y 1.0", False), ("x-y 2.0", False), ("z 1", True)}
