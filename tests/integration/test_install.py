"""`sdist-upip install`, whole: from a loopback index into a directory, a lock or frozen modules."""

import gzip
import json
import os
import pty
import random
import shutil
import sys
import time

import pytest

from sdist_upip.cli.main import main
from sdist_upip.installed.directory_lock import lock_directory
from support.archives import make_archive, make_release, pack
from support.index_server import Index, Reply
from support.paths import ROOT
from support.processes import run_python
from support.proxy_server import Proxy
from support.trees import read_tree, write_tree

COMPUTER = {name: os.environ[name] for name in os.environ if name[:4] == "PIP_" or name == "HOME"}

pytestmark = pytest.mark.usefixtures("own_pip")


@pytest.fixture
def computer_pip(monkeypatch):
    """The settings of this computer's pip, as variables of a process."""
    monkeypatch.delenv("PIP_CONFIG_FILE")
    return COMPUTER


@pytest.fixture
def install(run_install):
    """Runs install; returns the lines of its results, or the error."""

    def install(*words, code=0, **options):
        shown = run_install(*words, code=code, **options)
        if code:
            assert shown.out == ""
            return shown.err.removeprefix("error: ").strip()
        return shown.out.splitlines()

    return install


def test_a_package_with_what_it_needs(install, offer, lib):
    offer("my-app", "1.0", "logging>=0.5,<1", files={"my_app/__init__.py": "import logging\n"})
    offer("logging", "0.5")
    offer("logging", "1.0")
    assert install("my_app") == ["installed logging 0.5", "installed my-app 1.0"]
    assert set(read_tree(lib)) == {
        *(".upip/logging", ".upip/my-app", "logging.py", "my_app/__init__.py")
    }
    before = read_tree(lib)
    assert install("my-app") == ["logging 0.5 is installed", "my-app 1.0 is installed"]
    assert read_tree(lib) == before


def test_named_packages_get_newer_and_with_upgrade_all(install, offer, lib):
    for name, needs in (("app", ["dep"]), ("dep", [])):
        offer(name, "1.0", *needs)
    install("app")
    for name, needs in (("app", ["dep"]), ("dep", [])):
        offer(name, "2.0", *needs)
    assert install("app") == ["installed app 2.0, which replaces 1.0", "dep 1.0 is installed"]
    assert install("--upgrade") == ["app 2.0 is installed", "installed dep 2.0, which replaces 1.0"]
    offer("dep", "3.0")
    assert install("-U", "app")[1] == "installed dep 3.0, which replaces 2.0"


def test_an_upgrade_of_nothing_is_reported(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["install", "--upgrade"]) == 0
    assert capsys.readouterr().err == "Nothing to install.\n"
    assert list(tmp_path.iterdir()) == []


def test_an_upgrade_where_a_record_has_no_name_of_a_package(install, lib):
    write_tree(lib, {".upip/a b": "a 1\n"})
    assert install("-U") == []


def test_a_file_that_was_changed_is_put_right(install, offer, lib):
    offer("app", "1.0")
    install("app")
    (lib / "app.py").write_text("changed")
    assert install("app") == ["installed app 1.0"]
    assert (lib / "app.py").read_text() == "version = '1.0'\n"


def test_lists_archives_and_addresses(install, offer, index, tmp_path, lib):
    address = index.url(offer("a", "1.0", "c"))
    offer("c", "1.0")
    (tmp_path / "b-1.0.tar.gz").write_bytes(make_archive("b", "1.0", requires=["c"]))
    (tmp_path / "list.txt").write_text(f"# what we need\n{address}  # here\nb-1.0.tar.gz\n")
    assert install("-r", "list.txt") == [f"installed {name} 1.0" for name in "abc"]
    assert install("b-1.0.tar.gz") == ["installed b 1.0", "c 1.0 is installed"]


def test_a_hash_that_is_given_is_verified(install, tmp_path, lib):
    (tmp_path / "b-1.0.tar.gz").write_bytes(make_archive("b", "1.0"))
    error = install(f"b-1.0.tar.gz#sha256={'0' * 64}", code=1)
    assert error.startswith("b 1.0: ") and "hash mismatch: expected sha256 " in error
    assert not lib.exists()


