"""Whatever a step does, the result is a release, or the error names the step."""

from types import SimpleNamespace

import pytest

from sdist_upip import Member, Release, StepError
from sdist_upip.steps.runner import run_steps
from support.releases import PKG_INFO, release


def test_results_describe_the_changes_of_each_step():
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


def test_a_step_may_write_what_only_micropython_compiles():
    before = release("a.py")
    after = before.with_members((*before, Member("b.py", 'x = b"°"'.encode())))
    assert run_steps(before, [("new", lambda _: after)])[0] == after
    broken = after.with_members((*before, Member("b.py", 'x = b"°"\nprint 1'.encode())))
    with pytest.raises(StepError, match=r"made 'b\.py' invalid Python: Missing parentheses"):
        run_steps(after, [("break", lambda _: broken)])


def test_what_only_looks_like_a_release_or_a_member_is_refused():
    class Odd(Release):
        pass

    before = release("a.py")
    with pytest.raises(StepError, match="expected a Release, got Odd"):
        run_steps(before, [("odd", lambda _: Odd(before.name, before.version, before.members))])
    fake = SimpleNamespace(path="b.py", data="text", mode=0)
    with pytest.raises(StepError, match="is not a Member"):
        run_steps(before, [("fake", lambda _: before.with_members((*before, fake)))])


def test_a_step_that_exits_is_an_error():
    def leave(release):
        raise SystemExit(0)

    with pytest.raises(StepError, match=r"Step 'leave' failed at .*SystemExit"):
        run_steps(release(), [("leave", leave)])
