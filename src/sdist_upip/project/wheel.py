"""Wheels (PyPA binary distribution format, 1.x) of pure Python → `Project`, as `layout` takes it.

A wheel says what a backend installs: files at install path, metadata, licenses, entry points. So
any project that some PEP 517 backend can build has a device archive.
"""

from __future__ import annotations

import base64
import binascii
import csv
import hashlib
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from email.parser import HeaderParser
from pathlib import Path, PurePosixPath

from packaging.tags import Tag
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename
from packaging.version import InvalidVersion, Version

from ..errors import ArchiveError, NotForDevicesError
from ..filenames import is_for_every_machine
from ..metadata.core import parse_metadata
from ..metadata.member_names import ENTRY_POINTS
from ..release import path_defect

_INSTALLED = frozenset({"purelib", "platlib", "data"})
_LEFT_OUT = frozenset({"scripts", "headers"})
_HASHES = frozenset({"sha256", "sha384", "sha512"})
_SIGNATURES = frozenset({"RECORD", "RECORD.jws", "RECORD.p7s"})
_COMPILED = frozenset({".a", ".dll", ".dylib", ".lib", ".o", ".pyd", ".so"})
_UNREADABLE = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    lzma.LZMAError,
    zlib.error,
    struct.error,
)
"""What zipfile raises on bytes that are wrong."""
_LICENSE_DIRECTORIES = ("licenses/", "license_files/", "")


@dataclass(frozen=True)
class Wheel:
    """What a wheel installs: `files` and `host_files` are install path → bytes.

    `host_files` are scripts and headers, `licenses` maps the names of License-File to bytes.
    """

    filename: str
    name: str
    version: str
    metadata: bytes
    files: Mapping[str, bytes]
    host_files: Mapping[str, bytes]
    licenses: Mapping[str, bytes]
    entry_points: str

    @property
    def compiled(self) -> tuple[str, ...]:
        """The files of compiled code, which no device runs."""
        return tuple(path for path in sorted(self.files) if is_compiled(path))


def is_compiled(path: str) -> bool:
    """Tell whether `path` is named like code compiled for a computer."""
    name = PurePosixPath(path).name
    return PurePosixPath(name).suffix in _COMPILED or ".so." in name


def read_wheel(path: Path) -> Wheel:
    """Return what the wheel at `path` holds, with every file verified against RECORD.

    Raises ArchiveError for a broken wheel, NotForDevicesError for one of certain machines.
    """
    name, version, tags = _read_filename(path)
    _refuse_tags(path.name, tags)
    try:
        with zipfile.ZipFile(path) as archive:
            contents = dict(_read_files(archive, path.name))
    except OSError as error:
        raise ArchiveError(f"cannot read {path}: {error.strerror or error}") from error
    except _UNREADABLE as error:
        raise ArchiveError(f"{path} is no readable zip file: {error}; build it again") from error
    info = _find_info(path.name, contents, name, version)
    _verify_record(path.name, contents, info)
    _refuse_format(path.name, contents, info)
    metadata = _required(path.name, contents, f"{info}/METADATA")
    _refuse_other_project(path.name, metadata, name, version)
    files, host_files = _spread(path.name, contents, info)
    entry_points = contents.get(f"{info}/{ENTRY_POINTS}", b"")
    return Wheel(
        filename=path.name,
        name=parse_metadata(metadata).get("Name") or name,
        version=version,
        metadata=metadata,
        files=files,
        host_files=host_files,
        licenses=dict(_licenses(path.name, metadata, contents, info)),
        entry_points=_decode(path.name, ENTRY_POINTS, entry_points),
    )


def _refuse_tags(filename: str, tags: frozenset[Tag]) -> None:
    if not is_for_every_machine(tags):
        shown = ", ".join(sorted(map(str, tags)))
        raise NotForDevicesError(
            f"{filename} is for {shown}, and a device runs pure Python 3; "
            "build a wheel with the tag py3-none-any"
        )


def _read_filename(path: Path) -> tuple[str, str, frozenset[Tag]]:
    try:
        name, version, _, tags = parse_wheel_filename(path.name)
    except InvalidWheelFilename as error:
        raise ArchiveError(f"{path}: {error}; give it the name it was built with") from error
    return name, str(version), tags


def _read_files(archive: zipfile.ZipFile, filename: str) -> Iterator[tuple[str, bytes]]:
    seen = set()
    for entry in archive.infolist():
        if entry.is_dir():
            continue
        defect = "occurs twice" if entry.filename in seen else path_defect(entry.filename)
        if defect:
            raise ArchiveError(f"{filename}: the path {entry.filename!r} {defect}; build it again")
        seen.add(entry.filename)
        yield entry.filename, archive.read(entry)


