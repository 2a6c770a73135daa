"""Releases that are there get other .mpy files. tests/integration has those of mpy-cross."""

import pytest

from sdist_upip.errors import OutputError
from sdist_upip.site.catalog import Catalog
from sdist_upip.site.changes.recompile import recompile
from sdist_upip.site.changes.record_book import RecordBook
from sdist_upip.site.records import ProjectRecord, SiteFile
from sdist_upip.site.settings import SiteSettings
from support.sites import Archives, build


@pytest.fixture
def store(tmp_path):
    make = Archives(tmp_path)
    store = build(make("a", "1.0"), make("a", "2.0"))
    project = ProjectRecord.from_json(store.files["records/project/a.json"])
    assert {one.compiled for one in project.releases} == {None}
    return store


def test_data_files_and_source_only_sites_need_no_compiler(store):
    with RecordBook(store) as book:
        recompile(store, Catalog.read(store), book, SiteSettings())
        assert {one.compiled for one in book["a"].releases} == {None}


def test_new_releases_are_compiled_already(store):
    with RecordBook(store) as book:
        project = book["a"]
        ready = {("a", "1.0"), ("a", "2.0")}
        recompile(store, Catalog.read(store), book, SiteSettings(mpy="1.28"), ready)
        assert book["a"] == project


@pytest.mark.parametrize("data", [None, b"changed"])
def test_files_that_were_changed_are_refused(store, data):
    with RecordBook(store) as book:
        file: SiteFile = book["a"].releases[0].files[0]
        path = f"file/{file.sha256[:2]}/{file.sha256[:32]}"
        store.files.pop(path) if data is None else store.files.update({path: data})
        with pytest.raises(OutputError, match=f"{path} is missing or was changed"):
            recompile(store, Catalog.read(store), book, SiteSettings(mpy="1.28"))
