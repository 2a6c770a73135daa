"""Published packages for MicroPython, and how a board installs each. Needs a package index.

`python bench/published.py` prints the table. Each package is downloaded by name, and installed on
the unix port from a directory. The result of a package states that files and requirements are those
of its wheel, or what differs.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

from micropython.installation import find_unix_port
from micropython.interpreters import Executable
from sdist_upip.index.archive_cache import ArchiveCache
from sdist_upip.index.client import IndexClient
from sdist_upip.index.pip_settings import PipSettings
from support.foreign_archives import parse_requirements, read_files, read_wheel
from support.paths import ROOT
from support.processes import run_python
from support.upip_device import upip_files

PAGE = ROOT / "docs/explanation/published-packages.md"
START, END = "<!-- table made by tests/support/published.py -->\n", "<!-- end of table -->\n"

DEVICE = "device archive"
PAX = "device archive, PAX headers"
POST = "device archive, post-release"
FLAT = "setuptools"
SRC = "setuptools, `src/`"
HATCH = "hatchling, `src/`"
UV = "uv_build, `src/`"


@dataclass(frozen=True)
class Published:
    """A release on the index: the name to install, the kind of its archive, and its files.

    `wheel` is "" if the release has none. That of a source distribution is built then.
    """

    name: str
    kind: str
    archive: str
    wheel: str = ""

    @property
    def reference(self) -> str:
        """What the installed files are compared with, if all are the same."""
        if self.kind in (DEVICE, PAX, POST):
            return "all that the archive has"
        return "the files of its wheel" if self.wheel else "the files of a wheel built from it"


def _with_wheel(name: str, kind: str, version: str) -> Published:
    stem = f"{name.replace('-', '_')}-{version}"
    return Published(name, kind, f"{stem}.tar.gz", f"{stem}-py3-none-any.whl")


PACKAGES = (
    Published("micropython-logging", DEVICE, "micropython-logging-0.5.2.tar.gz"),
    Published("micropython-urequests", DEVICE, "micropython-urequests-0.9.1.tar.gz"),
    Published("micropython-umqtt.simple", DEVICE, "micropython-umqtt.simple-1.3.4.tar.gz"),
    Published("picoweb", DEVICE, "picoweb-1.8.2.tar.gz"),
    Published("thingsboard-micropython", DEVICE, "thingsboard-micropython-0.2.0.tar.gz"),
    Published("micropython-cmd", POST, "micropython-cmd-3.4.0-2.tar.gz"),
    Published("micropython-contextlib", POST, "micropython-contextlib-3.4.2-4.tar.gz"),
    Published("utemplate", PAX, "utemplate-1.4.1.tar.gz"),
    Published("micropython-modbus", PAX, "micropython-modbus-2.3.7.tar.gz"),
    Published("micropython-esp-wifi-manager", PAX, "micropython-esp-wifi-manager-1.12.1.tar.gz"),
    Published("micropython-package-template", PAX, "micropython_package_template-0.15.0.tar.gz"),
    Published(
        "micropython-ahtx0",
        FLAT,
        "micropython-ahtx0-0.1.2.tar.gz",
        "micropython_ahtx0-0.1.2-py3-none-any.whl",
    ),
    Published(
        "diyables-micropython-button",
        FLAT,
        "diyables_micropython_button-0.1.0.tar.gz",
        "DIYables_MicroPython_Button-0.1.0-py3-none-any.whl",
    ),
    _with_wheel("micropython-async-websocket-client", FLAT, "0.3.4"),
    _with_wheel("micropython-websocket", FLAT, "1.0.5"),
    _with_wheel("adafruit-circuitpython-motor", FLAT, "3.5.0"),
    Published("micropython-mdns", FLAT, "micropython_mdns-1.8.0.tar.gz"),
    Published("micropython-europi", FLAT, "micropython_europi-0.23.1.tar.gz"),
    Published("micropython-phew", FLAT, "micropython-phew-0.0.3.tar.gz"),
    _with_wheel("microdot", SRC, "2.7.0"),
    Published("be-helpers", SRC, "be-helpers-0.1.0.tar.gz", "be_helpers-0.1.0-py3-none-any.whl"),
    _with_wheel("micropython-ld2410", HATCH, "0.1.0"),
    _with_wheel("chumicro-timing", HATCH, "0.8.4"),
    _with_wheel("micropython-microbit-fs", UV, "0.1.2"),
)

_INSTALL = """
import upip
upip.print = lambda *_: None
try:
    upip.install({name!r}, "lib", "found", deps=False)
    print("installed")
