"""Archives on their way into a site."""

from hashlib import sha256

import pytest

from sdist_upip.errors import ArchiveError
from sdist_upip.site.catalog import Catalog
from sdist_upip.site.changes.intake import Intake
from sdist_upip.site.changes.journal import PENDING, Journal, Pending
from sdist_upip.site.changes.record_book import RecordBook
from sdist_upip.site.release import SourceArchive
from sdist_upip.site.settings import SiteSettings
from support.sites import Archives, MemoryStore


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    return Archives(tmp_path_factory.mktemp("archives"))


@pytest.fixture
def intake():
    store = MemoryStore()
    with RecordBook(store) as book:
        journal = Journal(store, Pending())
        yield Intake(store, SiteSettings(), Catalog(), book, journal, ["b"])


def test_releases_are_recorded_and_their_files_kept(intake, make):
    new = intake.add([make("a", "1.0", ["B>=1", "c"]), make("A", "2.0")])
    assert new == [("a", "1.0"), ("a", "2.0")]
    project = intake.book["a"]
    assert project.spellings == ("A", "a")
    assert [one.without for one in project.releases] == [(), ("b",)]
    assert intake.catalog.get("a").version == "2.0"
    assert intake.declared == {("a", "1.0"): "a", ("a", "2.0"): "A"}
    assert intake.add([make("a", "3.0")]) == [("a", "3.0")]
    assert len(intake.book["a"].releases) == 3


def test_few_files_are_written_at_the_end(intake, make):
    intake.add([make("a", "1.0")])
    assert intake.store.writes == []
    intake.flush()
    assert intake.store.writes[0] == PENDING
    assert "files/a-1.0.tar.gz" in intake.store.files
    count = len(intake.store.writes)
    intake.flush()
    assert len(intake.store.writes) == count


def test_many_files_are_written_meanwhile(intake, make, monkeypatch):
    monkeypatch.setattr("sdist_upip.site.changes.intake._BUFFER", 10)
    monkeypatch.setattr("sdist_upip.site.changes.intake._OPEN", 1)
    intake.add([make("a", "1.0"), make("b", "1.0"), make("a", "2.0"), make("c", "1.0")])
    assert "files/c-1.0.tar.gz" in intake.store.files
    assert [one.version for one in intake.book["a"].releases] == ["2.0", "1.0"]


def test_what_an_archive_was_made_of_is_known(intake, make):
    first = make("a", "1.0")
    source = SourceArchive(first.path, "project", "f" * 64)
    intake.add([source])
    again = SourceArchive(make("a", "1.0", (), {"a.py": "other"}).path, "project", "f" * 64)
    assert intake.add([again, first]) == []
    assert intake.unchanged == {("a", "1.0")}


def test_an_archive_has_one_file_name(intake, make):
    intake.add([make("a_b", "1.0")])
    data = make("a_b", "1.0").path.read_bytes()
    for name in ("a-b-1.0.tar.gz", "a_b-1.tar.gz"):
        path = make("a_b", "1.0").path.with_name(name)
        path.write_bytes(data)
        archive = SourceArchive(path, name, sha256(data).hexdigest())
        with pytest.raises(ArchiveError, match=r"are the same archive, .* Pass it as a_b-1.0.tar"):
            intake.add([archive])


def test_other_archives_of_a_version_are_refused(intake, make):
    intake.add([make("a", "1.0")])
    for other in (make("a", "1.0", ["b"]), make("A", "1.0.0"), make("a", "1")):
        with pytest.raises(ArchiveError, match=r"both are a 1(\.0)*\."):
            intake.add([other])
