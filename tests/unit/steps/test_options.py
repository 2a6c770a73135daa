"""Options of steps: defaults, types, and messages that name the option."""

import pytest

from sdist_upip.errors import StepError
from sdist_upip.steps.options import read_options

DEFAULTS = {"exclude": (), "keep-names": ("a", "b"), "optimize": 2, "arch": "", "asserts": False}


def read(**options):
    return read_options(
        "x", {name.replace("_", "-"): value for name, value in options.items()}, DEFAULTS
    )


def test_without_options_the_defaults_hold():
    assert read() == DEFAULTS
    assert read_options("x", {}, {}) == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("exclude", ["a/*.py", "**/b"]),
        ("exclude", []),
        ("keep-names", [""]),
        ("optimize", 0),
        ("optimize", -1),
        ("arch", "xtensa"),
        ("asserts", True),
    ],
)
def test_an_option_overrides_its_default(name, value):
    before = dict(DEFAULTS)
    assert read(**{name: value}) == {**DEFAULTS, name: value}
    assert before == DEFAULTS


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("exclude", "a/*.py", "an array of strings"),
        ("exclude", ["a", 1], "an array of strings"),
        ("keep-names", ("a",), "an array of strings"),
        ("keep-names", {"a": 1}, "an array of strings"),
        ("optimize", True, "a number"),
        ("optimize", "2", "a number"),
        ("optimize", 2.0, "a number"),
        ("arch", 1, "a string"),
        ("arch", None, "a string"),
        ("arch", ["xtensa"], "a string"),
        ("asserts", 1, "true or false"),
        ("asserts", "true", "true or false"),
    ],
)
def test_a_value_of_another_type_is_refused(name, value, expected):
    with pytest.raises(StepError) as caught:
        read(**{name: value})
    assert str(caught.value) == (
        f"[tool.sdist-upip.step.x]: expected {name} to be {expected}, got {value!r}."
    )


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("optimise", "Did you mean 'optimize'?"),
        ("keep_names", "Did you mean 'keep-names'?"),
        ("excludes", "Did you mean 'exclude'?"),
        ("Arch", "Did you mean 'arch'?"),
        ("zzz", "Use one of exclude, keep-names, optimize, arch, asserts."),
        ("", "Use one of exclude, keep-names, optimize, arch, asserts."),
    ],
)
def test_an_unknown_option_is_refused(name, hint):
    with pytest.raises(StepError) as caught:
        read_options("x", {"optimize": 1, name: 1}, DEFAULTS)
    assert str(caught.value) == f"[tool.sdist-upip.step.x]: unknown option {name!r}. {hint}"


@pytest.mark.parametrize("pattern", ["/a", "a\\b", "../a", ""])
def test_a_pattern_that_is_invalid_is_refused(pattern):
    with pytest.raises(StepError) as caught:
        read(exclude=["a/**", pattern])
    assert str(caught.value).startswith(
        f"[tool.sdist-upip.step.x] exclude: Invalid pattern {pattern!r}."
    )
    assert read(keep_names=[pattern])["keep-names"] == [pattern]
