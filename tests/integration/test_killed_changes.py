"""Changes of many files that are killed at any moment."""

from support.paths import ROOT
from support.processes import run_python

CHANGES = """
import shutil, sys
from pathlib import Path
from support.trees import read_tree, write_tree
from support.killed import kill_at_each_change
from sdist_upip.files.transaction import change_files, finish_change

OLD = {"a": b"old", "b/c": b"old", "gone/x": b"old", "seal": b"old", "theirs": b""}
PUT = {"a": b"new", "d/e": b"new", "seal": b"new"}
NEW = {"theirs": b"", "b/c": b"old", **PUT}

directory = Path(sys.argv[1])
ends = []
for number in kill_at_each_change(
    write_tree(directory, OLD), lambda: change_files(directory, PUT, ["gone/x"], "seal")
):
    for again in kill_at_each_change(directory, lambda: finish_change(directory)):
        pass
    ends.append(read_tree(directory))
    shutil.rmtree(directory)
    write_tree(directory, OLD)
assert read_tree(directory) == NEW
print(ends.count(OLD), ends.count(NEW), len(ends))
"""


def test_a_change_that_was_killed_is_the_old_or_the_new(tmp_path):
    result = run_python("-c", CHANGES, tmp_path / "x", cwd=ROOT / "tests", PYTHONPATH=paths())
    assert result.returncode == 0, result.stderr
    old, new, all_of_them = map(int, result.stdout.split())
    assert old > 4
    assert new > 8
    assert old + new == all_of_them


def paths():
    """Return what PYTHONPATH must be for a process that imports the tests and what they test."""
    return f"{ROOT / 'src'}:{ROOT / 'tests'}"


FREEZES = """
import shutil, sys
from pathlib import Path
from support.trees import read_tree
from support.deployments import make_release
from support.killed import kill_at_each_change
from sdist_upip.files.transaction import STAGE
from sdist_upip.freeze.frozen_directory import freeze_into

directory = Path(sys.argv[1])
old, new, other = (
    [make_release({"my_app/a.py": text, **more, "my_app/data": text}, version=text.decode())]
    for text, more in (
        (b"1", {"my_app/gone.py": b""}),
        (b"2", {"my_app/b.py": b"import pkg_resources"}),
        (b"3", {"my_app/c/d.py": b""}),
    )
)
whole = []
for releases in (old, new, other):
    freeze_into(directory, releases)
    whole.append(read_tree(directory))
    shutil.rmtree(directory)
freeze_into(directory, old)
count = 0
for count in kill_at_each_change(directory, lambda: freeze_into(directory, new)):
    found = read_tree(directory)
    seen = {path: data for path, data in found.items() if not path.startswith(STAGE)}
    assert seen in whole[:2] or "manifest.py" not in seen, (count, seen)
    freeze_into(directory, (old, new, other)[count % 3])
    assert read_tree(directory) == whole[count % 3], count
    shutil.rmtree(directory)
    freeze_into(directory, old)
assert read_tree(directory) == whole[1]
print(count)
"""


def test_a_freeze_that_was_killed_needs_no_force(tmp_path):
    result = run_python("-c", FREEZES, tmp_path / "x", cwd=ROOT / "tests", PYTHONPATH=paths())
    assert result.returncode == 0, result.stderr
    assert int(result.stdout) > 15
