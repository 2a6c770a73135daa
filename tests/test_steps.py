"""The built-in steps, and what the pipeline makes of any step."""

from types import SimpleNamespace

import pytest

from sdist_upip import Member, ProjectError, Release, StepError
from sdist_upip.config import Config
from sdist_upip.resources.members import find_resources
from sdist_upip.resources.module import read_resource_module
from sdist_upip.steps.metadata import metadata_step
from sdist_upip.steps.registry import load_steps
from sdist_upip.steps.resources import resources_step
from sdist_upip.steps.runner import run_steps

PKG_INFO = Member("PKG-INFO", b"Metadata-Version: 2.1\nName: x\nVersion: 1\nRequires-Dist: y>=2\n")


def release(*paths):
    members = [Member(path, path.encode()) for path in paths]
    return Release("x", "1", (PKG_INFO, *members))


def paths(release):
    return sorted(member.path for member in release if member.path != "PKG-INFO")


@pytest.mark.parametrize(
    ("members", "holders"),
    [
        (["a/__init__.py", "a/b/d.txt"], {"a": ["b/d.txt"]}),
        (["a/__init__.py", "a/b/__init__.py", "a/b/d.txt"], {"a": ["b/d.txt"]}),
        (["a/__init__.mpy", "a/d.txt"], {"a": ["d.txt"]}),
        (["a/__main__.py", "a/data/d.txt"], {"a": ["data/d.txt"]}),
        (["ns/a/__init__.py", "ns/a/d.txt"], {"ns/a": ["d.txt"]}),
        (["ns/m.py", "ns/a/__init__.py", "ns/a/d.txt"], {"ns/a": ["d.txt"]}),
        (["ns/a/m.py", "ns/a/d.txt"], {"ns/a": ["d.txt"]}),
        (["m.py", "www/d.txt", "d.txt"], {}),
        (["a/__init__.py", "www/d.txt"], {}),
        (["a/__init__.py", "x.egg-info/requires.txt"], {}),
        (["a/__init__.py", "a/m.mpy", "a/m.py"], {}),
    ],
)
def test_where_resources_go(members, holders):
    found = find_resources(release(*members), "x.egg-info")
    assert {holder: sorted(names) for holder, names in found.items()} == holders


def test_resources_both():
    after = resources_step({})(release("a/__init__.py", "a/b.txt", "a/c/d.txt"))
    assert paths(after) == ["a/R.py", "a/__init__.py", "a/b.txt", "a/c/d.txt"]
    assert read_resource_module(after.get("a/R.py").data) == {
        "b.txt": b"a/b.txt",
        "c/d.txt": b"a/c/d.txt",
    }


def test_resources_module():
    after = resources_step({"mode": "module"})(release("a/__init__.py", "a/b.txt", "root.txt"))
    assert paths(after) == ["a/R.py", "a/__init__.py", "root.txt"]


def test_resources_files_drops_a_generated_module():
    generated = Member("a/R.py", b"R = {'b.txt': b'old'}\n")
    before = release("a/__init__.py", "a/b.txt")
    before = before.with_members((*before, generated))
    assert paths(resources_step({"mode": "files"})(before)) == ["a/__init__.py", "a/b.txt"]


def test_a_stale_generated_module_is_replaced():
    stale = Member("a/R.py", b"R = {\n'b.txt': b'old',\n}\n")
    members = (PKG_INFO, stale, Member("a/__init__.py", b""), Member("a/b.txt", b"new"))
    after = resources_step({})(Release("x", "1", members))
    assert read_resource_module(after.get("a/R.py").data) == {"b.txt": b"new"}


@pytest.mark.parametrize("path", ["a/R.py", "a/sub/R.py"])
@pytest.mark.parametrize("mode", ["both", "module", "files"])
def test_a_resource_module_with_data_of_its_own_is_not_lost(path, mode):
    """As mpy_bin2res makes them, with no data file in the project."""
    own = Member(path, b"R = {'font.bin': b'font'}\n")
    init = Member("a/__init__.py", b"from .R import R\n")
    data = Member("a/b.txt", b"new")
    for members in ((PKG_INFO, own, init), (PKG_INFO, own, init, data)):
        with pytest.raises(ProjectError, match=rf"'{path}' holds 'font.bin', which no declared"):
            resources_step({"mode": mode})(Release("x", "1", members))


@pytest.mark.parametrize("mode", ["both", "module", "files"])
def test_a_module_of_ones_own_in_the_place_of_resources(mode):
    own = Member("a/R.py", b"R = 8.314\n")
    with pytest.raises(ProjectError, match="is a module of the project"):
        resources_step({"mode": mode})(Release("x", "1", (PKG_INFO, own)))


def test_a_module_named_r_beside_the_packages_is_no_resource_module():
    own = Member("R.py", b"R = 8.314\n")
    assert resources_step({})(Release("x", "1", (PKG_INFO, own))).get("R.py") == own


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


def test_the_default_steps_are_found_by_their_entry_points():
    assert [name for name, _ in load_steps(Config())] == ["resources", "metadata"]


def test_results_tell_what_each_step_did():
    def change(release):
        members = [member for member in release if member.path != "a.py"]
        members = [
            Member("b.py", b"b = 1\n") if member.path == "b.py" else member for member in members
        ]
        return release.with_members([*members, Member("c.py", b"")])

    _, (result,) = run_steps(release("a.py", "b.py"), [("change", change)])
    assert (result.added, result.removed, result.changed) == (("c.py",), ("a.py",), ("b.py",))
    assert result.bytes_after - result.bytes_before == len("b = 1\n") - len("a.pyb.py")


def test_a_source_that_was_broken_before_is_not_the_fault_of_the_step():
    before = release().with_members((PKG_INFO, Member("a.py", b"(")))
    after = before.with_members((PKG_INFO, Member("a.py", b"((")))
    assert run_steps(before, [("same", lambda _: after)])[0] == after
    broken = before.with_members((*before, Member("b.py", b"(")))
    with pytest.raises(StepError, match=r"made 'b\.py' invalid Python"):
        run_steps(before, [("new", lambda _: broken)])


def test_what_only_looks_like_a_release_or_a_member_is_refused():
    class Odd(Release):
        pass

    before = release("a.py")
    with pytest.raises(StepError, match="returned Odd instead of a Release"):
        run_steps(before, [("odd", lambda _: Odd(before.name, before.version, before.members))])
    fake = SimpleNamespace(path="b.py", data="text", mode=0)
    with pytest.raises(StepError, match="is no Member"):
        run_steps(before, [("fake", lambda _: before.with_members((*before, fake)))])


def test_a_step_that_exits_is_an_error():
    def leave(release):
        raise SystemExit(0)

    with pytest.raises(StepError, match=r"step 'leave' failed at .*SystemExit"):
        run_steps(release(), [("leave", leave)])
