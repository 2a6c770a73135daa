"""Modules for boards: on this CPython, and on real interpreters in processes of their own."""

import os
from pathlib import Path

import pytest

HERE = f"{Path(__file__).parent}{os.sep}"
STARTED = {"executable", "index", "interpreter", "micropython", "unix_port"}
"""The fixtures that start an interpreter or a loopback server."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark the tests that start a process or a server."""
    for item in items:
        if str(item.path).startswith(HERE) and STARTED & {*item.fixturenames}:
            item.add_marker("integration")


@pytest.fixture
def install(upip, index, lib):
    """Installs from the index to `lib`."""

    def install(*packages, **options):
        options.setdefault("index_urls", [index.simple])
        upip.install([*packages], path=str(lib), **options)

    return install
