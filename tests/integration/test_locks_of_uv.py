"""Lock files that uv writes are read."""

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

from packaging.version import Version

from sdist_upip.lock.lockfile import find_locked
from support.locks import read
from support.trees import write_tree
from support.wheels import FILES, make_wheel


def test_a_lock_of_uv(tmp_path):
    (tmp_path / "links").mkdir()
    wheel = make_wheel(tmp_path / "links", FILES)
    write_tree(tmp_path, {"x.in": "x\n"})
    command = [shutil.which("uv", path=str(Path(sys.executable).parent)), "pip", "compile", "x.in"]
    command += ["--no-index", "--find-links", "links", "--offline", "-o", "pylock.toml", "-q"]
    subprocess.run([*command, "--no-config"], cwd=tmp_path, check=True)
    (package,) = read(tmp_path, (tmp_path / "pylock.toml").read_text())
    assert (package.name, package.version) == ("x", Version("1.0"))
    (link,) = find_locked(package, tmp_path / "pylock.toml", None, ())
    assert (link.filename, link.path) == (wheel.name, wheel)
    assert link.hashes == {"sha256": hashlib.sha256(wheel.read_bytes()).hexdigest()}
