"""`sdist-upip index`, whole: words and options become a site, or a message."""

import errno
import json
import os
import signal
import sys
import tempfile
from pathlib import Path

import pytest

from sdist_upip.cli.main import main
from sdist_upip.site.changes.workers import map_items
from sdist_upip.site.stores.directory import DirectoryStore
from support.archives import make_archive
from support.odd_archives import METADATA, archive, entry
from support.pax_archives import make_sdist
from support.trees import read_tree, write_tree
from support.wheels import pure_wheel

pytestmark = pytest.mark.usefixtures("own_pip")

NO_URL = (
    "The URL of the site is not known. Pass --url once for the feed, for the settings of upip, and "
    "for the files that stock upip needs.\n"
)
URL = ("--url", "https://example.org/packages/")


@pytest.fixture
def run(index, tmp_path, capsys, monkeypatch):
    """Runs index in a directory of its own; returns its lines, or what it prints for an error."""
    monkeypatch.chdir(tmp_path)

    def run(*words, code=0, source=("-i", index.simple)):
        capsys.readouterr()
        try:
            result = main(["index", *source, *map(str, words)])
        except SystemExit as stop:
            result = stop.code
        shown = capsys.readouterr()
        assert result == code, shown.err
        assert "Traceback" not in shown.err
        if code:
            assert shown.out == ""
            return shown.err.removeprefix("error: ").strip()
        run.messages = shown.err
        return shown.out.splitlines()

    return run


def put(name, version, *requires, files=None):
    """Write an archive to the current directory, and return its name."""
    path = Path(f"{name}-{version}.tar.gz")
    path.write_bytes(make_archive(name, version, files, requires))
    return path.name


def read_json(path):
    return json.loads(Path("site", path).read_text())


def read_version(name, tree="py"):
    return read_json(f"package/{tree}/{name}/latest.json")["version"]


def read_releases(name):
    """Return {version: reason for which it is yanked, or None}."""
    releases = read_json(f"records/project/{name}.json")["releases"]
    return {one["version"]: one["yanked"] for one in releases}


def test_every_kind_of_word_adds_releases(run, offer, index):
    offer("named", "1.0", "needed>=1,<2")
    offer("needed", "1.0", "common")
    offer("needed", "2.0")
    offer("common", "1.0")
    address = index.url(offer("by-url", "1.0"))
    Path("list.txt").write_text("listed-1.0.tar.gz  # an archive\n")
    put("listed", "1.0", "common")
    Path("wheel-1.0-py3-none-any.whl").write_bytes(pure_wheel("wheel", "1.0", {"wheel.py": ""}))
    Path("sdist-1.0.tar.gz").write_bytes(make_sdist("sdist", "1.0", {"sdist.py": b""}))
    words = [
        *("named", address, "wheel-1.0-py3-none-any.whl", "sdist-1.0.tar.gz"),
        *(put("x", "1.0"), put("x", "2.0"), "-r", "list.txt"),
    ]
    assert run(*words, *URL) == [
        *("added by-url 1.0", "added common 1.0", "added listed 1.0", "added named 1.0"),
        *("added needed 1.0", "added sdist 1.0", "added wheel 1.0", "added x 1.0", "added x 2.0"),
    ]
    assert run.messages == ""
    assert read_version("x") == "2.0"
    assert read_json("package/py/named/latest.json")["deps"] == [["needed", "1.0"]]
    assert read_json("records/site.json")["url"] == "https://example.org/packages"
    before = read_tree(Path("site"))
    assert run(*words) == [f"{release} is in the site" for release in _ASKED_FOR]
    assert read_tree(Path("site")) == before


_ASKED_FOR = ("by-url 1.0", "listed 1.0", "named 1.0", "sdist 1.0", "wheel 1.0", "x 1.0", "x 2.0")


def test_what_the_site_has_stays_unless_it_is_upgraded(run, offer):
    offer("app", "1.0", "dep")
    offer("dep", "1.0")
    assert run("app") == ["added app 1.0", "added dep 1.0"]
    assert run.messages == NO_URL
    offer("app", "2.0", "dep")
    offer("dep", "2.0")
    assert run("app") == ["added app 2.0"]
    assert run.messages == ""
    offer("app", "3.0", "dep")
    assert run("-U", "app") == ["added app 3.0", "added dep 2.0"]
    offer("dep", "3.0")
    assert run("-U", "--without", "app") == ["added dep 3.0"]
    assert run("-U") == ["app 3.0 is in the site", "dep 3.0 is in the site"]


