"""An interrupted change is completed from the records."""

import pytest

from sdist_upip.errors import ConfigError, OutputError
from sdist_upip.site.catalog import CATALOG
from sdist_upip.site.changes.journal import PENDING, Pending
from sdist_upip.site.changes.own_files import OWN
from sdist_upip.site.changes.recovery import complete, prepare_own, read_settings, recover
from sdist_upip.site.settings import SETTINGS, SiteSettings
from support.sites import Archives, MemoryStore, build


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    return Archives(tmp_path_factory.mktemp("archives"))


@pytest.fixture(scope="module")
def site(make):
    return build(make("a", "1.0", ["b"]), make("b", "1.0", (), {"b.py": "b = 1"}), make("c", "1.0"))


def test_nothing_is_done_for_a_site_that_is_whole(site):
    for files in ({}, site.files):
        store = MemoryStore(files)
        assert recover(store) is None
        assert store.writes == []


def test_the_changes_of_the_interrupted_run_are_made(site, make):
    pending = Pending(remove=(("c", "1"), ("d", "1")), yank=(("b", "1", "x"), ("d", "1", "")))
    store = MemoryStore({**site.files, PENDING: pending.to_json()})
    store.files[PENDING] = Pending(remove=pending.remove, yank=pending.yank[1:]).to_json()
    left = store.files[PENDING]
    assert recover(store) == Pending.from_json(left)
    assert store.files.pop(PENDING) == left
    assert (
        store.files == build(make("a", "1.0", ["b"]), make("b", "1.0", (), {"b.py": "b = 1"})).files
    )


def test_releases_of_the_site_stay_where_a_yank_breaks_them(site):
    store = MemoryStore({**site.files, PENDING: Pending(yank=(("b", "1", "x"),)).to_json()})
    recover(store)
    assert b'"missing":["b"]' in store.files["records/project/a.json"]


@pytest.mark.parametrize("lost", ["records/project/b.json", "files/b-1.0.tar.gz", "file/"])
def test_new_releases_that_are_not_whole_are_dropped(site, make, lost):
    before = build(make("c", "1.0"))
    store = MemoryStore({**site.files, CATALOG: before.files[CATALOG], PENDING: b"{}"})
    for path in [path for path in store.files if path.startswith(lost)]:
        if path not in before.files:
            del store.files[path]
    recover(store)
    del store.files[PENDING]
    assert store.files == before.files


def test_another_run_all_the_time_is_an_error(site):
    class Busy(MemoryStore):
        def replace(self, path, data, token):
            super().replace(path, data, "other")

    with pytest.raises(OutputError, match="changed by other runs 5 times"):
        complete(Busy({**site.files, CATALOG: b""}), Pending())


def test_settings_are_read():
    assert read_settings(MemoryStore()) is None
    settings = SiteSettings(title="Mine")
    assert read_settings(MemoryStore({SETTINGS: settings.to_json()})) == settings
    with pytest.raises(ConfigError, match="cannot be read"):
        read_settings(MemoryStore({SETTINGS: b"{}"}))


def test_own_packages_are_made_once(site):
    own, contents, is_other = prepare_own(site, SiteSettings())
    assert (contents, is_other, own.to_json()) == ({}, False, site.files[OWN])
    own, contents, is_other = prepare_own(site, SiteSettings(title="Other"))
    assert contents and is_other
