"""Releases that are removed and yanked, in records and catalog."""

import pytest

from sdist_upip.errors import ConfigError
from sdist_upip.site.catalog import Catalog
from sdist_upip.site.changes.edits import Editor
from sdist_upip.site.changes.journal import Pending
from sdist_upip.site.changes.record_book import RecordBook
from support.sites import Archives, MemoryStore, build


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    make = Archives(tmp_path_factory.mktemp("archives"))
    return build(make("A_b", "1.0"), make("a.b", "2.0-1"), make("c", "1.0"))


@pytest.fixture
def editor(site):
    store = MemoryStore(site.files)
    with RecordBook(store) as book:
        yield Editor(store, Catalog.read(store), book)


def test_a_release_is_removed_with_its_spelling(editor):
    editor.apply(Pending(remove=(("a-b", "2.0.post1"), ("c", "1"))))
    assert editor.book["a-b"].spellings == ("A_b", "a-b")
    assert [one.version for one in editor.catalog.get("a-b").releases] == ["1.0"]
    assert "c" not in editor.catalog and editor.book.get("c") is None
    assert editor.changed == [("a-b", "2.0-1"), ("c", "1.0")]


def test_new_releases_have_no_metadata_in_the_site_yet(editor):
    editor.declared = {("a-b", "1.0"): "A-B"}
    editor.apply(Pending(remove=(("a-b", "2.0.post1"),)))
    assert editor.book["a-b"].spellings == ("A-B", "a-b")


def test_releases_are_yanked_and_offered_again(editor):
    editor.apply(Pending(yank=(("c", "1", "bad"),)))
    assert editor.book["c"].releases[0].yanked == "bad"
    assert editor.catalog.get("c").releases[0].yanked == "bad"
    editor.apply(Pending(yank=(("c", "1.0", "bad"),)))
    editor.apply(Pending(unyank=(("c", "1.0"),)))
    editor.apply(Pending(unyank=(("c", "1.0"),)))
    assert editor.book["c"].releases[0].yanked is None
    assert editor.changed == [("c", "1.0")] * 2


@pytest.mark.parametrize("word", ["remove", "unyank"])
@pytest.mark.parametrize(("name", "version"), [("c", "2"), ("c", "x"), ("d", "1"), ("c", "")])
def test_releases_that_are_not_there_are_refused(editor, word, name, version):
    with pytest.raises(ConfigError, match=f"{name} {version} is not in memory, which has"):
        editor.refuse(editor.apply(Pending(**{word: ((name, version),)})))
    assert editor.changed == []


def test_an_interrupted_run_made_the_changes_already(editor):
    editor.apply(Pending(yank=(("c", "1", "bad"),)))
    editor.changed.clear()
    pending = Pending((("c", "2"),), (("c", "1.0.0", "bad"),), (("a-b", "1"),))
    assert editor.apply(pending, pending) == Pending()
    assert editor.changed == []
    assert editor.completed == [("c", "2"), ("c", "1.0"), ("a-b", "1.0")]
    other = Pending((("c", "3"),), (("c", "1.0", "other"),), (("d", "1"),))
    assert editor.apply(other, pending) == Pending(other.remove, (), other.unyank)
    assert editor.changed == [("c", "1.0")]
    assert len(editor.completed) == 3


@pytest.mark.parametrize(
    ("words", "by"),
    [
        ({"remove": (("c", "1.0"), ("c", "1"))}, "twice by --remove"),
        ({"yank": (("c", "1.0", "bad"), ("c", "1.0.0", "good"))}, "twice by --yank"),
        ({"yank": (("c", "1.0", "x"),), "unyank": (("c", "1.0"),)}, "by --yank and --unyank"),
        ({"unyank": (("c", "1.0"),), "remove": (("c", "1.0"),)}, "by --remove and --unyank"),
    ],
)
def test_a_release_is_named_once(editor, words, by):
    with pytest.raises(ConfigError, match=rf"c 1[.0]* is named {by}\. Name each release once"):
        editor.apply(Pending(**words))
    assert editor.changed == []
