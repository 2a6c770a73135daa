"""Requirements and versions: the same as upip reads on the board."""

import io

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from packaging.specifiers import SpecifierSet

from sdist_upip.errors import ConfigError, ResolutionError
from sdist_upip.filenames import read_archive_name
from sdist_upip.index.link import Link
from sdist_upip.requirements.requirement import Requirement, evaluate_requirement, parse_requirement
from sdist_upip.requirements.target import Target
from sdist_upip.resolve.candidates import make_candidates, select_candidates
from support.hostile_pages import LINES
from support.upip_device import import_module

NUMBERS = st.lists(st.integers(0, 3), min_size=1, max_size=3).map(lambda n: ".".join(map(str, n)))
SUFFIXES = st.sampled_from(["", "", "", "a1", "b2", "rc1", ".post1", ".dev1", "rc1.dev2", "-rc.1"])
VERSIONS = st.builds(
    lambda epoch, n, s: epoch + n + s, st.sampled_from(["", "", "1!"]), NUMBERS, SUFFIXES
)
EXACT = st.builds("{}{}".format, st.sampled_from(["==", "!=", ">=", "<=", ">", "<"]), VERSIONS)
COMPATIBLE = NUMBERS.filter(lambda n: "." in n).map("~={}".format)
PREFIX = st.builds("{}{}.*".format, st.sampled_from(["==", "!="]), NUMBERS)
SPECIFIERS = st.lists(st.one_of(EXACT, COMPATIBLE, PREFIX), max_size=3).map(",".join)
FAST = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@FAST
@given(version=VERSIONS, specifiers=SPECIFIERS)
def test_versions_fit_as_on_the_board(upip, version, specifiers):
    matches = import_module("upip_spec").matches
    requirement = Requirement("x", (), SpecifierSet(specifiers))
    assert requirement.is_satisfied_by(version) == matches(version, specifiers)


@FAST
@given(
    published=st.lists(
        st.tuples(VERSIONS, st.booleans()), min_size=1, max_size=6, unique_by=lambda p: p[0]
    ),
    specifiers=SPECIFIERS,
)
def test_the_release_that_upip_takes_is_the_first(upip, published, specifiers):
    anchors = [
        f'<a href="x-{version}.tar.gz"{" data-yanked" if yanked else ""}>'
        for version, yanked in published
    ]
    body = import_module("upip_http").Body
    page = "".join(anchors).encode()

    def fetch(url):
        return body(io.BytesIO(page), url)

    links = [
        Link(f"x-{version}.tar.gz", f"http://h/x/x-{version}.tar.gz", yanked=yanked)
        for version, yanked in published
    ]
    ours = select_candidates(make_candidates(links, "x"), SpecifierSet(specifiers), pre=False)
    try:
        theirs = import_module("upip_index").find(fetch, ["http://h"], "x", specifiers, "you")[0]
    except ValueError:
        theirs = None
    assert (ours[0].raw_version if ours else None) == theirs


@pytest.mark.parametrize(
    "filename, named",
    [
        ("my-app-1.0.tar.gz", ("my-app", "1.0")),
        ("My_App.x-1.0rc1.tar.gz", ("my-app-x", "1.0rc1")),
        ("app-1.0.zip", None),
        ("app.tar.gz", None),
        ("app-one.tar.gz", None),
        ("-1.0.tar.gz", None),
    ],
)
def test_names_of_archives(filename, named):
    assert read_archive_name(filename) == named


def test_wheels_stand_behind_archives():
    names = [
        "x-1.tar.gz",
        "x-1-py3-none-any.whl",
        "x-2-py2.py3-none-any.whl",
        "x-3-cp311-cp311-linux_x86_64.whl",
    ]
    links = [Link(name, f"http://h/{name}") for name in names]
    first, second = make_candidates([*links, *links[2:3]], "x")
    assert (first.raw_version, first.links, first.has_archive) == ("1", tuple(links[:2]), True)
    assert (second.raw_version, second.links[0], second.has_archive) == ("2", links[2], False)


def evaluate(text, extras=()):
    return evaluate_requirement(parse_requirement(text), Target(), extras)


def test_requirements():
    assert evaluate("Foo.Bar [TLS, a_b] (>=1.0,<2) ; python_version > '3'") == Requirement(
        "foo-bar", ("a-b", "tls"), SpecifierSet(">=1.0,<2")
    )
    assert evaluate("foo; extra == 'tls'") is None
    assert evaluate("foo; extra == 'tls'", ("tls",)) == Requirement("foo")
    assert str(evaluate("foo[b,a,B]>=1")) == "foo[a,b]>=1"


@pytest.mark.parametrize(
    "text, reason",
    [
        ("foo bar", "Invalid requirement 'foo bar'"),
        ("foo>>1", "Invalid requirement"),
        ("", "Invalid requirement"),
        ("foo @ https://host/foo-1.tar.gz", "has a URL, which upip does not support"),
    ],
)
def test_an_invalid_requirement_is_refused(text, reason):
    with pytest.raises(ResolutionError, match=reason):
        evaluate(text)


@pytest.mark.parametrize(("line", "meaning"), LINES)
def test_lines_mean_the_same_as_on_a_board(line, meaning):
    target = Target("rp2", "1.28")
    if meaning is None:
        with pytest.raises((ConfigError, ResolutionError)):
            evaluate_requirement(parse_requirement(line), target)
        return
    name, extras, specifier = meaning
    found = evaluate_requirement(parse_requirement(line), target)
    assert (found.name, ",".join(found.extras)) == (name, extras)
    assert found.specifier == SpecifierSet(specifier)
