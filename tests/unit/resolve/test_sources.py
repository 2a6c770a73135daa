"""The versions that messages name."""

from sdist_upip.index.link import Link
from sdist_upip.resolve.candidates import make_candidates
from sdist_upip.resolve.sources import CandidateFinder


class Finder(CandidateFinder):
    def __init__(self, *places):
        self.places = places

    def find_candidates(self, name):
        for place in self.places:
            links = [Link(one, f"http://h/{one}", yanked=yanked) for one, yanked in place.items()]
            yield make_candidates(links, name)

    def not_found_message(self, name):
        return "nowhere"


def test_versions_are_the_newest_first_of_each_place():
    files = ("x-1.0.tar.gz", "x-2.0rc1.tar.gz", "x-0.1.tar.gz")
    finder = Finder({files[0]: False}, dict.fromkeys(files, False))
    assert finder.find_versions("x") == ["1.0", "2.0rc1", "0.1"]
    assert finder.find_yanked("x") == []


def test_yanked_releases_are_the_newest_first():
    files = {"x-1.0.tar.gz": True, "x-3.0.tar.gz": True, "x-2.0.tar.gz": False}
    assert Finder(files).find_yanked("x") == ["3.0", "1.0"]