def test_a_project_is_built(install, offer, tmp_path, lib):
    shutil.copytree(ROOT / "examples" / "my_app", tmp_path / "my_app")
    before = read_tree(tmp_path / "my_app")
    lines = install("./my_app")
    assert "installed my-app 1.0" in lines
    assert read_tree(tmp_path / "my_app") == before
    assert (lib / "my_app" / "__main__.py").exists()


def test_a_broken_project(install, tmp_path, lib):
    write_tree(tmp_path / "broken", {"setup.py": "raise SystemExit('no')\n"})
    assert "broken cannot be built: " in install("./broken", code=1)
    assert not lib.exists()


def test_what_is_named_like_an_archive_and_is_none(install, tmp_path):
    os.mkfifo(tmp_path / "a-1.0.tar.gz")
    (tmp_path / "b-1.0.tar.gz").mkdir()
    for name, reason in (("a", "Not a regular file"), ("b", "Is a directory")):
        error = install(f"{name}-1.0.tar.gz", code=1)
        assert error.startswith(f"{name} 1.0: Cannot read {name}-1.0.tar.gz: {reason}. Check its")


def test_two_archives_of_one_package(install, tmp_path):
    for directory in "xy":
        write_tree(tmp_path, {f"{directory}/b-1.0.tar.gz": make_archive("b", "1.0")})
    error = install("x/b-1.0.tar.gz", "y/b-1.0.tar.gz", code=1)
    assert error == "x/b-1.0.tar.gz and y/b-1.0.tar.gz are both b. Pass one of them."


def test_nothing_changes_where_one_package_fails(install, offer, index, lib):
    offer("good", "1.0")
    install("good")
    before = read_tree(lib)
    offer("good", "2.0")
    offer("bad", "1.0", sha256="0" * 64)
    error = install("good", "bad", code=1)
    assert error.startswith("bad 1.0: ") and "hash mismatch: expected sha256 " in error
    assert read_tree(lib) == before


def test_an_installed_package_that_does_not_get_along(install, offer, lib):
    offer("old", "1.0", "dep<2")
    offer("dep", "1.0")
    install("old")
    offer("dep", "2.0")
    before = read_tree(lib)
    error = install("dep", code=1)
    assert error.startswith("dep: old 1.0 (installed) requires <2, but you selected 2.0")
    assert read_tree(lib) == before


@pytest.mark.parametrize(
    "need, reason",
    [("x >= ", "Invalid requirement"), ("b; sys_platform == 'rp2'", "--platform")],
)
def test_what_an_installed_package_needs_is_not_to_be_read(install, offer, lib, need, reason):
    offer("a", "1.0")
    offer("b", "1.0")
    install("a")
    record = lib / ".upip" / "a"
    record.write_text(f"{record.read_text()}needs {need}\n")
    before = read_tree(lib)
    shown = install("b", code=1)
    assert shown.startswith(f"a 1.0 (installed) requires {need!r}: ")
    assert reason in shown
    assert read_tree(lib) == before


def test_two_packages_with_one_file(install, offer, lib):
    offer("a", "1.0", files={"same.py": "a"})
    offer("b", "1.0", files={"same.py": "b"})
    assert "b and a both have same.py" in install("a", "b", code=1)
    assert not lib.exists()


def test_yanked_releases(install, offer, lib):
    offer("a", "1.0")
    offer("a", "2.0", yanked="broken")
    assert install("a") == ["installed a 1.0"]
    assert install("a==2.0") == ["installed a 2.0, which replaces 1.0"]


def test_a_second_index(install, offer, lib):
    offer("a", "1.0", "b")
    with Index() as other:
        for name, version in (("a", "9.0"), ("b", "2.0")):
            release = make_release(name, version)
            other.add_release(release, pack(release))
        lines = install("a", "--extra-index-url", other.simple)
    assert lines == ["installed a 1.0", "installed b 2.0"]


def test_a_directory_of_archives(install, tmp_path, lib):
    for name, needs in (("a", ["b"]), ("b", [])):
        write_tree(
            tmp_path, {f"archives/{name}-1.0.tar.gz": make_archive(name, "1.0", None, needs)}
        )
    expected = ["installed a 1.0", "installed b 1.0"]
    assert install("a", source=("--no-index", "-f", "archives")) == expected
    shutil.rmtree(lib)
    assert install("a", source=("-i", "archives")) == expected


def test_without_any_index(install):
    error = install("a", source=("--no-index",), code=1)
    assert error.startswith("a: No index is set. Pass --index-url or --find-links")


