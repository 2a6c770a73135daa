"""Running `sdist-upip install` in this process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from sdist_upip.cli.main import main
from sdist_upip.index import pip_settings
from sdist_upip.index.pip_settings import PipSettings, asking_pip
from support.warm_python import WARM


@cache
def ask_once(config: str) -> PipSettings:
    """Return pip's settings for `config`. pip is asked once for each, in a process that forks."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pip_settings, "subprocess", WARM)
        with asking_pip() as read:
            return read()


def install_on_host(directory: Path, index_url: str, *words: str) -> None:
    """Install to `directory` from one index, and assert that it succeeds."""
    assert main(["install", "-p", str(directory), "-i", index_url, *words]) == 0
