"""The message for requirements that nothing satisfies."""

import pytest
from resolvelib.structs import RequirementInformation

from sdist_upip.filenames import parse_version
from sdist_upip.requirements.requirement import evaluate_requirement, parse_requirement
from sdist_upip.requirements.target import Target
from sdist_upip.resolve.candidates import Candidate
from sdist_upip.resolve.resolution_error import format_resolution_error

ADVICE = (
    "Nothing is installed. Widen a range, or choose other versions of the packages that require it."
)


def cause(text, parent=None):
    """Return a cause: the requirement `text` of "NAME VERSION", or yours."""
    requirement = evaluate_requirement(parse_requirement(text), Target())
    name, _, version = (parent or "").partition(" ")
    candidate = Candidate(name, version, parse_version(version)) if parent else None
    return RequirementInformation(requirement, candidate)


def explain(*causes, **versions):
    def find_versions(name):
        return versions.get(name, [])

    def find_yanked(name):
        return versions.get(f"yanked_{name}", [])

    return format_resolution_error(causes, find_versions, find_yanked)


def test_one_requirement_of_yours():
    assert explain(cause("a>=2"), a=["1"]) == [
        "a: No version satisfies all requirements (available: 1).",
        "    You require a>=2",
        ADVICE,
    ]


def test_requirements_are_grouped_by_package_and_named_once():
    lines = explain(
        cause("a<2", "x 1.0"),
        cause("b", "y 2"),
        cause("a>=2"),
        cause("a<2", "x 1.0"),
        cause("a<2", "y 2"),
        a=["2", "1"],
        b=["3"],
    )
    assert lines == [
        "a: No version satisfies all requirements (available: 2, 1).",
        "    x 1.0 requires a<2",
        "    You require a>=2",
        "    y 2 requires a<2",
        "b: No version satisfies all requirements (available: 3).",
        "    y 2 requires b",
        ADVICE,
    ]


def test_extras_are_shown():
    line = explain(cause("a[y,x]>=2"))[1]
    assert line == f"    You require {cause('a[y,x]>=2').requirement}"
    assert line.startswith("    You require a[")


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        (0, ""),
        (1, " (available: 0)"),
        (8, " (available: 0, 1, 2, 3, 4, 5, 6, 7)"),
        (9, " (available: 0, 1, 2, 3, 4, 5, 6, 7 and 1 older)"),
        (108, " (available: 0, 1, 2, 3, 4, 5, 6, 7 and 100 older)"),
    ],
)
def test_eight_versions_are_named(count, shown):
    first, *_ = explain(cause("a"), a=[str(number) for number in range(count)])
    assert first == f"a: No version satisfies all requirements{shown}."


def test_versions_are_asked_for_once_a_package():
    asked = []

    def find_versions(name):
        asked.append(name)
        return []

    format_resolution_error([cause("b"), cause("a"), cause("b>1")], find_versions, lambda name: ())
    assert asked == ["b", "a"]


@pytest.mark.parametrize(
    ("versions", "head"),
    [
        (
            {"yanked_a": ["2", "1"]},
            "a: No version satisfies all requirements. There are only yanked releases (2, 1). "
            "Pin one with == to install it.",
        ),
        (
            {"a": ["0.1"], "yanked_a": ["2"]},
            "a: No version satisfies all requirements (available: 0.1). There are yanked releases "
            "(2). Pin one with == to install it.",
        ),
    ],
)
def test_yanked_releases_are_named(versions, head):
    assert explain(cause("a>=1"), **versions)[0] == head
