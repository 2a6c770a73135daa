"""One static site, and what every kind of client installs from it."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pytest

from micropython import WebAssembly
from sdist_upip.board.device_files import read_device_modules
from sdist_upip.board.pkg_resources import COMPILED, SOURCE
from sdist_upip.cli.main import main
from sdist_upip.metadata.stock_upip import INSTALL, action_on
from support.client_site import (
    PAGE,
    RELEASES,
    RESOLVED,
    build_archives,
    expect_files,
    make_site,
)
from support.paths import ROOT
from support.processes import run, run_python
from support.static_server import StaticServer
from support.stock_upip import RUN
from support.transport import TRANSPORT, below_lib
from support.trees import read_members, read_tree
from support.upip_device import HEAP, upip_files

if sys.platform != "win32":
    from support.pty_board import PtyBoard

UV = Path(sys.executable).with_name("uv")
NAMES = list(RESOLVED)


class Site:
    """A site that is served: its `url`, its `root`, and the archives that it was made of."""

    def __init__(self, root, url, archives):
        self.root, self.url = root, url
        self._archives = {path.name: read_members(path) for path in archives}

    @property
    def simple(self):
        return f"{self.url}/simple"

    def expect_members(self, name):
        """Return what installing the archives of `name` and its requirements shall leave."""
        files = {}
        for project, version in RESOLVED[name]:
            stem = f"{project.lower().replace('-', '_').replace('.', '_')}-{version}"
            members = self._archives[f"{stem}.tar.gz"]
            files |= {path: data for path, data in members.items() if action_on(path) == INSTALL}
        return files


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    directory, root = tmp_path_factory.mktemp("archives"), tmp_path_factory.mktemp("site")
    archives = build_archives(directory)
    with StaticServer(root) as server:
        make_site(root, archives, {"url": server.url, "mpy": "1.28"})
        yield Site(root, server.url, [archive.path for archive in archives])


def with_pkg_resources(name, files, module=SOURCE):
    """Return `files` and the module pkg_resources if `name` requires it, with its content."""
    return {**files, module: ...} if name == "app" else files


def compiled(files):
    return {f"{path[:-3]}.mpy" if path.endswith(".py") else path: files[path] for path in files}


def read_installed(directory):
    """Return the files below `directory`, without the content of pkg_resources."""
    files = read_tree(directory)
    return {path: ... if path in (SOURCE, COMPILED) else data for path, data in files.items()}


def without_records(files):
    return {path: data for path, data in files.items() if not path.startswith(".upip")}


def run_board(unix_port, lib, *words):
    """Run the unix port with modules in `lib`, as a board imports them."""
    environ = {"MICROPYPATH": f"{lib}:.frozen", "HOME": str(lib.parent)}
    result = run(unix_port.program, *words, cwd=lib.parent, **environ)
    assert result.returncode == 0, result
    return result.stdout


IMPORT_APP = (
    "import app, base\nprint(app.__file__, base.version, app.page == open('lib/" + PAGE + "',"
    " 'rb').read())\n"
)


def mip_install(unix_port, site, lib, *words):
    words = ("-m", "mip", "install", "--index", site.url, "--target", lib, *words)
    result = run(unix_port.program, *words, cwd=lib.parent)
    assert result.stdout.endswith("Done\n"), result.stdout
    return result.stdout


@pytest.mark.parametrize("name", NAMES)
def test_mip_installs_sources(unix_port, site, lib, name):
    printed = mip_install(unix_port, site, lib, "--no-mpy", name)
    assert read_installed(lib) == with_pkg_resources(name, expect_files(name))
    copied = re.findall(r"^(?:Copying|Exists): (.*)", printed, re.MULTILINE)
    assert len(copied) >= len(expect_files(name))
    if name == "app":
        shown = run_board(unix_port, lib, "-c", IMPORT_APP)
        assert shown == f"{lib}/app/__init__.py 2.0 True\n"


@pytest.mark.parametrize("name", NAMES)
def test_mip_installs_compiled_modules(unix_port, site, lib, name):
    mip_install(unix_port, site, lib, name)
    installed = read_installed(lib)
    expected = compiled(with_pkg_resources(name, expect_files(name), COMPILED))
    assert installed.keys() == expected.keys()
    for path, data in installed.items():
        assert (
            data[:1] == b"M"
            if path.endswith(".mpy") and data is not ...
            else data == expected[path]
        )
    modules = [path[:-4].partition("/")[0] for path in installed if path.endswith(".mpy")]
    assert run_board(unix_port, lib, "-c", f"import {', '.join(modules)}; print(1)") == "1\n"
    if name == "app":
        assert run_board(unix_port, lib, "-c", IMPORT_APP).endswith("/app/__init__.mpy 2.0 True\n")


def test_mip_installs_a_version_and_the_normalized_name(unix_port, site, lib):
    mip_install(unix_port, site, lib, "--no-mpy", "my-thing", "base@3.0")
    assert read_installed(lib) == {
        **expect_files("My.Thing"),
        "base.py": RELEASES["base", "3.0"][0]["base.py"].encode(),
    }


def test_upip_comes_by_mip_and_installs_from_the_site(unix_port, site, lib):
    mip_install(unix_port, site, lib, "--no-mpy", "upip")
    sources = read_device_modules()
    sources.pop(SOURCE)
    settings = read_tree(lib).keys() - sources.keys()
    assert settings == {"upip_settings.py"}
    printed = run_board(unix_port, lib, "-m", "upip", "install", "-p", "packages", "app")
    assert f"Installing app 1.0 from {site.url}/files/app-1.0.tar.gz" in printed
    installed = without_records(read_tree(lib.parent / "packages"))
    assert {path: data for path, data in installed.items() if path != SOURCE} == (
        site.expect_members("app")
    )


@pytest.mark.skipif(sys.platform == "win32", reason="there are no terminals")
def test_mpremote_installs_over_a_serial_line(unix_port, site, tmp_path):
    with PtyBoard(unix_port.program, tmp_path) as board:
        for name in ("app", "mixed", "ring-a", "My.Thing"):
            for words, suffix in (((), "mpy"), (("--no-mpy",), "py")):
                lib = f"{name}-{suffix}"
                result = board.run_mpremote(
                    *("mip", "install", "--index", site.url, "--target", lib, *words, name)
                )
                assert result.stdout.endswith("Done\n"), result
                installed = read_installed(tmp_path / lib)
                expected = with_pkg_resources(name, expect_files(name))
                if suffix == "py":
                    assert installed == expected
                else:
                    assert installed.keys() == compiled(expected).keys()


@pytest.mark.parametrize("name", [*NAMES, "base==3.0"])
def test_install_installs_on_a_computer(site, lib, name, own_pip):
    cache = str(lib.parent / "cache")
    assert main(["install", "-p", str(lib), "-i", site.simple, "--cache-dir", cache, name]) == 0
    installed = without_records(read_tree(lib))
    if name == "base==3.0":  # which is yanked
        assert installed == {"base.py": RELEASES["base", "3.0"][0]["base.py"].encode()}
    else:
        installed.pop(SOURCE, None)
        assert installed == site.expect_members(name)


@pytest.mark.parametrize("name", NAMES)
def test_upip_installs_on_a_board(unix_port, site, tmp_path, name):
    for path, data in upip_files().items():
        (tmp_path / path).write_bytes(data)
    words = ("-m", "upip", "install", "-p", "lib", "-i", site.simple, name)
    result = run(unix_port.program, *words, cwd=tmp_path, MICROPYPATH=f"{tmp_path}:.frozen")
    assert result.returncode == 0, result
    assert without_records(read_tree(tmp_path / "lib")) == site.expect_members(name)


def test_upip_installs_in_node(site):
    files = upip_files()
    for path, data in read_tree(site.root).items():
        if path.startswith(("simple/", "files/")) and path != "simple/index.html":
            files[f"net/x/{path.removesuffix('/index.html')}"] = data
    code = TRANSPORT
    for number, name in enumerate(NAMES):
        words = f"{name!r}, path='lib/{number}', index_urls='http://x/simple'"
        code += f"upip.install({words}, transport=transport)\n"
    outcome = WebAssembly("1.29").run(code, files, heapsize=HEAP)
    assert outcome.exit_code == 0, outcome.stderr
    for number, name in enumerate(NAMES):
        start = f"{number}/"
        installed = {
            path.removeprefix(start): data
            for path, data in below_lib(outcome).items()
            if path.startswith(start)
        }
        assert without_records(installed) == site.expect_members(name)


@pytest.mark.network
@pytest.mark.parametrize("stock", ["micropython-upip"], indirect=True)
def test_stock_upip_installs_what_it_can(stock, site):
    files = dict(stock)
    for path, data in read_tree(site.root).items():
        if path.startswith("pypi/"):
            files[f"net/{path.removeprefix('pypi/')}"] = data
        elif path.startswith("files/"):
            files[f"net/{path}"] = data
    for name in ("app", "ring-a", "post"):
        outcome = WebAssembly("1.20").run(RUN.format(package=name), files)
        assert "Error" not in outcome.stdout + outcome.stderr, outcome.stdout
        assert below_lib(outcome) == site.expect_members(name)


@pytest.fixture(scope="module")
def hashes(site, tmp_path_factory):
    """A file of requirements with the hashes of the releases that uv chooses from the site."""
    directory = tmp_path_factory.mktemp("hashes")
    (directory / "x.in").write_text("older\n")
    words = ("pip", "compile", "x.in", "--generate-hashes", "--no-header", "-o", "x.txt")
    result = run(UV, *words, *uv_options(site, directory), cwd=directory)
    assert result.returncode == 0, result
    text = (directory / "x.txt").read_text()
    assert re.findall(r"^([\w-]+==[\w.]+)", text, re.MULTILINE) == ["base==1.0", "older==1.0"]
    assert text.count("--hash=sha256:") == 2
    return directory / "x.txt"


def uv_options(site, directory):
    return (
        *("--no-config", "--cache-dir", directory / "cache", "--default-index", site.simple),
        *("--python", sys.executable, "--no-build-isolation"),
    )


def without_host_files(directory):
    """Return the files that a package brings, without those that pip and uv write."""
    files = read_tree(directory)
    return {
        path: data
        for path, data in files.items()
        if ".dist-info/" not in path and "__pycache__/" not in path and path != ".lock"
    }


def test_pip_installs_with_hashes(site, hashes, tmp_path):
    result = run_python(
        *("-m", "pip", "install", "--isolated", "--require-hashes", "--no-build-isolation"),
        *("--no-compile", "--no-cache-dir", "--disable-pip-version-check", "--use-pep517"),
        *("-i", site.simple, "-t", "lib", "-r", hashes),
        cwd=tmp_path,
        PIP_CONFIG_FILE=os.devnull,
    )
    assert result.returncode == 0, result
    assert without_host_files(tmp_path / "lib") == expect_files("older")


def test_uv_installs_with_hashes(site, hashes, tmp_path):
    words = ("pip", "install", "--require-hashes", "--target", "lib")
    result = run(UV, *words, "-r", hashes, *uv_options(site, hashes.parent), cwd=tmp_path)
    assert result.returncode == 0, result
    assert without_host_files(tmp_path / "lib") == expect_files("older")


def test_the_page_about_sites_has_every_file(site):
    page = (ROOT / "docs/reference/site.md").read_text(encoding="utf-8")
    table = page.partition("## Files")[2].partition("## Archives")[0]
    cells = re.findall(r"^\| (`.*?) \|", table, re.MULTILINE)
    patterns = {path for cell in cells for path in cell.split("`")[1::2]}
    placeholders = {
        "NAME-VERSION": r"[a-z0-9_]+-[\w.]+",
        "NAME": r"[a-z0-9-]+",
        "SPELLING": r"[\w.-]+",
        "VERSION": r"[\w.]+",
        "xx": r"[0-9a-f]{2}",
        "HASH": r"[0-9a-f]{32}",
    }
    known = []
    for pattern in patterns:
        text = re.escape(pattern)
        for word, expression in placeholders.items():
            text = re.sub(rf"\b{re.escape(re.escape(word))}\b", lambda _, e=expression: e, text)
        known.append(text + (".*" if pattern.endswith("/") else ""))
    known.append(r"package/(py|6)/[\w.-]+/latest\.json")
    files = set(read_tree(site.root))
    assert not [path for path in files if not any(re.fullmatch(one, path) for one in known)]
    for one in known:
        assert one == r"latest\.json" or any(re.fullmatch(one, path) for path in files), one


def test_the_page_about_sites_has_every_record(site):
    page = (ROOT / "docs/reference/site.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `(records/[\w./]+)` \|", page, re.MULTILINE))
    records = {path for path in read_tree(site.root) if path.startswith("records/")}
    found = {re.sub(r"project/.*", "project/NAME.json", path) for path in records}
    assert found == named - {"records/pending.json", "records/lock.json"}
