"""index.json in the form of MicroPython's own index."""

import json

from sdist_upip.site.catalog import CatalogEntry
from sdist_upip.site.formats.listing import make_listing
from sdist_upip.site.records import ProjectRecord
from support.site_records import make_release


def make_entry(name, *releases):
    return CatalogEntry.from_project(ProjectRecord(name, (), releases))


def test_packages_have_the_versions_that_are_offered():
    entries = [
        make_entry("a", make_release("1.0-1", time=5), make_release("2.0", yanked="", time=9)),
        make_entry("b", make_release(yanked="", time=7)),
    ]
    content = json.loads(make_listing(entries, [("upip", "1.0", "Installer")]))
    assert (content["v"], content["updated"]) == (2, 9)
    first, own = content["packages"]
    assert first == {
        "name": "a",
        "version": "1.0.post1",
        "author": "Ada Example",
        "description": "A sample for tests",
        "license": "MIT",
        "path": "project/a",
        "versions": {"py": ["1.0.post1"], "6": ["1.0.post1"]},
    }
    assert (own["name"], own["description"]) == ("upip", "Installer")


def test_an_empty_site_has_a_listing():
    assert json.loads(make_listing([], [])) == {"v": 2, "updated": 0, "packages": []}
