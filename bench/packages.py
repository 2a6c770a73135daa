"""Real packages, downloaded by name with pip, as the members of their device archives."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.parse
import urllib.request
import zipfile
from dataclasses import dataclass
from email.parser import BytesParser
from pathlib import Path

from sdist_upip import Member
from sdist_upip.archive.reader import read_archive

NAMES = (
    *("micropython-uasyncio", "micropython-logging", "micropython-urequests"),
    *("micropython-xmltok", "micropython-unittest", "micropython-umqtt.robust"),
    *("micropython-modbus", "micropython-esp-wifi-manager", "micropython-i2c-lcd"),
    *("micropython-rp2-stubs", "microdot", "picoweb", "utemplate", "pycopy-uasyncio"),
    *("be-helpers", "adafruit-circuitpython-minimqtt", "adafruit-circuitpython-ble"),
    *("adafruit-circuitpython-display-text", "adafruit-circuitpython-httpserver"),
    *("adafruit-circuitpython-bitmap-font", "adafruit-circuitpython-imageload"),
    *("adafruit-circuitpython-motor", "adafruit-circuitpython-rsa"),
)
EXAMPLES = Path(__file__).parent.parent / "examples"


@dataclass(frozen=True)
class Package:
    """A package: its top-level directory, its members, and its tar as the legacy tool wrote it."""

    root: str
    members: tuple[Member, ...]
    legacy: bytes


def fetch_packages(cache: Path) -> list[Package]:
    """Return the packages in NAMES, from files in `cache`, else from the package index."""
    packages = []
    for name in NAMES:
        directory = cache / name
        if not directory.is_dir():
            _download(name, directory)
        path = next(path for path in directory.iterdir() if not path.name.startswith("."))
        packages.append(_read_wheel(path) if path.suffix == ".whl" else _read_sdist(path))
    return packages


def build_examples() -> list[Package]:
    """Return the example projects of this repository, built."""
    packages = []
    for project in sorted(EXAMPLES.iterdir()):
        if not (project / "pyproject.toml").is_file() and not (project / "setup.py").is_file():
            continue
        with tempfile.TemporaryDirectory() as scratch:
            copy = shutil.copytree(project, Path(scratch, "project"))
            command = (sys.executable, "-m", "sdist_upip", "build", copy, "-o", scratch)
            done = subprocess.run(command, capture_output=True, text=True)
            if done.returncode:
                print(f"{project.name} excluded: {done.stderr.strip()}", file=sys.stderr)
                continue
            release = read_archive(next(Path(scratch).glob("*.tar.gz")))
        pairs = [(_user_header(f"{release.root}/{m.path}", m.data), m.data) for m in release]
        packages.append(Package(release.root, release.members, _write_legacy(pairs)))
    return packages


def _download(name: str, directory: Path) -> None:
    """Download `name` with pip. An archive that pip refuses to build is fetched by its URL."""
    directory.mkdir(parents=True)
    command = (sys.executable, "-m", "pip", "download", "-q", "--no-deps", "-d", directory, name)
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == 0:
        return
    found = re.search(r"from (https?://\S+\.tar\.gz)", done.stderr)
    if not found:
        directory.rmdir()
        raise SystemExit(f"error: pip cannot download {name}: {done.stderr.strip()}")
    target = directory / Path(urllib.parse.urlparse(found[1]).path).name
    with urllib.request.urlopen(found[1]) as source:
        target.write_bytes(source.read())


def _read_sdist(path: Path) -> Package:
    with tarfile.open(path) as tar:
        infos = [info for info in tar if info.isreg()]
        pairs = []
        for info in infos:
            stream = tar.extractfile(info)
            assert stream is not None
            pairs.append((info, stream.read()))
    root = infos[0].name.partition("/")[0]
    members = {info.name.partition("/")[2]: data for info, data in pairs}
    return Package(
        root,
        tuple(Member(path, data) for path, data in members.items()),
        _write_legacy(pairs),
    )


def _read_wheel(path: Path) -> Package:
    name, version, *_ = path.name.split("-")
    root = f"{name}-{version}"
    files = {}
    with zipfile.ZipFile(path) as wheel:
        for entry in wheel.namelist():
            if entry.endswith(".dist-info/METADATA"):
                files["PKG-INFO"] = wheel.read(entry)
            elif ".dist-info/" not in entry and not entry.endswith("/"):
                files[entry] = wheel.read(entry)
    requires = BytesParser().parsebytes(files["PKG-INFO"]).get_all("Requires-Dist") or []
    lines = [line.partition(";")[0].strip() for line in requires if "extra" not in line]
    if lines:
        files[f"{name}.egg-info/requires.txt"] = "".join(f"{line}\n" for line in lines).encode()
    pairs = [(_user_header(f"{root}/{path}", data), data) for path, data in files.items()]
    members = tuple(Member(path, data) for path, data in files.items())
    return Package(root, members, _write_legacy(pairs))


def _user_header(name: str, data: bytes) -> tarfile.TarInfo:
    """Return the header that setuptools' sdist writes for a file, with owner and time."""
    info = tarfile.TarInfo(name)
    info.size = len(data)
    info.mtime = 1_700_000_000
    info.uid = info.gid = 1000
    info.uname = info.gname = "user"
    return info


def _write_legacy(pairs: list[tuple[tarfile.TarInfo, bytes]]) -> bytes:
    """Return the tar of the legacy tool: by tarfile, with all metadata, fully padded."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for info, data in pairs:
            tar.addfile(info, io.BytesIO(data))
    return buffer.getvalue()
