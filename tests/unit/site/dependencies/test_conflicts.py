"""Files of releases that would replace one another."""

from dataclasses import replace

import pytest

from sdist_upip.errors import ResolutionError
from sdist_upip.site.dependencies.conflicts import check_files
from sdist_upip.site.dependencies.finder import CatalogFinder
from sdist_upip.site.dependencies.requirements import Node
from support.catalogs import make_catalog


def check(files):
    """Check releases of the projects `files`: {name: {path: sha256}}. Return what was read."""
    catalog = make_catalog({name: {"1": []} for name in files})
    for name, paths in files.items():
        entry = catalog.get(name)
        top = tuple(sorted({path.partition("/")[0] for path in paths}))
        catalog.put(replace(entry, releases=(replace(entry.releases[0], top_level=top),)))
    read = []

    def read_files(node):
        read.append(node.name)
        return files[node.name]

    nodes = [Node(name, "1") for name in files]
    check_files(Node("root", "2"), nodes, CatalogFinder(catalog), read_files)
    return read


@pytest.mark.parametrize(
    ("files", "read"),
    [
        ({"a": {"a.py": "1"}, "b": {"b.py": "2"}}, []),
        ({"a": {"n/a.py": "1"}, "b": {"n/b.py": "2"}, "c": {"c.py": "3"}}, ["a", "b"]),
        ({"a": {"n.py": "1"}, "b": {"n.py": "1"}}, ["a", "b"]),
    ],
)
def test_files_are_read_of_releases_with_a_common_name(files, read):
    assert check(files) == read


@pytest.mark.parametrize(
    ("one", "other", "path"),
    [
        ("n.py", "n.py", "n.py"),
        ("n/x.py", "n/X.py", "n/X.py"),
        ("n/x", "n/x/y.py", "n/x"),
        ("n/x/y.py", "n/x", "n/x"),
    ],
)
def test_files_in_the_place_of_others_are_refused(one, other, path):
    message = f"root 2 requires a 1 and b 1, which both have {path} and differ"
    with pytest.raises(ResolutionError, match=message):
        check({"a": {one: "1"}, "b": {other: "2"}})
