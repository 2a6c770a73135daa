"""Unit tests start no process and use no network."""

import os
import socket
import subprocess

import pytest
from setuptools import Distribution

_NOT_SPLIT_YET = {"test_a_lock_of_uv_is_read"}
"""Tests of modules that are being rewritten: they are for tests/integration."""

_FORBIDDEN = (
    (subprocess.Popen, "__init__"),
    (os, "system"),
    (os, "fork"),
    (os, "forkpty"),
    (os, "posix_spawn"),
    (os, "posix_spawnp"),
    (socket.socket, "bind"),
    (socket.socket, "connect"),
    (socket.socket, "connect_ex"),
)


@pytest.fixture(autouse=True)
def _no_process_and_no_network(request, monkeypatch):
    """What starts a process or opens a socket belongs to tests/integration."""
    if request.node.originalname in _NOT_SPLIT_YET:
        return

    def refuse(*arguments, **options):
        pytest.fail("a unit test starts no process and opens no socket: move the test")

    for owner, name in _FORBIDDEN:
        monkeypatch.setattr(owner, name, refuse, raising=False)


@pytest.fixture(autouse=True)
def _without_mpy_cross(monkeypatch):
    """mpy-cross is a process, so the rules answer alone which sources compile."""
    monkeypatch.setattr("sdist_upip.mpy.refusals.find_program", lambda: None)


@pytest.fixture(autouse=True)
def _without_requirements_of_plug_ins(monkeypatch):
    """setuptools 61 checks the requirements of every plug-in, which takes a second for a build."""
    if hasattr(Distribution, "_install_dependencies"):
        monkeypatch.setattr(Distribution, "_install_dependencies", lambda self, entry_point: None)