def test_index_and_credentials_are_those_of_pip(install, offer, index, own_pip):
    offer("a", "1.0")
    index.account = ("user", "secret")
    error = install("a", code=1)
    assert "401" in error or "credentials" in error
    address = index.simple.replace("http://", "http://user:secret@")
    own_pip.write_text(f"[global]\nindex-url = {address}\n")
    assert install("a", source=()) == ["installed a 1.0"]
    own_pip.write_text(f"[global]\nindex-url = {address.replace('secret', 'wrong')}\n")
    assert "wrong" not in install("a", "-U", source=(), code=1)


def test_credentials_of_the_command_line(install, offer, index, lib):
    offer("a", "1.0")
    index.account = ("user", "secret")
    source = ("-i", index.simple.replace("http://", "http://user:secret@"))
    assert "secret" not in install("nope", source=source, code=1)
    install("a", "--lock", "pylock.toml", source=source)
    assert "secret" not in (lib.parent / "pylock.toml").read_text()
    shutil.rmtree(lib)
    again = ("--lock", "pylock.toml", "--cache-dir", "empty")
    assert install(*again, source=source) == ["installed a 1.0"]


def test_a_proxy_of_pip(install, offer, index, own_pip):
    offer("a", "1.0")
    with Proxy() as proxy:
        own_pip.write_text(f"[global]\nproxy = {proxy.url}\n")
        install("a")
        assert len(proxy.requests) == 2


def test_an_unreachable_host(install, offer, own_pip, lib):
    offer("a", "1.0")
    own_pip.write_text("[global]\nretries = 0\n")
    error = install("a", source=("-i", "http://localhost:1/simple/"), code=1)
    assert "http://localhost:1/simple/a/" in error
    assert not lib.exists()


def test_a_first_index_that_does_not_answer_is_not_passed_over(install, index, offer, own_pip):
    offer("a", "1.0")
    own_pip.write_text("[global]\nretries = 0\n")
    source = ("-i", "http://localhost:1/simple/", "--extra-index-url", index.simple)
    assert "localhost:1" in install("a", source=source, code=1)
    assert index.requests == []


def test_a_slow_server(install, index, offer, own_pip, lib):
    path = offer("a", "1.0")
    index.replies[path] = Reply(index.replies[path].body, pause=30)
    own_pip.write_text("[global]\nretries = 0\ntimeout = 0.3\n")
    start = time.monotonic()
    assert "a 1.0: " in install("a", code=1)
    assert time.monotonic() - start < 15
    assert not lib.exists()


def test_what_is_in_the_cache_is_not_fetched_again(install, index, offer, lib):
    path = offer("a", "1.0")
    install("a")
    shutil.rmtree(lib)
    install("a")
    assert index.requests.count(path) == 1
    shutil.rmtree(lib)
    install("a", "--cache-dir", "elsewhere")
    assert index.requests.count(path) == 2


def test_a_terminal_shows_what_is_coming(index, offer, tmp_path):
    path = offer("a", "1.0", files={"a.py": random.Random(1).randbytes(3000).hex()})
    index.replies[path] = Reply(index.replies[path].body, pause=0.1)
    shown = []

    def read(terminal):
        shown.append(os.read(terminal, 1024))
        return shown[-1]

    command = [sys.executable, "-m", "sdist_upip", "install", "-p", str(tmp_path / "lib")]
    assert pty.spawn([*command, "-i", index.simple, "a"], read) == 0
    assert b"a-1.0.tar.gz" in b"".join(shown)
    assert b"installed a 1.0" in b"".join(shown)


ORDINARY = {"pyproject.toml": "[project]\nname = 'x'\n", "x.py": ""}


def test_an_ordinary_sdist(install, offer, lib):
    files = {**ORDINARY, "tests/test_x.py": "", "setup.py": "raise SystemExit(1)"}
    offer("x", "1.0", files=files)
    assert install("x") == ["installed x 1.0"]
    assert [path for path in read_tree(lib) if not path.startswith(".")] == ["x.py"]


