"""Commands that are stopped, or that the system lets down, end in a line and leave nothing."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sdist_upip.cli.main import main
from sdist_upip.cli.signals import stoppable
from support.archives import make_archive
from support.index_server import Index
from support.install_runs import install_on_host
from support.trees import read_tree

COMMAND = [sys.executable, "-m", "sdist_upip"]
FULL = Path("/dev/full")
pytestmark = pytest.mark.usefixtures("own_pip")


def wait_until(is_so):
    until = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.01)


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_an_error_that_python_raises_for_a_signal_is_not_shown(kind):
    """A signal in `from _ssl import …` can be a TypeError with "expected a message argument"."""
    with pytest.raises(SystemExit) as caught, stoppable():
        try:
            signal.raise_signal(kind)
        except SystemExit:
            raise TypeError("expected a message argument") from None
    assert caught.value.code == 128 + kind
    with pytest.raises(TypeError, match="own"), stoppable():
        raise TypeError("own")


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stopped_install_leaves_nothing(kind, tmp_path):
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    lib = tmp_path / "lib"
    with Index() as index:
        index.add("a-1.0.tar.gz", make_archive("a", "1.0"))
        install_on_host(lib, index.simple, "a")
        before = read_tree(lib)
        path = index.add("a-2.0.tar.gz", make_archive("a", "2.0"))
        index.replies[path].framing, index.replies[path].pause = "close", 0.5
        process = subprocess.Popen(
            [*COMMAND, "install", "-p", lib, "-i", index.simple, "a"],
            env={**os.environ, "TMPDIR": str(scratch)},
            stderr=subprocess.PIPE,
            # Whoever runs the tests in the background may have these ignored.
            preexec_fn=lambda: signal.signal(kind, signal.SIG_DFL),
        )
        wait_until(lambda: path in index.requests)
        process.send_signal(kind)
        _, shown = process.communicate(timeout=30)
    assert process.returncode == 128 + kind
    assert shown == b""
    assert read_tree(lib) == before
    assert list(scratch.iterdir()) == []


def test_a_signal_that_is_ignored_stays_so(monkeypatch, tmp_path):
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        monkeypatch.setattr(
            "sdist_upip.cli.commands.list.run",
            lambda options: os.kill(os.getpid(), signal.SIGHUP) or 0,
        )
        assert main(["list", "-p", str(tmp_path)]) == 0
    finally:
        signal.signal(signal.SIGHUP, before)


def test_no_place_for_temporary_files(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("tempfile._candidate_tempdir_list", lambda: [str(tmp_path / "nope")])
    monkeypatch.setattr("tempfile.tempdir", None)
    (tmp_path / "a-1.0.tar.gz").write_bytes(make_archive("a", "1.0"))
    lib = tmp_path / "lib"
    assert main(["install", "--freeze", "-p", str(lib), "-i", str(tmp_path), "a"]) == 1
    shown = capsys.readouterr()
    assert shown.err.startswith("error: ")
    assert "temporary" in shown.err
    assert "free disk space" in shown.err
    assert not lib.exists()


@pytest.mark.skipif(not FULL.exists(), reason="Linux has this device")
def test_an_output_that_is_full_or_closed(tmp_path):
    install_on_host(tmp_path / "lib", str(make_directory(tmp_path)), "a")
    command = [*COMMAND, "list", "-p", str(tmp_path / "lib")]
    with FULL.open("wb") as full:
        result = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, check=False)
    assert result.returncode == 1
    assert result.stderr.startswith(b"error: No space left on device. Check ")
    assert result.stderr.count(b"\n") == 1
    closed = subprocess.run(
        ["sh", "-c", '"$@" >&-', "sh", *command], stderr=subprocess.PIPE, check=False
    )
    assert (closed.returncode, closed.stderr) == (0, b"")


def make_directory(tmp_path):
    """Return a directory with one archive."""
    directory = tmp_path / "archives"
    directory.mkdir()
    (directory / "a-1.0.tar.gz").write_bytes(make_archive("a", "1.0"))
    return directory


EARLY = (
    "sdist_upip.cli.main",
    "argparse",
    "sdist_upip.errors",
    "sdist_upip.cli.commands.list",
    "sdist_upip.cli.attached.options",
    "sdist_upip.installed.package_directory",
)
"""Modules at whose import Ctrl-C arrives: from the first one of the command to the last."""

SEND = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == {name!r}:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Finder())
"""


@pytest.mark.parametrize("name", EARLY)
@pytest.mark.parametrize("command", [COMMAND, [str(Path(sys.executable).with_name("sdist-upip"))]])
def test_ctrl_c_during_the_imports(command, name, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(SEND.format(name=name))
    result = subprocess.run(
        [*command, "list", "-p", tmp_path / "lib"],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        check=False,
    )
    assert (result.returncode, result.stdout, result.stderr) == (130, b"", b"")