except upip.Error as error:
    print(error)
"""


def make_table(directory: Path, settings: PipSettings) -> dict[str, tuple[str, ...]]:
    """Return {name: (kind, version, number of files, result)} of PACKAGES."""

    def make_row(package: Published) -> tuple[str, ...]:
        place = directory / package.name
        (place / "found").mkdir(parents=True)
        download(package, place, settings)
        return _install(package, place)

    with ThreadPoolExecutor() as pool:
        return dict(zip((p.name for p in PACKAGES), pool.map(make_row, PACKAGES), strict=True))


def render_table(table: Mapping[str, tuple[str, ...]]) -> str:
    """Return the table in Markdown."""
    head = "| package | archive | version | files | installed |\n|---|---|---|---|---|\n"
    return head + "".join(f"| {name} | {' | '.join(row)} |\n" for name, row in table.items())


def _install(package: Published, directory: Path) -> tuple[str, ...]:
    """Install from the directory `found`, and return the row of the package."""
    name = canonicalize_name(package.name)
    archive = directory / "found" / package.archive
    files = {f"found/{archive.name}": archive.read_bytes()}
    code = _INSTALL.format(name=package.name)
    outcome = Executable(find_unix_port()).run(code, {**upip_files(), **files})
    lib = {path[4:]: data for path, data in outcome.files.items() if path[:4] == "lib/"}
    record = lib.pop(f".upip/{name}", b"").decode().splitlines()
    expected, requires = expect(package, directory)
    differences = [*_compare(lib, expected)]
    needs = parse_requirements(line[6:] for line in record if line.startswith("needs "))
    if needs != requires:
        differences.append(f"needs {sorted(needs)}, not {sorted(requires)}")
    if outcome.lines[-1:] != ["installed"]:  # before it, there may be a warning
        differences = outcome.lines
    version = record[0].split()[1] if record else ""
    return package.kind, version, str(len(lib)), "; ".join(differences) or package.reference


def _compare(found: Mapping[str, bytes], expected: Mapping[str, bytes]) -> Iterator[str]:
    for path in sorted({*found, *expected}):
        if found.get(path) != expected.get(path):
            yield f"`{path}` differs"


def download(package: Published, directory: Path, settings: PipSettings) -> None:
    """Download the archive to the directory `found`, and a wheel beside it."""
    with ArchiveCache(None) as cache, IndexClient(settings, cache) as client:
        assert settings.index_url is not None
        links = {link.filename: link for link in client.find(settings.index_url, package.name)}
        for filename, place in ((package.archive, "found"), (package.wheel, "")):
            if filename:
                link = links[filename]
                path = client.download(link.url, link.hashes, filename=filename)
                (directory / place / filename).write_bytes(path.read_bytes())


def expect(package: Published, directory: Path) -> tuple[dict[str, bytes], frozenset[str]]:
    """Return the files and requirements of the wheel, or what a device archive has as them.

    `directory` is where `make_table` downloaded the package to.
    """
    archive = directory / "found" / package.archive
    if package.kind in (DEVICE, PAX, POST):
        return _read_device_archive(read_files(archive.read_bytes()))
    if not package.wheel:
        result = run_python(
            *("-m", "uv", "build", "-q", "--wheel", "--no-build-isolation", "-p", sys.executable),
            *("-o", directory, archive),
            cwd=directory,
        )
        assert result.returncode == 0, result
    (wheel,) = directory.glob("*.whl")
    return read_wheel(wheel)


def _read_device_archive(members: Mapping[str, bytes]) -> tuple[dict[str, bytes], frozenset[str]]:
    files = {path: data for path, data in members.items() if not path.startswith("PKG-INFO")}
    listed = [path for path in files if path.endswith(".egg-info/requires.txt")]
    requires = [line for path in listed for line in files[path].decode().split()]
    kept = {path: data for path, data in files.items() if ".egg-info/" not in path}
    return kept, parse_requirements(requires)
