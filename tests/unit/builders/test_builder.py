from pathlib import Path
from types import MappingProxyType

import pytest

from sdist_upip import Member, Release
from sdist_upip.archive.writer import Archive
from sdist_upip.builders.builder import BuildResult, build, render_summary
from sdist_upip.config import Config
from sdist_upip.errors import ConfigError, ProjectError, StepError
from sdist_upip.project.layout import ExcludedFile, Layout
from sdist_upip.steps.runner import StepResult
from support.archives import make_release
from support.samples import NOISE, TEXT
from support.trees import read_members, read_tree

RELEASE = make_release("x", "1.0", {"x/__init__.py": "", "x/page.html": "page"}, ["y"])
README = ExcludedFile("README.md", "documentation", 10)


@pytest.fixture(autouse=True)
def _no_epoch(monkeypatch):
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)


def lay_out(release, *excluded):
    return Layout(release, MappingProxyType({}), excluded)


def make_result(*members, steps=(), excluded=(), size=1234, tar_size=20480):
    release = Release("x", "1.0", tuple(Member(path, bytes(count)) for path, count in members))
    archive = Archive(Path("dist/x-1.0.tar.gz"), release, tar_size, size)
    return BuildResult(archive, steps, excluded, {})


def changes(name="s", added=(), removed=(), changed=(), before=1000, after=2000):
    return StepResult(name, added, removed, changed, before, after)


def test_a_build_runs_the_steps_and_writes_the_archive(tmp_path):
    result = build(lay_out(RELEASE, README), Config(), tmp_path / "dist")
    assert read_tree(tmp_path).keys() == {"dist/x-1.0.tar.gz"}
    members = read_members(result.archive.path)
    assert members == {member.path: member.data for member in result.archive.release}
    assert members["x/R.py"] == b"R={'page.html':b'page'}\n"
    assert members["x.egg-info/requires.txt"] == b"y\n"
    assert [step.name for step in result.steps] == ["resources", "metadata"]
    assert result.steps[0].added == ("x/R.py",)
    assert result.excluded == (README,)
    assert result.archive.size == result.archive.path.stat().st_size


def test_no_steps_leave_the_release_as_it_is(tmp_path):
    release = make_release("x", "1.0", {"x/__init__.py": "", "x/page.html": "page"})
    result = build(lay_out(release), Config(steps=()), tmp_path)
    assert result.steps == ()
    assert read_members(result.archive.path) == {m.path: m.data for m in release}


def test_settings_reach_the_archive(tmp_path, monkeypatch):
    noise = NOISE[:600]
    release = make_release(
        "x", "1.0", {"x.py": "", "a.txt": TEXT, "a.bin": noise + bytes(300) + noise}
    )
    best, fast, small = (
        build(lay_out(release), Config(steps=(), **settings), tmp_path / str(number)).archive
        for number, settings in enumerate(
            ({}, {"compression": "fast"}, {"window": 512, "compression": "best"})
        )
    )
    assert best.size < fast.size < small.size
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    dated = build(lay_out(release), Config(steps=()), tmp_path / "dated").archive
    assert dated.path.read_bytes() != best.path.read_bytes()


@pytest.mark.parametrize(
    ("release", "config", "epoch", "error", "message"),
    [
        (
            make_release("x", "1.0", {"x.py": "", "a.py": "", "A.py": ""}),
            Config(),
            "",
            ProjectError,
            r"x-1\.0\.tar\.gz does not pass the check\. name-case: x-1\.0/a\.py: ",
        ),
        (RELEASE, Config(steps=("nothing",)), "", StepError, "nothing"),
        (RELEASE, Config(), "today", ConfigError, "SOURCE_DATE_EPOCH: expected a number"),
    ],
    ids=["check", "steps", "epoch"],
)
def test_after_an_error_nothing_is_written(
    release, config, epoch, error, message, tmp_path, monkeypatch
):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    with pytest.raises(error, match=message):
        build(lay_out(release), config, tmp_path / "dist")
    assert read_tree(tmp_path) == {}


def test_the_summary_of_an_archive_alone():
    assert list(render_summary(make_result(("PKG-INFO", 60), ("x.py", 1500), ("y.py", 0)))) == [
        str(Path("dist/x-1.0.tar.gz")),
        "1,234 bytes, 20,480 unpacked",
        "",
        "contents",
        "     60  PKG-INFO",
        "  1,500  x.py",
        "      0  y.py",
    ]


@pytest.mark.parametrize(
    ("step", "lines"),
    [
        (changes(), []),
        (changes(added=("a", "b")), ["  s: 1,000 to 2,000 bytes; added a, b"]),
        (
            changes("strip", added=("a",), removed=("b",), changed=("c",), before=7, after=5),
            ["  strip: 7 to 5 bytes; added a; removed b; changed c"],
        ),
        (changes(changed=tuple("abcde")), ["  s: 1,000 to 2,000 bytes; changed a, b, c, d, e"]),
        (
            changes(changed=tuple("abcdefg")),
            ["  s: 1,000 to 2,000 bytes; changed a, b, c, d, e and 2 more"],
        ),
    ],
    ids=["nothing", "added", "all", "five", "seven"],
)
def test_the_summary_names_the_changes_of_steps(step, lines):
    summary = list(render_summary(make_result(("a", 1), steps=(step,))))
    assert summary[5:] == (["", "steps", *lines] if lines else [])


def test_the_summary_groups_the_excluded_files_by_their_reason():
    excluded = [ExcludedFile(f"t/{n}.py", "tests", 100 * n) for n in (7, 6, 5, 4, 3, 2, 1)]
    excluded += [ExcludedFile("z.md", "documentation", 5), ExcludedFile("a.md", "documentation", 9)]
    summary = list(render_summary(make_result(("a", 1), excluded=tuple(excluded))))
    assert summary[5:] == [
        "",
        "excluded",
        "     14  a.md, z.md: documentation",
        "  2,800  t/1.py, t/2.py, t/3.py, t/4.py, t/5.py and 2 more: tests",
    ]


def test_the_summary_has_its_parts_in_order():
    result = make_result(("a", 1), steps=(changes(added=("b",)),), excluded=(README,))
    assert [line for line in render_summary(result) if line and line[0].isalpha()] == [
        *(str(Path("dist/x-1.0.tar.gz")), "contents", "steps", "excluded")
    ]