def test_options_choose_releases(run, offer, tmp_path):
    offer("app", "1.0", "dep", 'board ; sys_platform == "rp2"', 'other ; sys_platform == "esp32"')
    offer("app", "2.0rc1")
    for name in ("dep", "board", "other"):
        offer(name, "1.0")
    assert "depends on the board. Set --platform." in run("app", code=1)
    assert not Path("site").exists()
    assert run("app", "--platform", "rp2", "--without", "dep") == [
        "added app 1.0",
        "added board 1.0",
    ]
    assert read_json("records/project/app.json")["releases"][0]["without"] == ["dep"]
    # The site keeps the platform.
    assert run("--pre", "app") == ["added app 2.0rc1"]
    assert run("app==1", "-o", "alone", "--no-deps", "--allow-missing", "--platform", "rp2") == [
        "added app 1.0"
    ]
    assert "warning: app 1.0 requires dep, which the site does not have." in run.messages


def test_where_packages_come_from(run, offer, tmp_path):
    put("found", "1.0")
    assert "No index is set" in run("found", "--no-index", code=1, source=())
    assert run("found", "--no-index", "-f", ".", source=()) == ["added found 1.0"]
    offer("extra", "1.0")
    assert run("extra", "--extra-index-url", "cache", "--cache-dir", "cache") == ["added extra 1.0"]
    assert any(Path("cache").rglob("extra-1.0.tar.gz"))


def test_a_lock_is_written_and_read(run, offer):
    offer("app", "1.0", "dep")
    offer("dep", "1.0")
    assert run("app", "--lock", "pylock.toml") == ["added app 1.0", "added dep 1.0"]
    offer("dep", "2.0")
    assert run("--lock", "pylock.toml", "-o", "again") == ["added app 1.0", "added dep 1.0"]
    assert run("--lock", "pylock.toml", "-o", "again") == [
        *("app 1.0 is in the site", "dep 1.0 is in the site"),
    ]
    assert "are both x" in run(put("x", "1"), put("x", "2"), "--lock", "pylock.x.toml", code=1)
    assert not Path("pylock.x.toml").exists()
    assert "a lock file is named pylock.toml" in run("app", "--lock", "lock.toml", code=1)


def test_releases_are_removed_yanked_and_offered_again(run):
    run(put("a", "1.0", "b"), put("b", "1.0"), put("b", "2.0"))
    assert run("--yank", "b==2.0: it <breaks>\n a board ") == ["yanked b 2.0"]
    assert read_releases("b") == {"2.0": "it <breaks> a board", "1.0": None}
    assert read_version("b") == "1.0"
    assert read_json("package/py/a/latest.json")["deps"] == [["b", "1.0"]]
    error = run("--remove", "b==1", code=1)
    assert error.startswith("a 1.0 requires b, which the site does not have.")
    assert run("--unyank", "B==2") == ["unyanked b 2.0"]
    assert run("--remove", "b==1.0", "--yank", "a==1") == ["removed b 1.0", "yanked a 1.0"]
    assert read_releases("a") == {"1.0": ""}
    assert run("--remove", "b==2", "--allow-missing") == ["removed b 2.0"]
    assert run.messages.startswith("warning: a 1.0 requires b, which the site does not have.")


def test_a_release_is_removed_and_added_in_one_run(run):
    run(put("a", "1.0"))
    assert run(put("a", "2.0"), "--remove", "a==1.0") == ["added a 2.0", "removed a 1.0"]


def test_settings_are_kept(run):
    assert run(*URL, "--title", " Our   packages ") == []
    assert run.messages == "The site has the new settings.\n"
    assert run(put("a", "1.0")) == ["added a 1.0"]
    assert run.messages == ""
    settings = read_json("records/site.json")
    assert settings["url"] == "https://example.org/packages"
    assert settings["title"] == "Our packages"
    assert "Our packages" in Path("site/index.html").read_text()
    assert run("--url", "") == []
    assert read_json("records/site.json")["url"] == ""


