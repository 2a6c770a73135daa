"""Candidates: what they are called, and the release that a direct reference is."""

import pytest
from packaging.specifiers import SpecifierSet
from packaging.version import Version

from sdist_upip.errors import ConfigError
from sdist_upip.index.link import Link
from sdist_upip.resolve.candidates import (
    Candidate,
    is_pinned,
    make_candidates,
    make_direct_candidate,
    select_candidates,
)


def link_to(filename, **facts):
    return Link(filename, f"https://host/{filename}", **facts)


@pytest.mark.parametrize(
    ("filename", "name", "raw_version", "version"),
    [
        ("My_App-1.0.0c1.tar.gz", "my-app", "1.0.0c1", "1.0.0rc1"),
        ("my-app-01.0.tar.gz", "my-app", "01.0", "1.0"),
        ("My_App-1.0.0-py3-none-any.whl", "my-app", "1.0.0", "1.0.0"),
        ("fast-1-cp311-cp311-linux_x86_64.whl", "fast", "1", "1"),
    ],
)
def test_a_direct_reference_is_the_release_that_its_file_name_states(
    filename, name, raw_version, version
):
    link = link_to(filename)
    candidate = make_direct_candidate(link)
    assert candidate == Candidate(name, raw_version, Version(version), links=(link,))


def test_a_direct_reference_may_have_a_wheel_too():
    archive, wheel = link_to("x-1.tar.gz"), link_to("x-1-py3-none-any.whl")
    candidate = make_direct_candidate(archive, wheel)
    assert candidate.links == (archive, wheel)
    assert candidate.has_archive
    assert not make_direct_candidate(wheel).has_archive


@pytest.mark.parametrize(
    ("filename", "reason"),
    [
        ("app.tar.gz", "https://host/app.tar.gz is not named NAME-VERSION.tar.gz"),
        ("app-new.tar.gz", "is not named NAME-VERSION.tar.gz"),
        ("app-0.5_1.tar.gz", "Rename the file."),
        ("app-1.whl", r"https://host/app-1.whl: .* Use the file name it was built with\."),
    ],
)
def test_a_file_name_without_name_and_version(filename, reason):
    with pytest.raises(ConfigError, match=reason):
        make_direct_candidate(link_to(filename))


def test_what_is_shown_of_a_candidate():
    candidate = Candidate("app", "1.0c1", Version("1.0c1"), extras=("net", "tls"))
    assert (str(candidate), candidate.title) == ("app[net,tls] 1.0c1", "app 1.0c1")
    assert str(Candidate("app", "1", Version("1"))) == "app 1"


def test_yanked_releases_are_selected_only_if_pinned():
    links = [link_to("x-1.tar.gz"), link_to("x-2.tar.gz", yanked=True)]
    candidates = make_candidates(links, "x")
    assert [one.yanked for one in candidates] == [False, True]
    for specifier, selected in (("", ["1"]), ("==2", ["2"]), (">=2", []), ("==2.*", [])):
        found = select_candidates(candidates, SpecifierSet(specifier), pre=False)
        assert [one.raw_version for one in found] == selected


@pytest.mark.parametrize(
    ("specifier", "pinned"),
    [
        ("", False),
        ("==1", True),
        ("===1", True),
        (">0,==1", True),
        ("==1.*", False),
        (">=1", False),
    ],
)
def test_which_specifiers_are_pinned(specifier, pinned):
    assert is_pinned(SpecifierSet(specifier)) is pinned