@pytest.mark.parametrize(
    ("files", "reason", "advice"),
    [
        (
            {"pyproject.toml": "", "y.py": "", "z.py": ""},
            "What to install is not clear: the archive has y.py, z.py.",
            "Add --convert to build it by its own backend, which runs code of the package.",
        ),
        (
            {"pyproject.toml": "", "x.py": "", "fast.c": ""},
            "The package has C extensions (fast.c), which no device can use.",
            "Look for a package that is made for MicroPython.",
        ),
    ],
)
def test_an_ordinary_sdist_that_is_refused(install, offer, lib, files, reason, advice):
    offer("x", "1.0", files=files)
    assert install("x", code=1) == f"x 1.0: {reason} {advice}"
    assert not lib.exists()


@pytest.mark.parametrize("tar", [bytes(10240), bytes(17 << 20)])
def test_repack_is_not_advised_for_an_empty_archive(install, tmp_path, tar):
    (tmp_path / "a-1.0.tar.gz").write_bytes(gzip.compress(tar))
    assert "--convert" not in install("a-1.0.tar.gz", code=1)


def test_a_package_with_wheels_alone(install, index, tmp_path, lib):
    wheel = make_wheel(tmp_path / "dist")
    index.add(wheel.name, wheel.read_bytes(), name="tiny")
    assert install("tiny") == ["installed tiny 1.2"]
    assert (lib / "tiny.py").read_text() == "def hello():\n    return 'hello'\n"
    shutil.rmtree(lib)
    assert install(wheel) == ["installed tiny 1.2"]


def test_the_wheel_replaces_an_ordinary_sdist(install, index, offer, tmp_path, lib):
    wheel = make_wheel(tmp_path / "dist")
    index.add(wheel.name, wheel.read_bytes(), name="tiny")
    offer("tiny", "1.2", files=ORDINARY)
    assert install("tiny", "--lock", "pylock.toml") == ["installed tiny 1.2"]
    assert wheel.name in (tmp_path / "pylock.toml").read_text()
    before = read_tree(lib)
    shutil.rmtree(lib)
    install("--lock", "pylock.toml")
    assert read_tree(lib) == before


def test_a_wheel_that_is_not_pure(install, index, lib):
    index.add("fast-1.0-cp311-cp311-linux_x86_64.whl", b"", name="fast")
    assert "Only wheels for computers found in" in install("fast", code=1)


def make_wheel(directory):
    """Return a pure wheel that flit built."""
    project = write_tree(
        directory / "project",
        {
            "pyproject.toml": '[build-system]\nrequires = ["flit_core"]\n'
            'build-backend = "flit_core.buildapi"\n'
            '[project]\nname = "tiny"\nversion = "1.2"\ndescription = "Says hello"\n',
            "tiny.py": "def hello():\n    return 'hello'\n",
        },
    )
    result = run_python(
        *("-m", "build", "--wheel", "--no-isolation", "-o", directory, project), cwd=directory
    )
    assert result.returncode == 0, result
    return next(directory.glob("*.whl"))


def test_a_lock_installs_the_same_again(install, index, offer, tmp_path, lib):
    offer("app", "1.0", "dep")
    offer("dep", "1.0")
    install("app", "--lock", "pylock.toml")
    lock, tree = (tmp_path / "pylock.toml").read_bytes(), read_tree(lib)
    offer("dep", "2.0")
    shutil.rmtree(lib)
    index.requests.clear()
    assert install("--lock", "pylock.toml") == ["installed app 1.0", "installed dep 1.0"]
    assert read_tree(lib) == tree
    assert index.requests == []
    assert install("--lock", "pylock.toml") == ["app 1.0 is installed", "dep 1.0 is installed"]
    assert (tmp_path / "pylock.toml").read_bytes() == lock
    assert install("app", "--lock", "pylock.toml")[1] == "installed dep 2.0, which replaces 1.0"
    assert b"dep-2.0.tar.gz" in (tmp_path / "pylock.toml").read_bytes()


def test_a_lock_is_the_same_wherever_it_is_made(install, offer, tmp_path):
    offer("app", "1.0", "dep")
    offer("dep", "1.0")
    install("dep==1.0", "-p", "other")
    offer("dep", "2.0")
    locks = []
    for directory in ("one", "other"):
        install("app", "-p", directory, "--lock", "pylock.toml")
        locks.append((tmp_path / "pylock.toml").read_bytes())
    assert locks[0] == locks[1]