def test_modules_are_compiled(run):
    assert run(put("a", "1.0", files={"a/__init__.py": "A = 1\n", "a/b.txt": "B"}), "--mpy", "1.28")
    paths = [path for path, _ in read_json("package/6/a/latest.json")["hashes"]]
    assert paths == ["a/__init__.mpy", "a/b.txt"]
    assert run("--mpy", "") == []
    paths = [path for path, _ in read_json("package/6/a/latest.json")["hashes"]]
    assert paths == ["a/__init__.py", "a/b.txt"]


def test_a_project_is_built(run):
    write_tree(
        Path("app"),
        {
            "pyproject.toml": '[build-system]\nrequires = ["setuptools"]\nbuild-backend = '
            '"sdist_upip.build_meta"\n[project]\nname = "app"\nversion = "1.0"\n',
            "app.py": "A = 1\n",
        },
    )
    assert run("./app") == ["added app 1.0"]


USAGE = [
    ([], "pass a package, an archive or a project"),
    (["--allow-missing"], "pass a package, an archive or a project"),
    (["--remove", "a"], "argument --remove: 'a' is not NAME==VERSION"),
    (["--remove", "../a==1.0"], "is not NAME==VERSION"),
    (["--remove", "a==1.0:no"], "is not NAME==VERSION"),
    (["--unyank", "a>=1.0"], "argument --unyank: 'a>=1.0' is not NAME==VERSION"),
    (["--yank", "a==latest:no"], "argument --yank: 'a==latest' is not NAME==VERSION"),
    (["--yank", ""], "argument --yank: '' is not NAME==VERSION"),
    (["--url", "ftp://example.org"], "a board needs a URL that begins with https:// or http://"),
    (["--url", "https://me:secret@example.org"], "Pass a URL without them with --url"),
    (["--url", "https://example.org/?a"], "has neither ? nor #"),
    (["--title", " "], "argument --title: expected 1 to 200 printable characters"),
    (["--title", "a\x1bb"], "argument --title: expected 1 to 200 printable characters"),
    (["--lock", "pylock.toml", "-U"], "--lock without packages adds the packages of the lock file"),
    (["a", "--without", "a"], "cannot be both a package to install and in --without"),
]


@pytest.mark.parametrize(("arguments", "message"), USAGE)
def test_wrong_usage_is_explained(arguments, message, run):
    error = run(*arguments, code=2)
    assert message in error.splitlines()[-1]
    assert "secret" not in error
    assert not Path("site").exists()


ERRORS = [
    (["gone"], "gone: No .tar.gz archive and no wheel found in"),
    (["needs-1.0.tar.gz"], "needs 1.0 requires gone>=1, which the site does not have."),
    (["needs-1.0.tar.gz", "--no-deps"], "needs 1.0 requires gone>=1, which the site does not have"),
    (["missing-1.0.tar.gz"], "Cannot read missing-1.0.tar.gz: No such file or directory"),
    (["unsafe-1.0.tar.gz"], "unsafe-1.0.tar.gz: The member name 'x-1.0/../boot.py' has a '..'"),
    (["other-1.0.tar.gz"], "The file name states other 1.0, and PKG-INFO states x 1.0"),
    (["upip-1.0.tar.gz"], "Each site has its own upip"),
    (["--remove", "gone==1.0"], "gone 1.0 is not in site, which has no release of it"),
    (["--yank", "gone==1.0"], "gone 1.0 is not in site, which has no release of it"),
    (["--mpy", "1.2.3.4", "good-1.0.tar.gz"], "--mpy 1.2.3.4: invalid version"),
    (["./nothing/"], "is neither a project directory nor an archive"),
    (["-r", "none.txt"], "-r none.txt: No such file or directory"),
    (["-o", "", "good-1.0.tar.gz"], "The address of the site is empty"),
    (["-o", "file", "good-1.0.tar.gz"], "file is not a directory"),
    (["-o", "full", "good-1.0.tar.gz"], "full has other files, such as a/b.txt, and is not a site"),
    (["-o", "odd", "good-1.0.tar.gz"], "records/site.json cannot be read"),
]


