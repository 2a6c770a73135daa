"""Archives as tarfile and gzip of Python write them, with PAX headers."""

from __future__ import annotations

import gzip
import io
import tarfile
from collections.abc import Mapping

from sdist_upip import Release
from support.archives import pack_tar


def write_pax(root: str, files: Mapping[str, bytes]) -> bytes:
    """Return a tar of `files` in which each member has a PAX header with its time."""
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for path, data in files.items():
            entry = tarfile.TarInfo(f"{root}/{path}")
            entry.size = len(data)
            entry.mtime = 1700000000.25
            tar.addfile(entry, io.BytesIO(data))
    return stream.getvalue()


def make_pax_archive(release: Release) -> bytes:
    """Return a device archive whose window is 4096."""
    return pack_tar(write_pax(release.root, {one.path: one.data for one in release}))


def make_sdist(name: str, version: str, files: Mapping[str, bytes]) -> bytes:
    """Return an sdist as setuptools writes it: its window is 32 KiB, and the egg-info is last."""
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\n".encode()
    tops = sorted({path.partition("/")[0].removesuffix(".py") for path in files})
    egg_info = f"{name}.egg-info"
    contents = {
        "LICENSE": b"MIT\n" * 300,
        "PKG-INFO": metadata,
        "README.md": b"A package.\n" * 500,
        **files,
        "pyproject.toml": b'[build-system]\nrequires = ["setuptools"]\n',
        "setup.cfg": b"[egg_info]\ntag_build =\n",
        "setup.py": b"import setuptools\nsetuptools.setup()\n",
        "tests/test_all.py": b"def test_all():\n    assert True\n" * 50,
        f"{egg_info}/PKG-INFO": metadata,
        f"{egg_info}/SOURCES.txt": "\n".join(files).encode(),
        f"{egg_info}/dependency_links.txt": b"\n",
        f"{egg_info}/top_level.txt": "".join(f"{top}\n" for top in tops).encode(),
    }
    stream = io.BytesIO()
    with gzip.GzipFile(f"{name}-{version}.tar", "wb", fileobj=stream) as file:
        file.write(write_pax(f"{name}-{version}", contents))
    return stream.getvalue()
