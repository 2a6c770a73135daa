"""Versions, specifiers, requirements and markers as upip reads them, against packaging."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.markers import Marker
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version

from support.upip_device import DEVICE, import_module

VERSIONS = [
    *("0", "0.0.1", "1", "1.0", "1.0.0", "1.0.1", "1.1", "1.10", "1.2", "2.0", "v1.5", "1!0.5"),
    *("1.0a1", "1.0.a1", "1.0alpha2", "1.0b1", "1.0-beta.2", "1.0rc1", "1.0c2", "1.0-pre3", "1.0a"),
    *("1.0.dev1", "1.0.dev2", "1.0a1.dev1", "1.0.post1", "1.0-1", "1.0.rev2", "1.0.post1.dev1"),
    *("1.0.post", "1.0rc1.post2", "2.0.dev0", "1.1.post1", "2026.11.22", "1.4.5", "1.4", "1.5a1"),
]
SPECIFIERS = [
    *("", ">=1.0", "<=1.0", ">1.0", "<1.0", "==1.0", "!=1.0", "~=1.0", "~=1.4.2", "==1.*", "!=1.*"),
    *("==1.0.*", "!=1.0.*", ">1.0.post1", "<1.0rc1", "<2.0,>=1.0", ">=1.0,!=1.1,<1.5", "==1!0.5"),
    *("~=1.0a1", ">=1.0.dev1", " >= 1.0 , < 2 ", "~=0.0.1", "==1!0.*"),
    *(">=2026", "~=1.0.0", "<=1.0.post1", "==1.0a1", "!=1.0rc1", ">=1!0", "~=1.4.post1"),
]


@pytest.fixture
def req(upip):
    return import_module("upip_spec")


@pytest.fixture
def marker(upip):
    return import_module("upip_marker")


def test_versions_sort_as_in_packaging(req):
    for left, right in itertools.product(VERSIONS, repeat=2):
        ours = req.parse(left)[0], req.parse(right)[0]
        theirs = Version(left), Version(right)
        assert (ours[0] < ours[1]) == (theirs[0] < theirs[1]), (left, right)
        assert (ours[0] == ours[1]) == (theirs[0] == theirs[1]), (left, right)
    for text in VERSIONS:
        assert req.is_pre(req.parse(text)[0]) == Version(text).is_prerelease, text


@pytest.mark.parametrize("specs", SPECIFIERS)
def test_specifiers_match_as_in_packaging(req, specs):
    theirs = SpecifierSet(specs)
    for version in VERSIONS:
        assert bool(req.matches(version, specs)) == theirs.contains(version, prereleases=True), (
            version
        )


_numbers = st.lists(st.integers(0, 12), min_size=1, max_size=3).map(
    lambda parts: ".".join(map(str, parts))
)
_suffixes = st.sampled_from(["", "a1", "b2", "rc1", ".post1", ".dev3", "a1.dev2", ".post1.dev1"])
_versions = st.builds(lambda number, suffix: number + suffix, _numbers, _suffixes)


@given(_versions, _versions, st.sampled_from(["==", "!=", ">=", "<=", ">", "<", "~="]))
def test_any_specifier_matches_as_in_packaging(version, bound, operator):
    if operator in ("<", ">"):  # where versions of packaging differ: PEP 440 is vague there
        bound = bound.partition(".post")[0].partition("a")[0].partition("b")[0].partition("rc")[0]
        bound = bound.removesuffix(".dev3")
    if operator == "~=":  # it takes two numbers
        bound = f"1.{bound}"
    theirs = SpecifierSet(operator + bound).contains(version, prereleases=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(DEVICE))
        matches = import_module("upip_spec").matches
        assert bool(matches(version, operator + bound)) == theirs


@pytest.mark.parametrize("text", ["", "x", "1.x", "1..0", "1.0+", "1.0a1b1", "1.0.", "1 0", ".1"])
def test_an_invalid_version_is_refused(req, text):
    with pytest.raises(ValueError):
        req.parse(text)


@pytest.mark.parametrize(
    "text", ["", "-", "a b", "a >", "a =1", "a @ https://x/y", "a >=1 <2", "a[x", "a >=x", "a <1.*"]
)
def test_an_invalid_requirement_is_refused(req, text):
    with pytest.raises(ValueError, match="cannot read the requirement"):
        req.requirement(text)


def test_a_requirement_has_four_parts(req):
    assert req.requirement("My_App[Net, gui] (>=1.0,<2) ; sys_platform == 'rp2'") == (
        "my-app",
        ["net", "gui"],
        ">=1.0,<2",
        "sys_platform == 'rp2'",
    )
    assert req.requirement("logging") == ("logging", [""], "", "")
    assert req.requirement("a.b==1.0") == ("a-b", [""], "==1.0", "")


@given(st.text("aZ09._- \t~[\u212a", max_size=6))
def test_a_name_is_a_requirement_without_more(text):
    """upip_resolve takes text for a name before it loads upip_spec."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(DEVICE))
        req = import_module("upip_spec")
    try:
        name = req.normalize(text)
    except ValueError:
        return
    assert req.requirement(text) == (name, [""], "", "")


