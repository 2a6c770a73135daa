"""The step metadata."""

from sdist_upip import Member, Release
from sdist_upip.steps.metadata import metadata_step
from support.releases import PKG_INFO, paths


def test_metadata_step_writes_requires_txt_in_place():
    egg_info = Member("x.egg-info/requires.txt", b"[dev]\nz\n")
    after = metadata_step({})(Release("x", "1", (PKG_INFO, egg_info, Member("m.py", b""))))
    assert after.get("x.egg-info/requires.txt").data == b"y\n"
    assert b"Requires-Dist: y>=2\n" in after.get("PKG-INFO").data


def test_metadata_step_writes_no_empty_requires_txt():
    info = Member("PKG-INFO", PKG_INFO.data.replace(b"Requires-Dist: y>=2\n", b""))
    assert paths(metadata_step({})(Release("x", "1", (info,)))) == []


def test_metadata_step_drops_or_keeps_licenses():
    text = Member("x.egg-info/licenses/LICENSE", b"free")
    before = Release("x", "1", (PKG_INFO, text))
    assert metadata_step({})(before).get(text.path) is None
    after = metadata_step({"license-files": "keep"})(before)
    assert after.get(text.path) == text
    assert b"License-File: x.egg-info/licenses/LICENSE\n" in after.get("PKG-INFO").data
