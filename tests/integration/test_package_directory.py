"""A directory of packages, used by other users and by several processes."""

import os
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

AS_A_USER_WHO_MAY_NOT = """
import os, sys
from pathlib import Path
sys.path[:0] = {path!r}
from support.package_installs import PackageDirectory, evaluate
from sdist_upip.installed.device_archive import DeviceArchive
from sdist_upip.errors import OutputError

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
        (".upip", ["lib/.upip/a.del: Permission denied", "lib/.upip/a.0: Permission denied"]),
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


WORK = """
import fcntl, os, random, sys, time
sys.path[:0] = {path!r}
from pathlib import Path
from sdist_upip.errors import OutputError
from sdist_upip.installed.directory_lock import lock_directory
from support.package_installs import install_here, package

number, seconds = sys.argv[1], float(sys.argv[2])
lib = Path("made/lib") if int(number) % 2 else Path("link/lib")
end = time.monotonic() + seconds
probe = open("probe", "w")  # before the lock, so a killed process loses this one first
done = {{"held": 0, "busy": 0, "killed": 0}}
real = fcntl.flock


def flock(*arguments):
    # Others have time between opening a directory and locking it.
    time.sleep(random.random() / 500)
    real(*arguments)


fcntl.flock = flock


def hold(die):
    try:
        with lock_directory(lib):
            # Another process that holds the lock has the probe.
            fcntl.lockf(probe, fcntl.LOCK_EX | fcntl.LOCK_NB)
            time.sleep(random.random() / 200)
            if die:
                os.kill(os.getpid(), 9)
            fcntl.lockf(probe, fcntl.LOCK_UN)
    except OutputError as error:
        assert "is locked by another" in str(error), error
        return "busy"
    return "held"


while time.monotonic() < end:
    if random.random() < 0.05:
        child = os.fork()
        if not child:
            hold(True)
            os._exit(0)
        done["killed"] += os.waitpid(child, 0)[1] == 9
    else:
        done[hold(False)] += 1
print(done["held"], done["busy"], done["killed"])
"""


def start(code, cwd, number, *arguments):
    """Start a process of one of two users, who have nothing in common but the directory."""
    home = cwd / f"home{number % 2}"
    home.mkdir(exist_ok=True)
    places = ("HOME", "XDG_CACHE_HOME", "TMPDIR")
    return subprocess.Popen(
        [sys.executable, "-c", code.format(path=sys.path), str(number), *arguments],
        cwd=cwd,
        env={**os.environ, **dict.fromkeys(places, str(home))},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(processes):
    """Return what each process prints, as numbers."""
    outputs = [process.communicate() for process in processes]
    assert [(p.returncode, err) for p, (_, err) in zip(processes, outputs, strict=True)] == [
        (0, "") for _ in processes
    ]
    return [list(map(int, out.split())) for out, _ in outputs]


def test_two_processes_never_hold_the_lock_of_a_directory(tmp_path):
    """It is created and removed all the time, by two users, and some are killed meanwhile."""
    (tmp_path / "link").symlink_to("made")
    (tmp_path / "made").mkdir()
    counts = finish([start(WORK, tmp_path, number, "1.5") for number in range(6)])
    held, busy, killed = map(sum, zip(*counts, strict=True))
    assert held > 100
    assert busy > 10
    assert killed > 3
    assert list(tmp_path.rglob("*lock*")) == []


INSTALL = """
import sys
sys.path[:0] = {path!r}
from pathlib import Path
from sdist_upip.errors import OutputError
from sdist_upip.installed.package_directory import PackageDirectory
from support.package_installs import install_here, package

name = "p" + sys.argv[1]
new = package(name, "1", {{f"{{name}}/m{{n}}.py": "x" for n in range(40)}})
busy = done = 0
while done < 8:
    try:
        install_here(Path("lib"), new)
        assert len(list(Path("lib", name).iterdir())) == 40, "a false success"
        if done < 7:
            with PackageDirectory(Path("lib"), create=False) as directory:
                directory.uninstall([name])
        done += 1
    except OutputError as error:
        assert "is locked by another" in str(error), error
        busy += 1
print(busy)
"""


def test_two_users_install_into_one_directory(tmp_path):
    finish([start(INSTALL, tmp_path, number) for number in range(3)])
    with PackageDirectory(tmp_path / "lib") as directory:
        packages = [directory.get(f"p{number}") for number in range(3)]
        assert [directory.modified(package) for package in packages] == [[]] * 3
    assert sorted(path.name for path in (tmp_path / "lib").iterdir()) == [
        *(".upip", "p0", "p1", "p2")
    ]


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
