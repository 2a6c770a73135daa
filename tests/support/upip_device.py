"""What the tests of the device's upip share: its modules as files, or imported into CPython."""

from __future__ import annotations

import importlib
import shutil
import sys
from pathlib import Path

import pytest

from support.archives import make_release, pack
from support.index_server import Index

DEVICE = Path(__file__).parents[2] / "src" / "sdist_upip" / "device"
MODULES = sorted(path.stem for path in DEVICE.glob("upip*.py"))
CORE = ("upip", "upip_http", "upip_index", "upip_req", "upip_store", "upip_tar")
"""The modules without which a board installs nothing; the others serve one purpose each."""


def upip_files() -> dict[str, bytes]:
    """Return upip's modules as files to run beside."""
    return {f"{name}.py": (DEVICE / f"{name}.py").read_bytes() for name in MODULES}


def forget_upip() -> None:
    """Drop upip's modules, as a board does when it starts."""
    for name in [*MODULES, "upip_settings"]:
        sys.modules.pop(name, None)


def import_module(name: str):
    """Import one of upip's modules into this CPython."""
    return importlib.import_module(name)


@pytest.fixture
def upip(monkeypatch, tmp_path_factory):
    """The module upip, newly imported into this CPython from a copy that keeps its bytecode."""
    directory = tmp_path_factory.getbasetemp() / "upip"
    directory.mkdir(exist_ok=True)
    for name in MODULES:
        if not (directory / f"{name}.py").exists():
            shutil.copy(DEVICE / f"{name}.py", directory)
    monkeypatch.syspath_prepend(str(directory))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    monkeypatch.setattr("gc.collect", lambda: 0)  # it takes 50 ms in a process with pytest
    forget_upip()
    yield import_module("upip")
    forget_upip()


@pytest.fixture
def index():
    with Index() as index:
        yield index


@pytest.fixture
def offer(index):
    """Adds a release to the index: name, version, requirements, files."""

    def offer(name, version, *requires, files=None, **options):
        release = make_release(name, version, files, requires)
        return index.add_release(release, pack(release), **options)

    return offer


@pytest.fixture
def lib(tmp_path):
    return tmp_path / "lib"


@pytest.fixture
def install(upip, index, lib):
    """Installs from the index to `lib`."""

    def install(*packages, **options):
        options.setdefault("index_urls", [index.simple])
        upip.install([*packages], path=str(lib), **options)

    return install


def versions(upip, lib):
    return dict(upip.list(str(lib)))
