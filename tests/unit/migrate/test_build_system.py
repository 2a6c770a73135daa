"""The requirement of sdist-upip in pyproject.toml."""

import pytest

from sdist_upip.errors import ConfigError
from sdist_upip.migrate.build_system import with_requirement


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('requires = ["setuptools"]', 'requires = ["setuptools", "sdist-upip"]'),
        ("requires = []", 'requires = ["sdist-upip"]'),
        ("requires = ['a[b]>=1',]", "requires = ['a[b]>=1', \"sdist-upip\"]"),
        (
            'requires = [\n  "setuptools",  # why\n  "wheel"\n]',
            'requires = [\n  "setuptools",  # why\n  "wheel",\n  "sdist-upip",\n]',
        ),
        ('requires = ["sdist_upip[mpy]>=1"]', 'requires = ["sdist_upip[mpy]>=1"]'),
    ],
)
def test_a_requirement_is_added_where_it_belongs(text, expected):
    head, tail = '[project]\nrequires = ["x"]\n[build-system]\n', "\n[tool.x]\nrequires = []\n"
    assert with_requirement(head + text + tail, "sdist-upip") == head + expected + tail


def test_a_table_is_made_where_there_is_none():
    table = '[build-system]\nrequires = ["setuptools>=61", "sdist-upip"]\n'
    assert with_requirement(None, "sdist-upip") == table
    assert with_requirement("[tool.x]\n", "sdist-upip") == table + "\n[tool.x]\n"


@pytest.mark.parametrize(
    "text",
    [
        "[build-system\n",
        '[build-system]\nrequires = "x"\n',
        'build-system = { requires = ["x"] }\n',
        'build-system.requires = ["x"]\n',
        "[build-system]\nbuild-backend = 'x'\n",
    ],
)
def test_a_table_that_is_not_understood_is_left_to_people(text):
    with pytest.raises(ConfigError):
        with_requirement(text, "sdist-upip")
