"""`sdist-upip list` and `sdist-upip uninstall`, as people call them; upip's are the same."""

import hashlib
import json
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

from sdist_upip.cli.main import main
from sdist_upip.installed.directory_lock import lock_directory
from support.archives import make_archive
from support.package_installs import install_by_upip
from support.processes import run_python
from support.trees import read_tree

PACKAGES = (
    ("my-app", "1.0", make_archive("my_app", "1.0", {"my_app/a.py": "1"}, ["logging>=0.5"])),
    ("logging", "0.6", make_archive("logging", "0.6")),
    ("x.y", "2", make_archive("x.y", "2", {"x/y.py": "1", "x/z.py": "1"})),
)
PACKAGES = tuple((name.replace(".", "-"), version, data) for name, version, data in PACKAGES)

AS_ANOTHER_USER = """
import os, sys
sys.path[:0] = {path!r}
from sdist_upip.cli.main import main
import sdist_upip.cli.commands.list, sdist_upip.installed.package_directory
if os.geteuid() == 0:
    os.setgroups([])
    os.setuid(12345)
sys.exit(main(["list", "-p", "lib"]))
"""


@pytest.fixture
def lib(upip, tmp_path, monkeypatch):
    """A directory that upip has installed to, below the current one."""
    monkeypatch.chdir(tmp_path)
    install_by_upip("lib", *PACKAGES)
    return tmp_path / "lib"


@pytest.fixture
def call(capsys):
    def call(*arguments):
        code = main(list(map(str, arguments)))
        return code, *capsys.readouterr()

    return call


def test_list_prints_what_upip_prints(lib, upip, call, capsys):
    main_of_upip = __import__("upip_main").main
    assert main_of_upip(["list", "-p", "lib"], upip) == 0
    expected = capsys.readouterr().out
    assert expected == "logging 0.6\nmy-app 1.0\nx-y 2\n"
    assert call("list", "-p", lib) == (0, expected, "")
    assert call("list") == (0, expected, ""), "lib is the default"


def test_list_reports_changed_files_on_standard_error(lib, call):
    (lib / "x/y.py").unlink()
    (lib / "x/z.py").write_text("2")
    code, out, err = call("list")
    assert (code, out) == (0, "logging 0.6\nmy-app 1.0\nx-y 2\n")
    assert err == (
        "warning: x-y 2 has modified or missing files: x/y.py, x/z.py. Install the package "
        "again to restore them.\n"
    )


def test_list_as_json(lib, call):
    (lib / "x/z.py").write_text("2")
    code, out, _ = call("list", "--json", "-p", lib)
    tables = json.loads(out)
    assert code == 0
    assert [(table["name"], table["version"]) for table in tables] == [
        ("logging", "0.6"),
        ("my-app", "1.0"),
        ("x-y", "2"),
    ]
    assert tables[1] == {
        "name": "my-app",
        "version": "1.0",
        "files": {"my_app/a.py": hashlib.sha256(b"1").hexdigest()},
        "needs": ["logging>=0.5"],
        "changed": [],
    }
    assert [table["changed"] for table in tables] == [[], [], ["x/z.py"]]


@pytest.mark.parametrize("exists", [False, True])
def test_list_of_nothing(tmp_path, monkeypatch, call, exists):
    monkeypatch.chdir(tmp_path)
    if exists:
        (tmp_path / "lib").mkdir()
    assert call("list") == (0, "", "No packages in lib.\n")
    assert call("list", "--json", "-p", "lib") == (0, "[]\n", "")
    assert read_tree(tmp_path) == ({"lib": b""} if exists else {})


def test_uninstall_removes_all_that_are_named(lib, call):
    (lib / "mine.py").write_text("1")
    assert call("uninstall", "My_App", "my-app", "x.Y") == (0, "", "")
    assert sorted(read_tree(lib)) == [".upip/logging", "logging.py", "mine.py"]
    assert call("uninstall", "logging", "-p", lib) == (0, "", "")
    assert sorted(read_tree(lib)) == ["mine.py"]


def test_uninstall_leaves_what_upip_leaves(lib, upip, call, tmp_path):
    install_by_upip("other", *PACKAGES)
    for name in ("my-app", "x-y"):
        upip.uninstall(name, "other")
    call("uninstall", "my-app", "x-y")
    assert read_tree(lib) == read_tree(tmp_path / "other")


def test_uninstall_warns_of_those_that_need_it(lib, call):
    assert call("uninstall", "logging") == (
        0,
        "",
        "warning: my-app 1.0 requires logging, which is no longer installed. "
        "Install logging again, or uninstall my-app too.\n",
    )


