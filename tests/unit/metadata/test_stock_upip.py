"""What stock upip does with each member."""

import pytest

from sdist_upip.metadata.stock_upip import action_on


@pytest.mark.parametrize(
    ("path", "action"),
    [
        ("x/__init__.py", "install"),
        ("pyproject.toml", "install"),
        ("x/setup.py", "install"),
        ("x/PKG-INFO", "install"),
        ("setup.py", "skip"),
        ("setup.cfg", "skip"),
        ("setup.d/x.py", "skip"),
        ("README.md", "skip"),
        ("README", "skip"),
        ("READMEs/x.py", "skip"),
        ("PKG-INFO", "skip"),
        ("x.egg-info/SOURCES.txt", "skip"),
        ("x/y.egg-info.py", "skip"),
        ("x.egg-info/requires.txt", "dependencies"),
        ("README/requires.txt", "dependencies"),
        ("requires.txt", "install"),
        ("x/requires.txt", "install"),
    ],
)
def test_what_stock_upip_does(path, action):
    assert action_on(path) == action
