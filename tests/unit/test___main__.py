import signal
import sys
from importlib.metadata import version

import pytest
from packaging.version import Version

from sdist_upip import __version__
from sdist_upip.__main__ import main
from sdist_upip.cli.early import end_at_once


@pytest.fixture
def interrupts():
    """The handler of Ctrl-C is the default one, and is restored afterwards."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_the_exit_code_is_that_of_the_command(monkeypatch, capsys, interrupts, tmp_path):
    monkeypatch.setattr(sys, "argv", ["sdist-upip", "show", str(tmp_path / "none.tar.gz")])
    assert main() == 1
    assert capsys.readouterr().err.startswith("error: ")
    assert signal.getsignal(signal.SIGINT) is end_at_once


def test_a_handler_that_is_set_stays(monkeypatch, capsys, interrupts):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    monkeypatch.setattr(sys, "argv", ["sdist-upip", "--version"])
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith("sdist-upip ")
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_the_version_is_that_of_the_distribution():
    assert __version__ == version("sdist-upip") == str(Version(__version__))
