"""The places that are asked for a project, one after the other, and what is said if none has it."""

from sdist_upip.index.link import Link
from sdist_upip.resolve.finder import PackageFinder

ARCHIVE, NEWER, WHEEL = "x-1.0.tar.gz", "x-2.0rc1.tar.gz", "x-1.5-py3-none-any.whl"
COMPILED = "x-3.0-cp311-cp311-linux_x86_64.whl"


class Client:
    """The names of the files that each place has, and which places were asked."""

    def __init__(self, places):
        self.places = places
        self.asked = []

    def find(self, place, name):
        self.asked.append(place)
        links = [Link(filename, f"{place}/{filename}") for filename in self.places.get(place, ())]
        return [link for link in links if name in link.projects]

    find_links = find


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
