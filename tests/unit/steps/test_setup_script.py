"""The setup.py of a pip-compatible archive."""

import ast

import pytest

from sdist_upip.metadata.core import CoreMetadata
from sdist_upip.release import Member, Release
from sdist_upip.steps.setup_script import add_setup_script, split_requirements


def script_arguments(*paths):
    members = [Member("PKG-INFO", b"Name: x\n"), *(Member(path, b"") for path in paths)]
    script = add_setup_script(Release("x", "1", tuple(members))).get("setup.py")
    keywords = ast.parse(script.data).body[-1].value.keywords
    arguments = {item.arg: ast.literal_eval(item.value) for item in keywords}
    return {key: value for key, value in arguments.items() if key not in {"name", "version"}}


def test_the_script_names_packages_modules_and_data():
    assert script_arguments("a.py", "b/__init__.py", "b/c/d.py", "b/e/f/g.txt", "b/h.mpy") == {
        "packages": ["b", "b.c"],
        "py_modules": ["a"],
        "package_data": {"": ["*", "*/*/*"]},
    }
    assert script_arguments("boot.mpy", "a.b.py") == {
        "packages": [""],
        "script_name": "setup.py",
        "package_data": {"": ["a.b.py", "boot.mpy"]},
    }
    # What setuptools writes below build/ is not part of a package of that name.
    assert script_arguments("build/a.txt") == {
        "packages": ["build"],
        "package_data": {"": ["a.txt"]},
    }
    assert script_arguments("b/a.py", "b/x.egg-info/y", "b/z") == {
        "packages": ["b"],
        "package_data": {"": ["z"]},
    }


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ([], {}),
        (["a>1", 'b; os_name == "x"'], {"install_requires": ["a>1", 'b; os_name == "x"']}),
        (['a; extra == "e"'], {"extras_require": {"e": ["a"]}}),
        (
            ['a[q]>=1; (os_name == "x" or os_name == "y") and extra == "e"'],
            {"extras_require": {"e": ['a[q]>=1; (os_name == "x" or os_name == "y")']}},
        ),
        (
            ['a; extra == "e" or extra == "f"'],
            {
                "extras_require": {
                    "e": ['a; extra == "e" or extra == "f"'],
                    "f": ['a; extra == "e" or extra == "f"'],
                }
            },
        ),
        (
            ['a; os_name == "x" or os_name == "y" and extra == "e"'],
            {"extras_require": {"e": ['a; os_name == "x" or os_name == "y" and extra == "e"']}},
        ),
    ],
)
def test_requirements_are_split_by_extra(fields, expected):
    metadata = CoreMetadata(tuple(("Requires-Dist", line) for line in fields))
    assert split_requirements(metadata) == expected


def test_an_extra_without_requirements_stays():
    metadata = CoreMetadata(
        (("Provides-Extra", "Two.Names"), ("Requires-Dist", 'a; extra=="two-names"'))
    )
    assert split_requirements(metadata) == {"extras_require": {"Two.Names": ["a"]}}
    assert split_requirements(CoreMetadata((("Provides-Extra", "e"),))) == {
        "extras_require": {"e": []}
    }
