import pytest

from sdist_upip.resources.members import find_resources
from support.releases import release


@pytest.mark.parametrize(
    ("members", "holders"),
    [
        (["a/__init__.py", "a/b/d.txt"], {"a": ["b/d.txt"]}),
        (["a/__init__.py", "a/b/__init__.py", "a/b/d.txt"], {"a": ["b/d.txt"]}),
        (["a/__init__.mpy", "a/d.txt"], {"a": ["d.txt"]}),
        (["a/__main__.py", "a/data/d.txt"], {"a": ["data/d.txt"]}),
        (["ns/a/__init__.py", "ns/a/d.txt"], {"ns/a": ["d.txt"]}),
        (["ns/m.py", "ns/a/__init__.py", "ns/a/d.txt"], {"ns/a": ["d.txt"]}),
        (["ns/a/m.py", "ns/a/d.txt"], {"ns/a": ["d.txt"]}),
        (["m.py", "www/d.txt", "d.txt"], {}),
        (["a/__init__.py", "www/d.txt"], {}),
        (["a/__init__.py", "x.egg-info/requires.txt"], {}),
        (["a/__init__.py", "a/m.mpy", "a/m.py"], {}),
    ],
)
def test_where_resources_go(members, holders):
    found = find_resources(release(*members), "x.egg-info")
    assert {holder: sorted(names) for holder, names in found.items()} == holders