def test_a_lock_offline(install, index, offer, tmp_path, lib):
    path = offer("app", "1.0")
    install("app", "--lock", "pylock.toml")
    shutil.rmtree(lib)
    index.requests.clear()
    offline = ("--no-index", "--lock", "pylock.toml")
    assert install(*offline, source=()) == ["installed app 1.0"]
    shutil.rmtree(lib)
    empty = (*offline, "--cache-dir", "empty")
    assert "not in the cache" in install(*empty, source=(), code=1)
    write_tree(tmp_path, {"archives/app-1.0.tar.gz": index.replies[path].body})
    assert install(*empty, "-f", "archives", source=()) == ["installed app 1.0"]
    assert index.requests == []


def test_a_lock_refuses_a_file_that_was_changed(install, index, offer, lib):
    path = offer("app", "1.0")
    install("app", "--lock", "pylock.toml")
    shutil.rmtree(lib)
    index.replies[path] = Reply(make_archive("app", "1.0", {"app.py": "evil"}))
    error = install("--lock", "pylock.toml", "--cache-dir", "empty", code=1)
    assert "hash mismatch: expected sha256 " in error
    assert not lib.exists()


def test_a_lock_with_an_address_that_cannot_be(install, offer, index, tmp_path, lib):
    offer("app", "1.0")
    install("app", "-p", "other", "--lock", "pylock.toml")
    lock = tmp_path / "pylock.toml"
    lock.write_text(lock.read_text().replace("http://localhost", "http://user:secret@[::1"))
    shown = install("--lock", "pylock.toml", "--cache-dir", "empty", code=1)
    assert "invalid or unsupported URL. Write " in shown
    assert "secret" not in shown
    assert not lib.exists()


def test_a_lock_of_local_archives_and_projects(install, offer, tmp_path, lib):
    write_tree(tmp_path, {"dist/a-1.0.tar.gz": make_archive("a", "1.0")})
    shutil.copytree(ROOT / "examples" / "my_app", tmp_path / "my_app")
    install("dist/a-1.0.tar.gz", "./my_app", "--lock", "locks/pylock.toml")
    text = (tmp_path / "locks" / "pylock.toml").read_text()
    assert 'path = "../dist/a-1.0.tar.gz"' in text
    assert 'path = "../my_app"' in text
    tree = read_tree(lib)
    shutil.rmtree(lib)
    install("--lock", "locks/pylock.toml")
    assert read_tree(lib) == tree


def test_nothing_is_built_for_a_lock_that_cannot_be_verified(install, tmp_path):
    write_tree(tmp_path, {"a/setup.py": f"open({str(tmp_path / 'built')!r}, 'w').close()\n"})
    entries = '[[packages]]\nname = "a"\ndirectory = {path = "a"}\n[[packages]]\nname = "b"\n'
    entries += 'vcs = {type = "git", url = "https://g", commit-id = "0"}\n'
    head = 'lock-version = "1.0"\ncreated-by = "x"\n'
    before = read_tree(write_tree(tmp_path, {"pylock.toml": head + entries}))
    assert "b comes from a repository" in install("--lock", "pylock.toml", code=1)
    assert read_tree(tmp_path) == before


def test_a_lock_with_another_name(install, offer):
    offer("app", "1.0")
    assert "a lock file is named pylock.toml" in install("app", "--lock", "my.lock", code=1)


def test_freezing_with_dependencies(install, offer, tmp_path):
    offer("app", "1.0", "dep", files={"app/__init__.py": "", "app/data.bin": b"\0\1"})
    offer("dep", "1.0")
    *lines, manifest = install("app", "--freeze", "-p", "modules")
    assert lines == [
        *("installed app 1.0", "installed dep 1.0"),
        *("modules/app/R.py  (1 resource)", "modules/app/__init__.py", "modules/dep.py"),
    ]
    assert manifest == f"FROZEN_MANIFEST={tmp_path}/modules/manifest.py"
    assert not (tmp_path / "modules" / ".upip").exists()
    assert "modules holds modules that are to be frozen" in install("app", "-p", "modules", code=1)
    offer("dep", "2.0")
    lines = install("app", "--freeze", "-p", "modules")
    assert lines[:2] == ["installed app 1.0", "installed dep 2.0, which replaces 1.0"]
    assert (tmp_path / "modules" / "dep.py").read_text() == "version = '2.0'\n"


def test_one_freezes_at_a_time(install, offer, tmp_path):
    offer("a", "1.0")
    with lock_directory(tmp_path / "modules"):
        shown = install("--freeze", "-p", "modules", "a", code=1)
    assert shown == (
        "The directory modules is locked by another sdist-upip process. Try again later."
    )
    assert not (tmp_path / "modules").exists()
    install("--freeze", "-p", "modules", "a")


