"""A directory of packages, used by other users and by several processes."""

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from sdist_upip.errors import OutputError
from sdist_upip.installed.package_directory import PackageDirectory
from support.package_installs import install_here, package
from support.processes import run_python
from support.trees import read_tree

pytestmark = pytest.mark.usefixtures("own_locks")


AS_A_USER_WHO_MAY_NOT = """
import os, sys, tempfile
from pathlib import Path
sys.path[:0] = {path!r}
import filelock, platformdirs
from support.package_installs import PackageDirectory, evaluate
from sdist_upip.installed.device_archive import DeviceArchive
from sdist_upip.errors import OutputError

tempfile.tempdir = os.getcwd()
if os.geteuid() == 0:
    os.setgroups([])
    os.setuid(12345)

def upgrade(directory):
    directory.stage("a", "2", DeviceArchive((("a/x.py", b"2"),), ()))
    directory.check(evaluate)
    directory.commit()

for change in (lambda directory: directory.uninstall(["a"]), upgrade):
    try:
        with PackageDirectory(Path("lib")) as directory:
            assert directory.names() == ["a", "b"]
            change(directory)
    except OutputError as error:
        print(error)
"""


@pytest.mark.parametrize(
    ("read_only", "messages"),
    [
        ("a", ["lib/a is not writable. Check permissions"] * 2),
        (".", ["lib is not writable. Check permissions"] * 2),
        (".upip", ["lib/.upip/journal.tmp: Permission denied", "lib/.upip/a.0: Permission denied"]),
    ],
)
def test_a_directory_that_cannot_be_written(read_only, messages):
    with tempfile.TemporaryDirectory() as directory:  # pytest's own are closed to other users
        lib = Path(directory) / "lib"
        install_here(lib, package("a", files={"a/x.py": "1"}), package("b"))
        before = read_tree(lib)
        for path in (lib.parent, lib, lib / "a", lib / ".upip"):
            path.chmod(0o777)
        (lib / read_only).chmod(0o555)
        result = run_python("-c", AS_A_USER_WHO_MAY_NOT.format(path=sys.path), cwd=lib.parent)
        lines = result.stdout.splitlines()
        assert len(lines) == 2, result
        for line, message in zip(lines, messages, strict=True):
            assert message in line
        assert read_tree(lib) == before


def test_the_lock_goes_with_its_process(lib, tmp_path):
    code = (
        f"import sys; sys.path[:0] = {sys.path!r}\nfrom pathlib import Path\n"
        "from sdist_upip.installed.package_directory import PackageDirectory\n"
        f"with PackageDirectory(Path({str(lib)!r})):\n print('in', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout.readline() == b"in\n"
        with pytest.raises(OutputError, match="another sdist-upip"):
            PackageDirectory(lib).__enter__()
        process.kill()
        process.wait()
        with PackageDirectory(lib):
            pass
