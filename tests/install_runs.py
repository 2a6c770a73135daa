"""Running `sdist-upip install` in this process, with a pip that nothing else configures."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from sdist_upip.cli.main import main
from sdist_upip.index.pip_settings import PipSettings, ask_pip

_CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@pytest.fixture
def own_pip(monkeypatch, tmp_path_factory):
    """Hide the settings of this computer's pip; return where to write those of a test."""
    home = tmp_path_factory.mktemp("home")
    names = [name for name in os.environ if name[:4] == "PIP_" or name.lower().endswith("_proxy")]
    for name in (*_CERTIFICATES, *names):
        monkeypatch.delenv(name, raising=False)
    config = home / "pip.conf"
    config.write_text("")
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))
    monkeypatch.setattr(
        "sdist_upip.index.pip_settings.ask_pip", lambda: ask_once(config.read_text())
    )
    return config


@cache
def ask_once(config: str) -> PipSettings:
    """Ask pip, which takes half a second, once for each configuration; its answer is the same."""
    return ask_pip()


def install_on_host(directory: Path, index_url: str, *words: str) -> None:
    """Install to `directory` from one index; the test fails where this fails."""
    assert main(["install", "-p", str(directory), "-i", index_url, *words]) == 0