def test_uninstall_of_an_unknown_name_removes_nothing(lib, call):
    before = read_tree(lib)
    assert call("uninstall", "my-app", "gone") == (
        1,
        "",
        "error: gone is not installed in lib. "
        "Run sdist-upip list -p lib for the installed packages.\n",
    )
    assert read_tree(lib) == before


def test_uninstall_from_a_directory_that_is_not_there(tmp_path, monkeypatch, call):
    monkeypatch.chdir(tmp_path)
    assert call("uninstall", "a", "-p", "no/lib")[0] == 1
    assert list(tmp_path.iterdir()) == []


def test_uninstall_without_a_name_is_a_usage_error(capsys):
    with pytest.raises(SystemExit) as error:
        main(["uninstall", "-p", "lib"])
    assert error.value.code == 2
    assert "NAME" in capsys.readouterr().err


DAMAGED = (
    "The record lib/.upip/x-y is damaged: the last line is truncated. Install x-y again, or run "
    "sdist-upip uninstall -p lib x-y."
)


def test_a_damaged_record_is_a_warning_that_names_it(lib, call):
    (lib / ".upip/x-y").write_text("x-y 2\nfile")
    assert call("list") == (0, "logging 0.6\nmy-app 1.0\n", f"warning: {DAMAGED}\n")
    code, out, err = call("list", "--json")
    assert (code, err) == (0, f"warning: {DAMAGED}\n")
    assert [table["name"] for table in json.loads(out)] == ["logging", "my-app"]
    assert call("uninstall", "my-app", "logging") == (0, "", "")
    assert call("list") == (0, "", f"warning: {DAMAGED}\n")
    assert call("list", "--json") == (0, "[]\n", f"warning: {DAMAGED}\n")


def test_a_damaged_record_is_uninstalled_as_the_warning_says(lib, call):
    (lib / ".upip/x-y").write_text("x-y 2\nfile")
    assert call("uninstall", "-p", "lib", "x-y", "logging", "X_y") == (
        0,
        "",
        "warning: The record of x-y was damaged and is removed. Its files are not known and stay "
        "in lib. Remove them by hand.\n"
        "warning: my-app 1.0 requires logging, which is no longer installed. Install logging "
        "again, or uninstall my-app too.\n",
    )
    assert sorted(read_tree(lib)) == [".upip/my-app", "my_app/a.py", "x/y.py", "x/z.py"]
    assert call("list") == (0, "my-app 1.0\n", "")


@pytest.mark.parametrize("name", ["X-Y", "a b", "-", "\x1b[2J"])
def test_a_record_whose_name_is_none_is_uninstalled_too(lib, call, name):
    (lib / ".upip" / name).write_text("x-y 2\n")
    (lib / ".upip/x-y").unlink()
    assert " is damaged: it is a record of x-y. " in call("list")[2]
    code, out, err = call("uninstall", "--", name)
    assert (code, out) == (0, "")
    assert "was damaged and is removed" in err
    assert call("list") == (0, "logging 0.6\nmy-app 1.0\n", "")


def test_a_damaged_record_is_replaced_by_another_installation(lib, call, tmp_path):
    (lib / ".upip/x-y").write_text("x-y 2\nfile")
    for name, version, data in (PACKAGES[2], ("new", "1", make_archive("new", "1"))):
        (tmp_path / f"{name}-{version}.tar.gz").write_bytes(data)
    code, out, err = call("install", "--no-index", "./new-1.tar.gz")
    assert (code, out) == (0, "installed new 1\n")
    assert err == "" or DAMAGED in err
    assert call("install", "--no-index", "./x-y-2.tar.gz") == (0, "installed x-y 2\n", "")
    assert call("list") == (0, "logging 0.6\nmy-app 1.0\nnew 1\nx-y 2\n", "")


@pytest.mark.parametrize(
    "command", [["list"], ["uninstall", "logging"], ["install", "x-y-2.tar.gz"]]
)
def test_a_damaged_journal_is_removed_by_any_command(lib, call, tmp_path, caplog, command):
    (tmp_path / "x-y-2.tar.gz").write_bytes(PACKAGES[2][2])
    (lib / ".upip/journal.txt").write_text("+x-y +")
    (lib / ".upip/x-y.new").write_text("x-y 3\n")
    assert call(*command, *(["--no-index"] if command[0] == "install" else []))[0] == 0
    assert caplog.messages == [
        "lib/.upip/journal.txt cannot be followed: '+' is not a step. The interrupted change is "
        "dropped, so these packages may be incomplete: x-y. Install them again."
    ]
    assert call("list")[2] == ""
    assert not [name for name in read_tree(lib) if "." in name.removeprefix(".upip/")[0]]


