"""What follows from changed projects."""

import pytest

from sdist_upip.errors import ResolutionError
from sdist_upip.site.catalog import Catalog
from sdist_upip.site.changes.edits import Editor
from sdist_upip.site.changes.journal import Pending
from sdist_upip.site.changes.plan import Planner
from sdist_upip.site.changes.record_book import RecordBook
from sdist_upip.site.settings import SiteSettings
from support.sites import Archives, MemoryStore, build

OWN = ("pkg-resources", "1.0")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    make = Archives(tmp_path_factory.mktemp("archives"))
    return build(
        make("top", "1.0", ["middle"]),
        make("middle", "1.0", ["low>=1", "user"]),
        make("low", "1.0"),
        make("low", "2.0"),
        make("user", "1.0", (), {"user.py": "import pkg_resources\n"}),
        make("other", "1.0"),
        make("one", "1.0", ["two"]),
        make("two", "1.0", ["one"]),
    )


@pytest.fixture
def book(site):
    with RecordBook(MemoryStore(site.files)) as book:
        yield book


def make_plan(site, book, pending=None, *, everything=False, **options):
    before = Catalog.read(site)
    catalog = before.copy()
    editor = Editor(MemoryStore(site.files), catalog, book)
    editor.apply(pending or Pending(), None)
    planner = Planner(SiteSettings(), before, catalog, book, OWN, **options)
    return planner.make({name for name, _ in editor.changed}, everything=everything)


def show(plan):
    return [[f"{one.name} {one.version}" for one in sorted(level)] for level in plan.levels]


def test_only_what_names_a_changed_release_is_written(site, book):
    plan = make_plan(site, book, Pending(yank=(("low", "2.0", ""),)))
    assert show(plan) == [["low 1.0", "low 2.0"], ["middle 1.0"]]
    assert plan.pages == {"low", "middle"}
    assert book["middle"].releases[0].deps == (("low", "1.0"), ("user", "1.0"))
    assert plan.missing == []


def test_pages_of_what_is_required_change_with_a_new_dependant(site, book):
    plan = make_plan(site, book, Pending(remove=(("top", "1.0"),)))
    assert (show(plan), plan.pages) == ([], {"middle"})


def test_a_release_is_after_those_that_it_names(site, book):
    plan = make_plan(site, book, everything=True)
    levels = show(plan)
    assert sum(map(len, levels)) == 8
    assert [levels.index(level) for level in levels if "top 1.0" in level] == [2]
    assert {"one 1.0", "two 1.0"} <= {*levels[0]}  # each has the files of the other
    assert plan.pages == {*Catalog.read(site)}


def test_the_own_pkg_resources_is_a_dependency(site, book):
    make_plan(site, book, everything=True)
    assert book["user"].releases[0].deps == (OWN,)


def test_inlined_releases_are_recorded(site, book):
    assert book["one"].releases[0].inlined == (("two", "1.0"),)


def test_requirements_that_break_are_named(site, book):
    remove = Pending(remove=(("low", "1.0"), ("low", "2.0"), ("user", "1.0")))
    with pytest.raises(ResolutionError) as error:
        make_plan(site, book, remove)
    assert [line.partition(".0 requires ")[2].split(",")[0] for line in error.value.lines] == [
        "low>=1",
        "user",
    ]
    assert "--without low if boards" in error.value.lines[0]


def test_requirements_may_be_missing_or_built_in(site, book):
    remove = Pending(remove=(("low", "1.0"), ("low", "2.0"), ("user", "1.0")))
    plan = make_plan(site, book, remove, allow_missing=True, without=["LOW"])
    assert plan.missing == [("middle", "1.0", "user")]
    record = book["middle"].releases[0]
    assert (record.deps, record.missing, record.without) == ((), ("user",), ("low",))


def test_many_errors_are_shortened(tmp_path):
    make = Archives(tmp_path)
    with pytest.raises(ResolutionError) as error:
        build(*(make(f"p{number}", "1.0", ["nope"]) for number in range(12)))
    assert len(error.value.lines) == 9 and error.value.lines[-1] == "… and 4 more."
