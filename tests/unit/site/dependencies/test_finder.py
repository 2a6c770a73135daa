"""The releases of a catalog are candidates for the resolver."""

from packaging.specifiers import SpecifierSet

from sdist_upip.site.dependencies.finder import CatalogFinder
from support.catalogs import make_catalog


def make_finder():
    releases = {"1.0": [], "1.0-1": [], "2.0rc1": [], "1!0.5": ["b"], "0.9+x": []}
    return CatalogFinder(make_catalog({"a": releases}, {"a": "1!0.5"}))


def test_the_newest_that_may_be_chosen_is_first():
    finder = make_finder()
    for specifier, version in (
        ("", "1.0-1"),
        ("<1.0", "0.9+x"),
        (">=2.0rc1,<3", "2.0rc1"),
        ("==1!0.5", "1!0.5"),
        (">=3", None),
    ):
        assert finder.choose("a", SpecifierSet(specifier)) == version
    assert finder.choose("b", SpecifierSet()) is None


def test_releases_are_found_by_the_version_as_it_is_spelled():
    finder = make_finder()
    assert finder.get("a", "1!0.5").requires == ("b",)
    assert list(next(finder.find_candidates("b"))) == []
    assert finder.find_versions("a") == ["2.0rc1", "1.0-1", "1.0", "0.9+x"]
    assert finder.find_yanked("a") == ["1!0.5"]
    assert "The site has no release" in finder.not_found_message("b")