def test_a_directory_that_cannot_be_written_is_listed(lib):
    """Also with the files of an interrupted installation, which cannot be removed there."""
    (lib / ".upip/z.0").write_text("half")
    before = read_tree(lib)
    with tempfile.TemporaryDirectory() as directory:  # pytest's own are closed to other users
        copy = shutil.copytree(lib, f"{directory}/lib")
        for path in (directory, copy, f"{copy}/.upip"):
            Path(path).chmod(0o555)
        result = run_python("-c", AS_ANOTHER_USER.format(path=sys.path), cwd=directory)
        assert (result.returncode, result.stderr) == (0, "")
        assert result.stdout == "logging 0.6\nmy-app 1.0\nx-y 2\n"
        assert read_tree(Path(copy)) == before


@pytest.mark.skipif(sys.platform == "win32", reason="locks need a library there")
def test_no_library_is_needed(lib):
    names = ("filelock", "httpx2", "platformdirs", "resolvelib", "rich", "tomli_w", "unearth")
    script = f"import sys\nfor name in {names!r}:\n    sys.modules[name] = None\n"
    script += "from sdist_upip.cli.main import main\nsys.exit(main())\n"
    for words in (["list"], ["uninstall", "x-y"], ["device", "-i", "http://localhost/"]):
        result = run_python("-c", script, *words, "-p", str(lib), cwd=lib.parent)
        assert (result.returncode, result.stderr) == (0, ""), words


@pytest.mark.parametrize("command", [["list"], ["uninstall", "a"]])
def test_without_the_extra_it_says_what_to_install(call, monkeypatch, command):
    """On a system where locks need a library."""
    monkeypatch.setattr(f"sdist_upip.cli.commands.{command[0]}.LOCKS", ("filelock",))
    monkeypatch.setitem(sys.modules, "filelock", None)
    code, out, err = call(*command)
    assert (code, out) == (1, "")
    assert err.endswith("Run pip install --upgrade 'sdist-upip[install]'.\n")


@pytest.fixture
def modules(tmp_path, monkeypatch, call):
    """A directory of modules to freeze, below the current one, with my-app and logging."""
    monkeypatch.chdir(tmp_path)
    for name, version, data in PACKAGES:
        (tmp_path / f"{name.replace('-', '_')}-{version}.tar.gz").write_bytes(data)
    files = ("my_app-1.0.tar.gz", "logging-0.6.tar.gz")
    assert call("install", "--freeze", "-p", "modules", "--no-index", *files)[0] == 0
    return tmp_path / "modules"


def test_list_of_frozen_packages(modules, call):
    expected = "logging 0.6\nmy-app 1.0\n"
    assert call("list", "-p", "modules") == (0, expected, "")
    assert json.loads(call("list", "-p", "modules", "--json")[1]) == [
        {"name": "logging", "version": "0.6"},
        {"name": "my-app", "version": "1.0"},
    ]
    before = read_tree(modules)
    assert call("freeze", "-p", "modules", "my_app-1.0.tar.gz", "logging-0.6.tar.gz")[0] == 0
    assert read_tree(modules) == before
    assert call("freeze", "-p", "modules", "--force", "logging-0.6.tar.gz")[0] == 0
    assert call("list", "-p", "modules") == (0, "logging 0.6\n", "")


def test_list_of_frozen_packages_with_other_files(modules, call):
    (modules / "logging.py").write_text("changed")
    assert call("list", "-p", "modules") == (
        0,
        "logging 0.6\nmy-app 1.0\n",
        "warning: modules has modified or missing files: logging.py. Freeze the packages again "
        "with --force to restore them.\n",
    )


def test_list_of_packages_that_an_earlier_version_froze(modules, call):
    text = (modules / "manifest.py").read_text()
    old = text.replace("# Packages:\n#     logging 0.6\n#     my-app 1.0\n", "")
    assert old != text
    (modules / "manifest.py").write_text(old)
    for options in ([], ["--json"]):
        assert call("list", "-p", "modules", *options) == (
            1,
            "",
            "error: modules/manifest.py is from an earlier version of sdist-upip and does not list "
            "packages. Freeze the packages again.\n",
        )
    assert call("freeze", "-p", "modules", "logging-0.6.tar.gz")[0] == 0
    assert call("list", "-p", "modules") == (0, "logging 0.6\n", "")


def test_uninstall_of_a_frozen_package(modules, call):
    before = read_tree(modules)
    assert call("uninstall", "-p", "modules", "logging") == (
        1,
        "",
        "error: modules holds modules that are to be frozen, and nothing can be uninstalled there. "
        "Freeze again, and name only the packages that stay.\n",
    )
    assert read_tree(modules) == before


def test_list_of_a_directory_that_is_being_frozen(modules, call):
    with lock_directory(modules):
        assert call("list", "-p", "modules") == (
            1,
            "",
            "error: The directory modules is locked by another sdist-upip process. "
            "Try again later.\n",
        )