@pytest.mark.parametrize(("arguments", "message"), ERRORS)
def test_errors_name_the_problem_and_leave_no_site(arguments, message, run):
    put("good", "1.0")
    put("needs", "1.0", "gone>=1")
    put("upip", "1.0", files={"x.py": ""})
    clean = {"PKG-INFO": METADATA, "x.py": ""}
    Path("unsafe-1.0.tar.gz").write_bytes(archive(clean, entry("x-1.0/../boot.py")))
    Path("other-1.0.tar.gz").write_bytes(archive(clean))
    Path("file").write_text("")
    write_tree(Path("full"), {"a/b.txt": ""})
    write_tree(Path("odd"), {"records/site.json": "[]"})
    before = read_tree(Path())
    error = run(*arguments, code=1)
    assert message in error.replace(os.sep, "/")
    assert read_tree(Path()) == before


def test_two_archives_of_one_release_are_both_named(run):
    put("a", "1.0")
    write_tree(Path("other"), {"a-1.0.0.tar.gz": make_archive("a", "1.0.0", {"b.py": ""})})
    for words in (
        ["a-1.0.tar.gz", "other/a-1.0.0.tar.gz"],
        ["other/a-1.0.0.tar.gz", "a-1.0.tar.gz"],
    ):
        error = run(*words, code=1)
        assert "a-1.0.tar.gz and " in error
        assert "a-1.0.0.tar.gz differ, and both are a 1.0" in error
    run("a-1.0.tar.gz")
    before = read_tree(Path("site"))
    error = run("other/a-1.0.0.tar.gz", code=1)
    assert "other" in error
    assert "site/files/a-1.0.tar.gz" in error
    assert read_tree(Path("site")) == before


def test_a_missing_dependency_may_be_left_to_another_index(run, offer):
    offer("there", "1.0")
    archive = put("a", "1.0", "gone", "there", "built-in")
    assert run(archive, "--allow-missing", "--without", "built.in") == [
        *("added a 1.0", "added there 1.0"),
    ]
    assert "warning: a 1.0 requires gone, which the site does not have." in run.messages
    assert "built" not in run.messages
    assert read_json("package/py/a/latest.json")["deps"] == [["there", "1.0"]]


def test_hidden_files_do_not_make_a_directory_another_one(run):
    write_tree(Path("site"), {".git/config": "", ".nojekyll": ""})
    assert run(put("a", "1.0")) == ["added a 1.0"]
    assert Path("site/.git/config").exists()


def test_a_missing_library_is_named(run, monkeypatch):
    monkeypatch.setitem(sys.modules, "jinja2", None)
    error = run(put("a", "1.0"), code=1)
    assert "requires jinja2" in error
    assert "pip install --upgrade 'sdist-upip[index]'" in error


@pytest.mark.parametrize("reason", [errno.ENOSPC, errno.EROFS])
def test_a_disk_that_cannot_be_written_is_named(reason, run, monkeypatch):
    def fail(self, path, data):
        raise OSError(reason, os.strerror(reason), str(path))

    run(put("a", "1.0"))
    monkeypatch.setattr(DirectoryStore, "_create", fail)
    error = run(put("b", "1.0"), code=1)
    assert os.strerror(reason) in error
    assert "Check permissions, ownership and free disk space." in error
    monkeypatch.undo()


def test_a_signal_leaves_no_temporary_files(run, monkeypatch, tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    wheel = Path("w-1.0-py3-none-any.whl")
    wheel.write_bytes(pure_wheel("w", "1.0", {"w.py": ""}))

    def interrupt(self, files):
        assert list(scratch.iterdir())
        raise KeyboardInterrupt

    monkeypatch.setattr(DirectoryStore, "write_many", interrupt)
    with pytest.raises(KeyboardInterrupt):
        run(wheel)
    assert list(scratch.iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no signals to processes")
def test_ctrl_c_in_a_terminal_stops_only_the_command_itself():
    # A terminal sends the signal to the processes that read archives, too.
    signals = [signal.SIGINT] * 50
    assert list(map_items(signal.raise_signal, signals)) == [None] * 50
