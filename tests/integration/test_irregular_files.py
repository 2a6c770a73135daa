"""FIFOs, devices, sockets and directories in the place of files: one line, at once."""

import os
import signal
import stat
import sys
from pathlib import Path

import pytest

from sdist_upip.cli.main import main
from sdist_upip.index.pip_settings import asking_pip
from support.archives import make_archive
from support.trees import write_tree

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="/dev/zero, and sockets as files")

KINDS = ("fifo", "zero", "full", "socket", "directory")


def put(path, kind):
    """Put a file of that kind at `path`; devices are behind a symbolic link."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if kind == "fifo":
        os.mkfifo(path)
    elif kind == "socket":
        os.mknod(path, 0o600 | stat.S_IFSOCK)
    elif kind == "directory":
        path.mkdir()
    else:
        path.symlink_to(f"/dev/{kind}")


@pytest.fixture
def run(tmp_path, own_pip, own_network, monkeypatch, capsys):
    """A function that runs a command in `tmp_path`, and returns the exit code and the error.

    An alarm ends a command that waits, or reads without end.
    """
    own_pip.write_text("[global]\nno-index = true\n")
    monkeypatch.chdir(tmp_path)

    def run(*arguments, **environ):
        if environ:  # which pip has to read
            monkeypatch.setattr("sdist_upip.index.pip_settings.asking_pip", asking_pip)
        for name, value in environ.items():
            monkeypatch.setenv(name, value)
        signal.alarm(60)
        try:
            code = main(list(arguments))
        finally:
            signal.alarm(0)
        error = capsys.readouterr().err
        assert "Traceback" not in error
        return code, error

    return run


READERS = {
    "archive of install": (["install", "--no-index", "-p", "lib", "./x-1.tar.gz"], "x-1.tar.gz"),
    "wheel of install": (
        ["install", "--no-index", "--convert", "-p", "lib", "./x-1-py3-none-any.whl"],
        "x-1-py3-none-any.whl",
    ),
    "requirements": (["install", "--no-index", "-p", "lib", "-r", "list.txt"], "list.txt"),
    "lock": (["install", "--no-index", "-p", "lib", "--lock", "pylock.toml"], "pylock.toml"),
    "page": (["install", "--no-index", "-p", "lib", "-f", "page.html", "x"], "page.html"),
    "archive of find-links": (["install", "--no-index", "-p", "lib", "-f", ".", "x"], "x-1.tar.gz"),
    "index": (["install", "-p", "lib", "-i", "index", "x"], "index/x/index.html"),
    "repack": (["repack", "x-1.tar.gz"], "x-1.tar.gz"),
    "repack of a wheel": (["repack", "x-1-py3-none-any.whl"], "x-1-py3-none-any.whl"),
    "repack --complete": (["repack", "--complete", "x-1.tar.gz"], "x-1.tar.gz"),
    "freeze": (["freeze", "-p", "frozen", "x-1.tar.gz"], "x-1.tar.gz"),
    "check": (["check", "x-1.tar.gz"], "x-1.tar.gz"),
    "show": (["show", "x-1.tar.gz"], "x-1.tar.gz"),
    "build of a wheel": (["build", "x-1-py3-none-any.whl"], "x-1-py3-none-any.whl"),
    "build": (["build", "project"], "project/pyproject.toml"),
    "res": (["res", "data.bin"], "data.bin"),
    "journal of files": (["device", "--no-index", "-p", "lib"], "lib/.sdist-upip/journal.json"),
    "certificates": (["device", "--no-index", "-p", "lib", "--ca", "roots.pem"], "roots.pem"),
}
"""From what is read to the command that reads it, and the path."""


CASES = [
    (reader, kind)
    for reader in READERS
    for kind in KINDS
    if (reader, kind) != ("freeze", "directory")  # which is a project
]


@pytest.mark.parametrize(("reader", "kind"), CASES)
def test_no_reader_waits_or_reads_without_end(reader, kind, run, tmp_path):
    arguments, path = READERS[reader]
    put(tmp_path / path, kind)
    code, error = run(*arguments)
    assert code == 1
    assert error.count("error: ") <= 1


RECORDS = {
    "x": "x is damaged: it is not a regular file",
    "journal.txt": "journal.txt cannot be followed: it is not a regular file",
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", RECORDS)
def test_records_and_journals_are_passed_over(name, kind, run, tmp_path, caplog):
    put(tmp_path / "lib/.upip" / name, kind)
    code, error = run("list", "-p", "lib")
    assert code == 0
    assert RECORDS[name] in f"{error}{caplog.text}"


WRITERS = {
    "repack -o": (["repack", "good-1.0.tar.gz", "-o", "out"], "out"),
    "repack -o of a device": (["repack", "good-1.0.tar.gz", "-o", "./out"], "out"),
    "res -o": (["res", "data.bin", "-o", "out"], "out"),
    "lock": (
        ["install", "--no-index", "-p", "lib", "--lock", "pylock.toml", "./good-1.0.tar.gz"],
        "pylock.toml",
    ),
    "device": (["device", "--no-index", "-p", "lib"], "lib/upip.py"),
    "freeze": (["freeze", "-p", "frozen", "good-1.0.tar.gz"], "frozen/good.py"),
}


@pytest.mark.parametrize("kind", ["fifo", "zero", "full", "socket"])
@pytest.mark.parametrize("writer", WRITERS)
def test_no_writer_replaces_what_is_not_a_regular_file(writer, kind, run, tmp_path):
    arguments, path = WRITERS[writer]
    write_tree(
        tmp_path,
        {"good-1.0.tar.gz": make_archive("good", "1.0", {"good.py": "x = 1"}), "data.bin": b"1"},
    )
    put(tmp_path / path, kind)
    before = (tmp_path / path).lstat()
    code, error = run(*arguments)
    assert code == 1
    assert error.startswith("error: ")
    after = (tmp_path / path).lstat()
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)


@pytest.mark.parametrize("kind", ["fifo", "zero"])
def test_settings_of_pip(kind, run, tmp_path):
    put(tmp_path / "pip.conf", kind)
    code, error = run("install", "-p", "lib", "x", PIP_CONFIG_FILE=str(tmp_path / "pip.conf"))
    assert code == 1
    assert "pip.conf is not a regular file" in error


@pytest.mark.parametrize("kind", ["fifo", "zero"])
@pytest.mark.parametrize("option", ["PIP_CERT", "PIP_CLIENT_CERT"])
def test_certificates_of_pip(kind, option, run, tmp_path):
    put(tmp_path / "roots.pem", kind)
    code, error = run(
        "install",
        "-p",
        "lib",
        "-i",
        "https://localhost:9/",
        "x",
        PIP_RETRIES="0",
        **{option: str(tmp_path / "roots.pem")},
    )
    assert code == 1
    assert "roots.pem: Not a regular file. Set" in error


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_in_the_cache(kind, run, tmp_path, index):
    path = index.add("x-1.tar.gz", make_archive("x", "1"))
    (sha256,) = (file.sha256 for file in index._files["x"])
    put(tmp_path / f"cache/{sha256[:2]}/{sha256}/x-1.tar.gz", kind)
    url = f"{index.url(path)}#sha256={sha256}"
    code, error = run("install", "--no-index", "-p", "lib", "--cache-dir", "cache", url)
    assert code == 0, error
    assert (tmp_path / "lib/.upip/x").exists()


def test_what_was_there_is_still_there():
    for name in ("zero", "full", "null"):
        assert stat.S_ISCHR(Path(f"/dev/{name}").stat().st_mode)
