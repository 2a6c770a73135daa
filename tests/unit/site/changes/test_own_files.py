"""The packages of sdist-upip in a site, and when they are made again."""

import json

import pytest

from sdist_upip.site.changes.own_files import OWN, OwnPackages, make_key, make_own, read_own
from sdist_upip.site.settings import SiteSettings
from support.sites import MemoryStore


@pytest.fixture(scope="module")
def made():
    return make_own(SiteSettings(), "key")


def test_the_packages_are_read_back(made):
    own, _ = made
    store = MemoryStore({OWN: own.to_json()})
    assert read_own(store) == own
    assert own.pkg_resources[0] == "pkg-resources"
    assert [name for name, _, _ in own.listing] == ["pkg-resources", "upip"]


@pytest.mark.parametrize("data", [None, b"", b"[]", b"{}", b'{"key": "a", "packages": [{}]}'])
def test_other_files_count_as_none(data):
    assert read_own(MemoryStore({} if data is None else {OWN: data})) is None
    if data:
        with pytest.raises(ValueError, match=r"."):
            OwnPackages.from_json(data)


def test_versions_are_before_latest_and_name_files_that_are_made(made):
    own, contents = made
    for one in own.packages:
        files = list(one.list_json())
        kinds = [path.endswith("/latest.json") for path, _ in files]
        assert kinds == sorted(kinds) and len(kinds) == 4 * len(one.spellings)
        for _, data in files:
            for _, digits in json.loads(data)["hashes"]:
                assert f"file/{digits[:2]}/{digits}" in contents
        assert {*one.list_paths()} <= {path for path, _ in files} | contents.keys()


def test_the_key_changes_with_settings_and_modules(monkeypatch):
    key = make_key(SiteSettings())
    assert key == make_key(SiteSettings()) != make_key(SiteSettings(title="other"))
    monkeypatch.setattr(
        "sdist_upip.site.changes.own_files.read_device_modules", lambda: {"upip.py": b""}
    )
    assert make_key(SiteSettings()) != key