@pytest.mark.parametrize("option", ["--freeze", "--pre"])
def test_a_tilde_in_an_option(install, offer, own_pip, option):
    offer("a", "1.0")
    install(option, "--path=~/lib", "--lock=~/pylock.toml", "a")
    assert {"lib", "pylock.toml"} <= {path.name for path in own_pip.parent.iterdir()}


@pytest.mark.parametrize(
    "source",
    [
        ("-i", "~nobody-here/archives"),
        ("--no-index", "-f", "~nobody-here/archives"),
        ("--no-index", "-f", "http://user:secret@[::1/"),
        ("-i", "http://user:secret@[::1/"),
    ],
)
def test_places_that_cannot_be(install, source):
    shown = install("a", source=source, code=1)
    assert ". Write " in shown
    assert "secret" not in shown


def test_an_index_with_names_and_versions_of_thousands_of_letters(install, index, offer, lib):
    offer("a", "1.0")
    page = index.page("a") + b'<a href="../../files/a-%s.tar.gz">x</a>' % (b"9" * 5000)
    index.replies["/simple/a/"] = Reply(page, headers={"Content-Type": "text/html"})
    offer("b", "1.0", "a==" + "9" * 5000)
    assert install("a") == ["installed a 1.0"]
    assert "has 5,003 characters, more than 1,000." in install("b", code=1)
    assert sorted(read_tree(lib)) == [".upip/a", "a.py"]


def test_a_list_without_packages_is_an_error(install, offer, tmp_path):
    offer("a", "1.0")
    (tmp_path / "list.txt").write_text("# none yet\n")
    install("--freeze", "-p", "modules", "--lock", "pylock.toml", "a")
    before = read_tree(tmp_path)
    for words in ([], ["-U"], ["--lock", "pylock.toml"], ["--freeze", "-p", "modules"]):
        shown = install("-r", "list.txt", *words, code=1)
        assert shown == "-r list.txt: the file has no requirements. Write one per line."
    assert read_tree(tmp_path) == before


def test_a_package_that_is_not_for_the_board_is_reported(install, offer, caplog):
    offer("a", "1.0")
    assert install("a; python_version > '3.4'") == []
    assert 'Ignoring a; python_version > "3.4": its marker is false for this board' in caplog.text


def test_modules_are_compiled(install, offer, lib):
    offer("app", "1.0", files={"app/__init__.py": "x = 1\n", "main.py": "import app\n"})
    install("app")
    assert install("app", "--mpy", "1.28") == ["installed app 1.0"]
    assert set(read_tree(lib)) == {".upip/app", "app/__init__.mpy", "main.py"}
    assert (lib / "app" / "__init__.mpy").read_bytes()[:2] == b"M\x06"
    assert install("app", "--mpy", "1.28") == ["app 1.0 is installed"]


def test_markers_of_the_board(install, offer):
    offer("app", "1.0", "dep; sys_platform == 'rp2'")
    offer("dep", "1.0")
    error = install("app", code=1)
    assert error == (
        'app 1.0 requires "dep; sys_platform == \'rp2\'": The marker sys_platform == "rp2" depends '
        "on the board. Set --platform."
    )
    assert install("app", "--platform", "esp32") == ["installed app 1.0"]
    assert install("app", "--platform", "rp2") == ["app 1.0 is installed", "installed dep 1.0"]
    offer("other", "1.0")
    assert install("other") == ["installed other 1.0"]


def test_the_json_of_list(install, offer, capsys, lib):
    offer("app", "1.0", "dep>=1")
    offer("dep", "1.0")
    install("app")
    assert main(["list", "--json"]) == 0
    first, second = json.loads(capsys.readouterr().out)
    assert (first["name"], first["needs"], second["version"]) == ("app", ["dep>=1"], "1.0")
    assert main(["uninstall", "app", "dep"]) == 0
    assert not any(lib.iterdir())


