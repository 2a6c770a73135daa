"""Running `sdist-upip install` in this process."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sdist_upip.cli.main import main
from sdist_upip.index.pip_settings import PipSettings, ask_pip


@cache
def ask_once(config: str) -> PipSettings:
    """Return pip's settings for `config`. pip takes half a second, so it is asked once for each."""
    return ask_pip()


def install_on_host(directory: Path, index_url: str, *words: str) -> None:
    """Install to `directory` from one index, and assert that it succeeds."""
    assert main(["install", "-p", str(directory), "-i", index_url, *words]) == 0
