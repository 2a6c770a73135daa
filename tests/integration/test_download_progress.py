"""The progress bar of downloads: on terminals, from the first byte on."""

import sys
from argparse import Namespace
from contextlib import contextmanager

import pytest

from sdist_upip.background.pool import BackgroundPool
from sdist_upip.cli import download_progress
from sdist_upip.cli.download_progress import show_downloads
from sdist_upip.cli.package_sources import open_client
from sdist_upip.index.pip_settings import PipSettings


@pytest.fixture
def without_rich(monkeypatch):
    """rich cannot be imported."""
    for name in ("rich.console", "rich.progress"):
        monkeypatch.setitem(sys.modules, name, None)


@pytest.fixture(autouse=True)
def no_variables(monkeypatch):
    """Nothing makes a terminal of a file."""
    for name in ("FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.usefixtures("without_rich")
def test_without_a_terminal_nothing_is_shown_and_rich_is_not_imported(capsys):
    with show_downloads() as reporter:
        reporter("a-1.0.tar.gz")(1, 2)
    assert capsys.readouterr() == ("", "")


@pytest.mark.usefixtures("without_rich")
def test_rich_is_imported_at_the_first_byte(monkeypatch):
    monkeypatch.setattr(download_progress, "has_terminal", lambda: True)
    with show_downloads() as reporter:
        report = reporter("a-1.0.tar.gz")
        with pytest.raises(ImportError):
            report(1, 2)


@pytest.mark.parametrize(
    ("variables", "shown"),
    [
        ({"FORCE_COLOR": "1"}, True),
        ({"FORCE_COLOR": ""}, False),
        ({"TTY_COMPATIBLE": "1"}, True),
        ({"TTY_COMPATIBLE": "0"}, False),
    ],
)
def test_the_file_is_named_where_rich_sees_a_terminal(monkeypatch, capsys, variables, shown):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "100")
    with show_downloads() as reporter:
        for name in ("a-1.0.tar.gz", "b\x1b[31m-2.0.tar.gz"):
            report = reporter(name)
            report(1, None)
            report(2, 2)
    error = capsys.readouterr().err
    assert ("a-1.0.tar.gz" in error or "b\\x1b[31m-2.0.tar.gz" in error) is shown
    assert "\x1b[31m-2.0" not in error


def test_the_bar_ends_after_the_downloads_in_the_background(tmp_path, monkeypatch):
    """A download that reported later would start a bar that has no end."""
    ends = []

    @contextmanager
    def show():
        yield lambda filename: lambda done, total: None
        ends.append("bar")

    monkeypatch.setattr(download_progress, "show_downloads", show)
    monkeypatch.setattr(BackgroundPool, "close", lambda pool, interrupt: ends.append("pool"))
    options = Namespace(cache_dir=tmp_path, no_index=False, upgrade=False)
    with open_client(options, PipSettings()):
        pass
    assert ends == ["pool", "bar"]