@pytest.mark.parametrize("name", ["My.App", "a__b", "x-_.-y", "plain", "Zope.Interface"])
def test_names_are_normalized_as_in_packaging(req, name):
    assert req.normalize(name) == canonicalize_name(name)


def test_specifiers_state_whether_they_allow_pre_releases_and_pin(req):
    assert req.traits("") == (False, False)
    assert req.traits(">=1.0a1") == (True, False)
    assert req.traits("!=1.0a1") == (False, False)
    assert req.traits("==1.0") == (False, True)
    assert req.traits("==1.*") == (False, False)


MARKERS = [
    "python_version < '4'",
    "python_version >= '3.10' and sys_platform == 'linux'",
    "sys_platform == 'rp2' or implementation_name == 'cpython'",
    "(sys_platform == 'rp2' or python_version > '3') and implementation_name != 'micropython'",
    "implementation_version >= '3'",
    "python_full_version != '3.4.0'",
    "'linux' in sys_platform",
    "sys_platform not in 'win32 darwin'",
    "platform_python_implementation == 'CPython'",
    "extra == 'net'",
    'python_version>"3"and(extra=="net"or sys_platform=="nope")',
    "python_version in '2.7 3.3'",
    "python_version ~= '3.5'",
]


@pytest.mark.parametrize("text", MARKERS)
@pytest.mark.parametrize("extra", ["", "net"])
def test_markers_apply_as_in_packaging(marker, text, extra):
    assert marker.applies(text, [extra]) == Marker(text).evaluate({"extra": extra})


def test_what_this_interpreter_does_not_know_is_empty(marker):
    assert marker.applies("platform_machine == ''", [""])
    assert marker.applies("os_name != 'nt'", [""])


@pytest.mark.parametrize(
    "text",
    ["python_version", "nothing == '1'", "python_version < ", "(extra == 'x'", "'a' == 'a", "1"],
)
def test_an_invalid_marker_is_refused(marker, text):
    with pytest.raises(ValueError, match="cannot read the marker"):
        marker.applies(text, [""])


PROGRAM = """
import upip_spec, upip_marker
for version, specs in CASES:
    print(int(bool(upip_spec.matches(version, specs))), end="")
print()
print(upip_marker.applies("implementation_name == 'micropython'", [""]))
print(upip_marker.applies("python_version >= '3.4' and extra == 'x'", ["", "x"]))
"""


def test_real_interpreters_agree(interpreter):
    from support.upip_device import upip_files

    cases = list(itertools.product(VERSIONS[::2], SPECIFIERS[::2]))
    outcome = interpreter.run(PROGRAM.replace("CASES", repr(cases)), upip_files())
    expected = "".join(
        str(int(SpecifierSet(specs).contains(version, prereleases=True)))
        for version, specs in cases
    )
    assert outcome.lines[0] == expected
    assert outcome.lines[1:] == [str(not interpreter.identity.is_cpython), "True"]