def _find_info(filename: str, contents: Mapping[str, bytes], name: str, version: str) -> str:
    directories = {path.partition("/")[0] for path in contents}
    found = sorted(directory for directory in directories if directory.endswith(".dist-info"))
    if len(found) != 1:
        raise ArchiveError(
            f"{filename} holds {len(found)} .dist-info directories instead of one; build it again"
        )
    owner, _, own_version = found[0].removesuffix(".dist-info").rpartition("-")
    if not _is_same(owner, own_version, name, version):
        raise ArchiveError(f"{filename} holds {found[0]}, another project's; build it again")
    return found[0]


def _is_same(name: str, version: str, other: str, other_version: str) -> bool:
    try:
        same = Version(version) == Version(other_version)
    except InvalidVersion:
        return False
    return same and canonicalize_name(name) == canonicalize_name(other)


def _verify_record(filename: str, contents: Mapping[str, bytes], info: str) -> None:
    text = _decode(filename, "RECORD", _required(filename, contents, f"{info}/RECORD"))
    listed = {row[0]: row[1:] for row in csv.reader(io.StringIO(text, newline="")) if row}
    unsigned = {f"{info}/{name}" for name in _SIGNATURES}
    for path in sorted(listed.keys() - contents.keys()):
        raise ArchiveError(f"{filename}: RECORD lists {path!r}, which is missing; build it again")
    for path in sorted(contents.keys() - unsigned):
        defect = _record_defect(contents[path], listed.get(path))
        if defect:
            raise ArchiveError(f"{filename}: {path!r} {defect} RECORD; build it again")


def _record_defect(data: bytes, row: list[str] | None) -> str | None:
    if row is None:
        return "is not listed in"
    fingerprint, size = [*row, "", ""][:2]
    algorithm, _, digest = fingerprint.partition("=")
    if algorithm not in _HASHES:
        return "has no hash of sha256 or better in"
    try:
        expected = base64.urlsafe_b64decode(digest + "=" * (-len(digest) % 4))
    except (binascii.Error, ValueError):
        expected = b""
    if hashlib.new(algorithm, data).digest() != expected or size not in {"", str(len(data))}:
        return "differs from its hash or size in"
    return None


def _refuse_format(filename: str, contents: Mapping[str, bytes], info: str) -> None:
    text = _decode(filename, "WHEEL", _required(filename, contents, f"{info}/WHEEL"))
    version = HeaderParser().parsestr(text).get("Wheel-Version", "")
    if version.partition(".")[0] != "1":
        raise ArchiveError(
            f"{filename} is of wheel format {version or 'unknown'}, and 1.x is what is known; "
            "build it with another version of its backend"
        )


def _refuse_other_project(filename: str, metadata: bytes, name: str, version: str) -> None:
    fields = parse_metadata(metadata)
    own = fields.get("Name") or "", fields.get("Version") or ""
    if not _is_same(*own, name, version):
        raise ArchiveError(f"{filename}: METADATA is of {' '.join(own)}; build it again")


def _spread(
    filename: str, contents: Mapping[str, bytes], info: str
) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Return install path → bytes of what devices get, and of what only hosts get."""
    files: dict[str, bytes] = {}
    host_files: dict[str, bytes] = {}
    schemes = info.removesuffix(".dist-info") + ".data"
    for path, data in contents.items():
        top, _, rest = path.partition("/")
        if top == info:
            continue
        target, place = path, files
        if top == schemes:
            scheme, _, target = rest.partition("/")
            if scheme not in _INSTALLED | _LEFT_OUT or not target:
                raise ArchiveError(
                    f"{filename}: {path!r} is of no scheme that wheels have; build it again"
                )
            place = files if scheme in _INSTALLED else host_files
            target = target if place is files else path
        if place.get(target, data) != data:
            raise ArchiveError(f"{filename} installs {target!r} twice; build it again")
        place[target] = data
    return files, host_files


def _licenses(
    filename: str, metadata: bytes, contents: Mapping[str, bytes], info: str
) -> Iterator[tuple[str, bytes]]:
    for name in parse_metadata(metadata).get_all("License-File"):
        places = [f"{info}/{directory}{name}" for directory in _LICENSE_DIRECTORIES]
        places.append(f"{info}/{PurePosixPath(name).name}")
        found = next((place for place in places if place in contents), None)
        if found is None:
            raise ArchiveError(
                f"{filename}: METADATA names the license {name!r}, which is missing; build it again"
            )
        yield name, contents[found]


def _required(filename: str, contents: Mapping[str, bytes], path: str) -> bytes:
    if path not in contents:
        raise ArchiveError(f"{filename} holds no {path}; build it again")
    return contents[path]


def _decode(filename: str, name: str, data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ArchiveError(f"{filename}: {name} is not UTF-8: {error}; build it again") from error
