"""Wheels with any files and any RECORD."""

from __future__ import annotations

import base64
import hashlib
import stat
import tempfile
import zipfile
from pathlib import Path

INFO = "x-1.0.dist-info"
METADATA = "Metadata-Version: 2.4\nName: x\nVersion: 1.0\n"
FILES = {
    "x/__init__.py": "",
    "x/py.typed": "",
    "x-1.0.data/data/www/index.html": "page",
    "x-1.0.data/platlib/x/more.py": "",
    "x-1.0.data/scripts/x": "#!python\n",
    "x-1.0.data/headers/x.h": "",
    f"{INFO}/METADATA": METADATA + "License-File: LICENSE\n",
    f"{INFO}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    f"{INFO}/entry_points.txt": "[console_scripts]\nx = x:main\n",
    f"{INFO}/licenses/LICENSE": "You may.\n",
}


def record_line(path, data, algorithm="sha256"):
    digest = base64.urlsafe_b64encode(hashlib.new(algorithm, data).digest()).rstrip(b"=").decode()
    return f"{path},{algorithm}={digest},{len(data)}\n"


def make_wheel(
    directory,
    files,
    name="x-1.0-py3-none-any.whl",
    record=None,
    method=zipfile.ZIP_STORED,
    info=INFO,
    links=(),
):
    """Write a wheel. `record` maps the lines of its RECORD to other lines.

    The content of a file among `links` is the path that a symbolic link leads to.
    """
    contents = {path: text.encode() for path, text in files.items()}
    lines = "".join(record_line(path, data) for path, data in contents.items())
    lines += f"{info}/RECORD,,\n"
    contents[f"{info}/RECORD"] = (record(lines) if record else lines).encode()
    with zipfile.ZipFile(directory / name, "w", method) as archive:
        for path, data in contents.items():
            entry = zipfile.ZipInfo(path)
            entry.compress_type = method
            entry.external_attr = ((stat.S_IFLNK if path in links else stat.S_IFREG) | 0o644) << 16
            archive.writestr(entry, data)
    return directory / name


def pure_wheel(name, version, files, requires=()):
    """Return the bytes of a wheel of pure Python with these files and requirements."""
    stem = f"{name.replace('-', '_')}-{version}"
    info = f"{stem}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    metadata += "".join(f"Requires-Dist: {line}\n" for line in requires)
    contents = {
        **files,
        f"{info}/METADATA": metadata,
        f"{info}/WHEEL": FILES[f"{INFO}/WHEEL"],
    }
    with tempfile.TemporaryDirectory() as directory:
        path = make_wheel(Path(directory), contents, f"{stem}-py3-none-any.whl", info=info)
        return path.read_bytes()
