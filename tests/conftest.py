"""Fixtures of most tests: projects from text, builds, and hiding this computer's settings."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import warnings
from contextlib import contextmanager
from pathlib import Path

import pytest
from filelock import FileLock

from sdist_upip.cli.main import main
from support.archives import make_release, pack
from support.entry_points import remember_entry_points
from support.foreign_archives import build_population
from support.index_server import Index
from support.install_runs import ask_once
from support.processes import run_python
from support.projects import BACKEND
from support.trees import Scan, read_members, read_tree, write_tree
from support.upip_device import DEVICE, MODULES, forget_upip, import_module
from support.warm_python import run_warm

pytest_plugins = ["micropython.fixtures", "support.reports"]

# Workers and processes share what one of them compiles, also where the environment forbids it. In
# environments of a test, Python compiles what is imported, where pip compiles all that it installs.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
os.environ["PIP_NO_COMPILE"] = "no"  # what pip takes for the option itself
sys.dont_write_bytecode = False
remember_entry_points()

_PROXIES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
_CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_MORE_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Keep the thousands of tests out of every garbage collection that comes later."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture
def make_project(tmp_path):
    """A function that writes a project from files and the text of pyproject.toml."""

    def make(files, pyproject="", name="x", version="1.0"):
        head = f'[project]\nname = "{name}"\nversion = "{version}"\n'
        return write_tree(
            tmp_path / "project", {"pyproject.toml": BACKEND + head + pyproject, **files}
        )

    return make


@pytest.fixture
def build(tmp_path, capsys):
    """A function that builds a project in this process and returns the archive's members."""

    def build_members(project, *arguments):
        with warnings.catch_warnings():
            # The projects of the tests use what setuptools deprecates.
            warnings.simplefilter("ignore")
            code = main(["build", str(project), "-o", str(tmp_path / "out"), *arguments])
        assert code == 0, capsys.readouterr().err
        (archive,) = (tmp_path / "out").iterdir()
        return read_members(archive)

    return build_members


@pytest.fixture
def fail(tmp_path, monkeypatch, capsys):
    """A function that expects a build to fail: exit code 1, nothing changed; returns the error.

    It builds in this process, or in one of its own where an environment is given.
    """

    def build_here(arguments):
        capsys.readouterr()
        with monkeypatch.context() as patch, warnings.catch_warnings():
            patch.chdir(tmp_path)
            warnings.simplefilter("ignore")
            try:
                code = main(list(map(str, arguments)))
            except SystemExit as ending:  # as setuptools ends; Python prints the text
                sys.stderr.write(f"{ending}\n")
                code = 1
        return code, *capsys.readouterr()

    def build_apart(arguments, environ):
        start = run_python if environ.keys() & {"PYTHONUTF8"} else run_warm
        result = start("-m", "sdist_upip", *arguments, cwd=tmp_path, **environ)
        return result.returncode, result.stdout, result.stderr

    def fail_to_build(project, *arguments, **environ):
        before = read_tree(project)
        command = ["build", project, *arguments]
        code, out, err = build_apart(command, environ) if environ else build_here(command)
        assert code == 1, err
        assert out == ""
        assert "Traceback" not in err, err
        errors = [line for line in err.splitlines() if line.startswith("error: ")]
        assert len(errors) == 1, err
        assert read_tree(project) == before
        return errors[0]

    return fail_to_build


@pytest.fixture
def scan_in_order(monkeypatch):
    """A function that sets the order in which the file system lists a directory."""
    listdir, scandir = os.listdir, os.scandir

    def scan(reverse):
        def scan_sorted(path="."):
            with scandir(path) as entries:
                return Scan(sorted(entries, key=lambda entry: entry.name, reverse=reverse))

        monkeypatch.setattr(os, "listdir", lambda path=".": sorted(listdir(path), reverse=reverse))
        monkeypatch.setattr(os, "scandir", scan_sorted)

    return scan


@pytest.fixture
def own_network(monkeypatch, tmp_path):
    """Hide the proxies, certificates and passwords of this computer."""
    names = (*_PROXIES, *map(str.upper, _PROXIES), *_CERTIFICATES, *_MORE_CERTIFICATES)
    for name in names:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))


@pytest.fixture
def own_pip(monkeypatch, tmp_path_factory):
    """Hide the settings of this computer's pip. The value is the file for those of a test."""
    home = tmp_path_factory.mktemp("home")
    names = [name for name in os.environ if name[:4] == "PIP_" or name.lower().endswith("_proxy")]
    for name in (*_CERTIFICATES, *names):
        monkeypatch.delenv(name, raising=False)
    config = home / "pip.conf"
    config.write_text("")
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.setenv("PIP_CONFIG_FILE", str(config))

    @contextmanager
    def asking_pip(python=sys.executable):
        yield lambda: ask_once(config.read_text())

    monkeypatch.setattr("sdist_upip.index.pip_settings.asking_pip", asking_pip)
    return config


@pytest.fixture
def make_client(tmp_path, own_network):
    """A function that returns a client with these fields of PipSettings. Retries are off."""
    # Imported here, since all tests share the module and few need the libraries behind it.
    from sdist_upip.index.archive_cache import ArchiveCache
    from sdist_upip.index.client import IndexClient
    from sdist_upip.index.pip_settings import PipSettings

    opened = []

    def make(*, directory: Path | None = tmp_path / "cache", offline: bool = False, **settings):
        settings = {"timeout": 5.0, "retries": 0, "no_input": True, **settings}
        cache = ArchiveCache(directory)
        client = IndexClient(PipSettings(**settings), cache, offline=offline)
        opened.append((client.__enter__(), cache.__enter__()))
        return client

    yield make
    for client, cache in opened:
        client.__exit__(None, None, None)
        cache.__exit__(None, None, None)


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
    """An index on the loopback, without releases."""
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
    """Where packages go; not there yet."""
    return tmp_path / "lib"


@pytest.fixture(scope="session")
def population(tmp_path_factory):
    """The archives of other tools, {kind: Foreign}, built once for all test workers."""
    base = tmp_path_factory.getbasetemp()
    directory = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "population"
    with FileLock(f"{directory}.lock"):
        return build_population(directory)