@pytest.mark.parametrize(
    "words, reason",
    [
        ([], "pass a package"),
        (["--freeze", "-U"], "pass a package"),
        (["--freeze", "--mpy", "1.28", "a"], "the port's build compiles the modules"),
        (["--force", "a"], "--force requires --freeze"),
        (["--lock", "pylock.toml", "-U"], "installs the packages of the lock file"),
        (["--what", "a"], "unrecognized arguments"),
    ],
)
def test_usage_errors(words, reason, capsys):
    with pytest.raises(SystemExit) as caught:
        main(["install", *words])
    assert caught.value.code == 2
    assert reason in capsys.readouterr().err


def test_without_the_extra(tmp_path):
    code = "import sys\nsys.modules['unearth'] = None\nfrom sdist_upip.cli.main import main\n"
    result = run_python("-c", code + "sys.exit(main(['install', 'a']))", cwd=tmp_path)
    assert result.returncode == 1
    assert "This command requires unearth, which is not installed" in result.stderr
    assert "pip install --upgrade 'sdist-upip[install]'" in result.stderr


@pytest.mark.parametrize(
    ("module", "source", "words", "extra"),
    [
        ("resolvelib", "import absent", "install --no-index a", "install"),
        ("httpx2", "raise ImportError('no TLS')", "install --no-index a", "install"),
        ("jinja2", "raise ImportError('too old')", "index -o site a", "index"),
        ("serial/tools/list_ports", "import absent", "boards", "board"),
        ("mpremote/transport", "import absent", "list --board=/dev/null", "board"),
    ],
)
def test_a_library_that_is_found_and_cannot_be_imported(tmp_path, module, source, words, extra):
    """Libraries are imported where they are used, so this is not known before."""
    library = module.partition("/")[0]
    packages = ("serial", "serial/tools", "mpremote")
    write_tree(tmp_path, {f"{name}/__init__.py": "" for name in packages})
    write_tree(tmp_path, {"mpremote/transport_serial.py": "", "serial/tools/list_ports.py": ""})
    write_tree(tmp_path, {f"{module if '/' in module else f'{module}/__init__'}.py": source})
    command = ("-c", "import sys\nfrom sdist_upip.cli.main import main\nsys.exit(main())")
    result = run_python(*command, *words.split(), cwd=tmp_path, PYTHONPATH=str(tmp_path))
    reason = "No module named 'absent'" if "absent" in source else source.split("'")[1]
    assert (result.returncode, result.stderr) == (
        1,
        f"error: This command requires {library}, which is not installed ({reason}). "
        f"Run pip install --upgrade 'sdist-upip[{extra}]'.\n",
    )


@pytest.mark.parametrize(
    ("command", "name"), [("install", "sdist_upip.more"), ("install", None), ("show", "idna")]
)
def test_another_module_that_is_missing_has_a_traceback(command, name, monkeypatch):
    def run(options):
        raise ModuleNotFoundError("missing", name=name)

    monkeypatch.setitem(globals(), "__name__", "sdist_upip.more")  # raised by a module of ours
    monkeypatch.setattr(f"sdist_upip.cli.commands.{command}.run", run)
    with pytest.raises(ModuleNotFoundError):
        main([command, "a"])


def test_other_commands_import_none_of_the_libraries(tmp_path):
    names = ("unearth", "httpx2", "resolvelib", "rich", "tomli_w", "platformdirs")
    block = f"import sys\nfor name in {names}: sys.modules[name] = None\n"
    write_tree(
        tmp_path, {"setup.py": "from setuptools import setup\nsetup(name='x', version='1')\n"}
    )
    write_tree(tmp_path, {"pyproject.toml": '[project]\nname = "x"\nversion = "1"\n', "x.py": ""})
    code = block + "from sdist_upip.cli.main import main\nsys.exit(main(['build']))"
    result = run_python("-c", code, cwd=tmp_path)
    assert result.returncode == 0, result


@pytest.mark.network
def test_legacy_packages_of_the_registry(tmp_path, computer_pip):
    """Device archives of ten years ago, with what they need."""
    install = ("-m", "sdist_upip", "install")
    result = run_python(*install, "micropython-logging", cwd=tmp_path, **computer_pip)
    assert result.returncode == 0, result
    assert (tmp_path / "lib" / "logging" / "__init__.py").exists()
    result = run_python(*install, "picoweb", cwd=tmp_path, **computer_pip)
    assert result.returncode == 0, result
    tree = read_tree(tmp_path / "lib")
    assert {"picoweb/__init__.py", "uasyncio/core.py", "logging/__init__.py"} <= set(tree)
    assert not any("PaxHeader" in path for path in tree)
