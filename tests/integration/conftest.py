"""Whole commands and builds: their tests may start processes and loopback servers."""

import os
import shutil
from pathlib import Path

import pytest
from filelock import FileLock

from sdist_upip.cli.main import main
from support.paths import ROOT
from support.processes import run_python
from support.stock_upip import fetch_stock_upip, find_registry

HERE = f"{Path(__file__).parent}{os.sep}"
SLOW = {
    "test_backends",
    "test_check_site",
    "test_compatibility",
    "test_convert",
    "test_docs",
    "test_gzip_bombs",
    "test_install_page",
    "test_install_scale",
    "test_irregular_files",
    "test_kill",
    "test_pip_compatible",
    "test_publish_page",
    "test_real_projects",
    "test_site_clients",
    "test_tox_job",
    "test_tutorials",
}
"""Files with tests that build in fresh environments, or run page after page."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Mark every test here, and those that are slow, which run first: others fill the gaps."""
    items.sort(key=lambda item: item.path.stem not in SLOW)
    for item in items:
        if str(item.path).startswith(HERE):
            item.add_marker("integration")
            if item.path.stem in SLOW:
                item.add_marker("slow")


@pytest.fixture
def run_install(index, tmp_path, capsys, monkeypatch):
    """Runs install in a directory of its own, from the index by default; returns what it prints."""
    monkeypatch.chdir(tmp_path)

    def run_install(*words, code=0, source=("-i", index.simple)):
        capsys.readouterr()
        assert main(["install", *source, *map(str, words)]) == code, capsys.readouterr().err
        shown = capsys.readouterr()
        assert "Traceback" not in shown.err
        return shown

    return run_install


@pytest.fixture
def configure_pip(tmp_path, monkeypatch):
    """A function that sets the text of pip's configuration."""

    def configure_pip(text):
        (tmp_path / "pip.conf").write_text(text)
        monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))

    return configure_pip


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    """The index that pip uses here, and a file with its root, where a computer finds one."""
    return find_registry(tmp_path_factory.mktemp("root"))


@pytest.fixture(scope="session")
def object_server():
    """A server with the interface of S3."""
    from support.object_store import serve_objects  # its imports take a second

    with serve_objects() as server:
        yield server


@pytest.fixture(params=["micropython-upip", "pycopy-upip"])
def stock(request, upip, registry):
    """The files of a stock upip."""
    return fetch_stock_upip(request.param, registry)


@pytest.fixture(scope="session")
def distribution(tmp_path_factory):
    """A directory with the wheel of this checkout, for tools that install build requirements.

    It is built once for all test workers.
    """
    base = tmp_path_factory.getbasetemp()
    directory = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "distribution"
    with FileLock(f"{directory}.lock"):
        if not directory.exists():
            source = tmp_path_factory.mktemp("source") / "sdist-upip"
            ignored = shutil.ignore_patterns("*.egg-info", "__pycache__")
            shutil.copytree(ROOT / "src", source / "src", ignore=ignored)
            for name in ("pyproject.toml", "README.md", "LICENSE"):
                shutil.copy(ROOT / name, source)
            command = ("-m", "uv", "build", "-q", "--wheel", "--out-dir", directory, source)
            result = run_python(*command, cwd=source)
            assert result.returncode == 0, result
    return directory
