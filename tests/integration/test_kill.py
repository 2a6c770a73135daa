"""A process that is killed at any moment leaves the old packages or the new ones, and no strays."""

import json
import random
import subprocess
import sys
from statistics import median

import pytest

from support.archives import make_archive
from support.package_installs import install_here
from support.trees import read_tree

FILES = 20
NAMES = ["p0", "p1", "p2", "p3"]
KILLS = 100

# For each line, a version and a number, it forks a process that installs the packages in that
# version over those that are there, and kills it after so many seconds. Then `list` looks at the
# directory. The answer: whether the process was killed, how long it took, whether files were being
# staged or put into place, and what list did.
DRIVER = """
import contextlib, io, json, os, signal, sys, time
from pathlib import Path
sys.path[:0] = {path!r}
from support.package_installs import install_here
from sdist_upip.cli.main import main

lib = Path("lib")
for line in sys.stdin:
    version, seconds = line.split()
    packages = [(name, version, Path(name + version).read_bytes()) for name in sys.argv[1:]]
    started = time.monotonic()
    child = os.fork()
    if not child:
        try:
            install_here(lib, *packages)
        finally:
            os._exit(0)
    if float(seconds):
        time.sleep(float(seconds))
        os.kill(child, signal.SIGKILL)
    killed = os.WIFSIGNALED(os.waitpid(child, 0)[1])
    spent = time.monotonic() - started
    names = os.listdir(lib / ".upip")
    state = "moving" if "journal.txt" in names else "staging" if "p0.0" in names else "still"
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        code = main(["list", "-p", str(lib)])
    print(json.dumps([killed, spent, state, code, out.getvalue()]), flush=True)
"""


def archive(name, version):
    files = {f"{name}/part{n % 5}/m{n}.py": f"{name} {version}\n" * 40 for n in range(FILES - 1)}
    return make_archive(name, version, {**files, f"{name}/only{version}/x.py": version})


@pytest.fixture
def trees(tmp_path):
    """What a directory is that has the packages in version 1, which `lib` has, and in version 2."""
    trees = {}
    for directory, version in (("lib", "1"), ("new", "2")):
        archives = [(name, version, archive(name, version)) for name in NAMES]
        install_here(tmp_path / directory, *archives)
        trees[version] = read_tree(tmp_path / directory)
        for name, _, data in archives:
            (tmp_path / (name + version)).write_bytes(data)
    assert len(trees["1"]) == len(trees["2"]) == len(NAMES) * (FILES + 1)
    return trees


@pytest.fixture
def replace(tmp_path):
    """Has the packages replaced by a version, and that killed after some seconds, 0 for never."""
    with subprocess.Popen(
        [sys.executable, "-c", DRIVER.format(path=sys.path), *NAMES],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:

        def replace(version, seconds):
            process.stdin.write(f"{version} {seconds}\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())

        yield replace
        process.stdin.close()


def test_killed_at_random_moments(trees, replace, tmp_path):
    seconds = median(replace(version, 0)[1] for version in "212121")
    there = "1"
    states = []
    for number in range(KILLS):
        version = "2" if there == "1" else "1"
        # The first is killed before it can have begun.
        moment = seconds * (number + random.random()) / KILLS if number else 1e-6
        killed, _, state, code, out = replace(version, moment)
        tree = read_tree(tmp_path / "lib")
        assert tree in trees.values(), (moment, state)
        there = "1" if tree == trees["1"] else "2"
        assert (code, out) == (0, "".join(f"{name} {there}\n" for name in NAMES))
        if state != "still":
            assert (there == version) == (state == "moving")
        states.append(state if killed else "done")
    assert {"still", "staging", "moving"} <= set(states), states
