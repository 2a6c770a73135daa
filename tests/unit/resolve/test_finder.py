"""The places that are asked for a project, one after the other, and what is said if none has it."""

import pytest

from sdist_upip.index.link import Link
from sdist_upip.requirements.requirement import evaluate_requirement, parse_requirement
from sdist_upip.requirements.target import Target
from sdist_upip.resolve.finder import PackageFinder

ARCHIVE, NEWER, WHEEL = "x-1.0.tar.gz", "x-2.0rc1.tar.gz", "x-1.5-py3-none-any.whl"
COMPILED = "x-3.0-cp311-cp311-linux_x86_64.whl"


class Client:
    """The names of the files that each place has, and which places were asked."""

    def __init__(self, places):
        self.places = places
        self.asked = []
        self.again = {}
        self.expected = []

    def find(self, place, name):
        self.asked.append(place)
        links = [Link(filename, f"{place}/{filename}") for filename in self.places.get(place, ())]
        return [link for link in links if name in link.projects]

    find_links = find

    def find_again(self, place, name):
        again = self.again.pop(place, None)
        return again and [Link(filename, f"{place}/{filename}") for filename in again]

    def may_link(self, place, name):
        return bool(self.places.get(place))

    def expect(self, places, name, choose):
        self.expected.append((list(places), name, choose))


def make_finder(places=None, find_links=(), indexes=(), **options):
    return PackageFinder(Client(places or {}), find_links, indexes, **options)


def test_a_place_is_asked_only_when_its_turn_comes():
    client = Client({"links": [ARCHIVE], "one": [], "two": [NEWER]})
    finder = PackageFinder(client, ["links"], ["one", "two"])
    places = finder.find_candidates("x")
    assert client.asked == []
    for asked, versions in (("links", ["1.0"]), ("one", []), ("two", ["2.0rc1"])):
        assert [candidate.raw_version for candidate in next(places)] == versions
        assert client.asked[-1] == asked
    assert next(places, None) is None


def test_a_page_of_the_cache_is_asked_for_again_before_the_next_place():
    client = Client({"one": [ARCHIVE], "two": [NEWER]})
    client.again["one"] = [ARCHIVE, "x-1.1.tar.gz"]
    found = PackageFinder(client, [], ["one", "two"]).find_candidates("x")
    places = [[candidate.raw_version for candidate in candidates] for candidates in found]
    assert places == [["1.0"], ["1.0", "1.1"], ["2.0rc1"]]
    assert client.asked == ["one", "two"]


@pytest.mark.parametrize(
    ("text", "installed", "files"),
    [
        ("x", "", [WHEEL]),
        ("x<1.5", "", [ARCHIVE]),
        ("x>=1.2", "", [WHEEL]),
        ("x==2.0rc1", "", [NEWER]),
        ("x", "1.5", []),
        ("x>3", "", None),
    ],
)
def test_what_fits_best_is_fetched_ahead(text, installed, files):
    finder = make_finder(indexes=["one", "two"])
    requirement = evaluate_requirement(parse_requirement(text), Target())
    finder.expect(requirement, pre=False, installed=installed)
    ((places, name, choose),) = finder._client.expected
    assert (places, name) == (["one", "two"], "x")
    chosen = choose([Link(one, f"https://h/{one}") for one in (ARCHIVE, NEWER, WHEEL)])
    assert (chosen if chosen is None else [link.filename for link in chosen]) == files


def test_nothing_is_fetched_ahead_that_a_location_may_have():
    finder = make_finder({"links": [ARCHIVE]}, find_links=["links"], indexes=["one"])
    finder.expect(evaluate_requirement(parse_requirement("x"), Target()), pre=False)
    assert finder._client.expected == []


def test_releases_with_only_a_pure_wheel_count():
    finder = make_finder({"one": [WHEEL, COMPILED, ARCHIVE]}, indexes=["one"])
    (candidates,) = finder.find_candidates("x")
    assert [candidate.raw_version for candidate in candidates] == ["1.0", "1.5"]


def test_no_place_is_set():
    message = make_finder().not_found_message("x")
    assert message.startswith("No index is set. Pass --index-url or --find-links, or configure")


def test_no_place_has_the_project_and_no_message_a_password():
    finder = make_finder(find_links=["archives"], indexes=["https://user:secret@host/simple/"])
    assert finder.not_found_message("x") == (
        "No .tar.gz archive and no wheel found in archives, https://host/simple/. Check the "
        "spelling."
    )


def test_the_places_have_only_wheels_for_one_machine():
    finder = make_finder({"one": [COMPILED]}, indexes=["one"])
    assert finder.not_found_message("x") == (
        f"Only wheels for computers found in one, such as {COMPILED}. Look for a package that is "
        "made for MicroPython."
    )
