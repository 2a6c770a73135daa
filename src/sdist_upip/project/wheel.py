"""Reading wheels of pure Python (PyPA binary distribution format, 1.x).

A wheel contains all that a backend installs: files, metadata, licenses and entry points. So every
project with a PEP 517 backend can have a device archive.
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
from packaging.utils import InvalidWheelFilename, canonicalize_name
from packaging.version import Version

from ..errors import ArchiveError, LimitError, NotForDevicesError
from ..filenames import is_for_every_machine, parse_wheel_name
from ..files.regular import read_regular
from ..limits import FOREIGN_LIMIT, MEMBER_LIMIT, METADATA_LIMIT
from ..member_paths import find_structure_defect
from ..metadata.core import parse_metadata
from ..metadata.member_names import ENTRY_POINTS
from .zip_links import is_link, resolve_links

_INSTALLED = frozenset({"purelib", "platlib", "data"})
_HOST_ONLY = frozenset({"scripts", "headers"})
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
"""Exceptions that zipfile raises for damaged files."""
_CENTRAL_HEADER = b"PK\x01\x02"
"""The start of the header of each member in the central directory."""
_NOT_READ = "Larger wheels are not read."
_LICENSE_DIRECTORIES = ("licenses/", "license_files/", "")


@dataclass(frozen=True)
class Wheel:
    """The contents of a wheel; `files` and `host_files` map install paths to bytes.

    `host_files` are scripts and headers. `licenses` maps the values of License-File to bytes.
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
        """The files of compiled code, which devices cannot run."""
        return tuple(path for path in sorted(self.files) if is_compiled(path))


def is_compiled(path: str) -> bool:
    """Return whether the name of `path` is that of code compiled for a computer."""
    name = PurePosixPath(path).name
    return PurePosixPath(name).suffix in _COMPILED or ".so." in name


def read_wheel(path: Path) -> Wheel:
    """Return the contents of the wheel at `path`, with every file verified against RECORD.

    Raises ArchiveError for a damaged wheel, and NotForDevicesError for a wheel that is not for
    every machine.
    """
    name, version, tags = _read_filename(path)
    _refuse_tags(path.name, tags)
    try:
        data = read_regular(path, FOREIGN_LIMIT)
        if data.count(_CENTRAL_HEADER) > MEMBER_LIMIT:
            raise LimitError(f"{path} has more than {MEMBER_LIMIT:,} members. {_NOT_READ}")
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            packed = dict(_read_files(archive, path.name))
            links = {entry.filename for entry in archive.infolist() if is_link(entry)}
    except OSError as error:
        raise ArchiveError(
            f"Cannot read {path}: {error.strerror or error}. Pass the path of a wheel."
        ) from error
    except _UNREADABLE as error:
        raise ArchiveError(
            f"{path} is not a valid zip file: {error}. Build the wheel again."
        ) from error
    contents = resolve_links(path.name, packed, links) if links else packed
    info = _find_info(path.name, contents, name, version)
    _verify_record(path.name, contents, info, packed)
    _refuse_format(path.name, contents, info)
    metadata = _required(path.name, contents, f"{info}/METADATA")
    _refuse_other_project(path.name, metadata, name, version)
    files, host_files = _spread(path.name, contents, info)
    entry_points = b""
    if f"{info}/{ENTRY_POINTS}" in contents:
        entry_points = _required(path.name, contents, f"{info}/{ENTRY_POINTS}")
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
            f"{filename}: expected a wheel of pure Python 3, got tag {shown}. "
            "Build a wheel with the tag py3-none-any."
        )


def _read_filename(path: Path) -> tuple[str, str, frozenset[Tag]]:
    try:
        name, version, tags = parse_wheel_name(path.name)
    except InvalidWheelFilename as error:
        raise ArchiveError(f"{path}: {error}. Restore the original file name.") from error
    return name, str(version), tags


def _read_files(archive: zipfile.ZipFile, filename: str) -> Iterator[tuple[str, bytes]]:
    """Yield the path and the content of each file. Sizes are those in the central directory."""
    seen = set()
    size = sum(entry.file_size for entry in archive.infolist())
    if size > FOREIGN_LIMIT:
        raise LimitError(
            f"{filename}: the files have {size:,} bytes. No more than {FOREIGN_LIMIT:,} are read. "
            "Split the package."
        )
    for entry in archive.infolist():
        if entry.is_dir():
            continue
        defect = "occurs twice" if entry.filename in seen else find_structure_defect(entry.filename)
        if defect:
            raise ArchiveError(
                f"{filename}: the path {entry.filename!r} {defect}. Build the wheel again."
            )
        seen.add(entry.filename)
        yield entry.filename, _read_file(archive, entry, filename)


def _read_file(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, filename: str) -> bytes:
    """Return the content of `entry`, and decode not much more than its size.

    Decoders of the other methods have no limit in zipfile. ZipFile.read() has none for any.
    """
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ArchiveError(
            f"{filename}: {entry.filename!r} is compressed with method {entry.compress_type}. "
            "Build the wheel again with deflate."
        )
    with archive.open(entry) as file:
        return file.read(max(entry.file_size, 1))


def _find_info(filename: str, contents: Mapping[str, bytes], name: str, version: str) -> str:
    directories = {path.partition("/")[0] for path in contents}
    found = sorted(directory for directory in directories if directory.endswith(".dist-info"))
    if len(found) != 1:
        raise ArchiveError(
            f"{filename}: expected one .dist-info directory, got {len(found)}. "
            "Build the wheel again."
        )
    owner, _, own_version = found[0].removesuffix(".dist-info").rpartition("-")
    if not _is_same(owner, own_version, name, version):
        raise ArchiveError(
            f"{filename}: expected the .dist-info directory of {name} {version}, got {found[0]}. "
            "Build the wheel again."
        )
    return found[0]


def _is_same(name: str, version: str, other: str, other_version: str) -> bool:
    try:
        same = Version(version) == Version(other_version)
    except ValueError:  # InvalidVersion, or int() for thousands of digits
        return False
    return same and canonicalize_name(name) == canonicalize_name(other)


def _verify_record(
    filename: str, contents: Mapping[str, bytes], info: str, packed: Mapping[str, bytes]
) -> None:
    """Raise ArchiveError for a file that RECORD does not list as it is.

    RECORD has the hash of a link, in `packed`, or of the file that it leads to, in `contents`.
    """
    text = _decode(filename, "RECORD", _required(filename, contents, f"{info}/RECORD"))
    try:
        listed = {row[0]: row[1:] for row in csv.reader(io.StringIO(text, newline="")) if row}
    except csv.Error as error:
        raise ArchiveError(f"{filename}: RECORD is damaged: {error}. Build the wheel again.") from (
            error
        )
    unsigned = {f"{info}/{name}" for name in _SIGNATURES}
    for path in sorted(listed.keys() - contents.keys() - packed.keys()):
        raise ArchiveError(
            f"{filename}: {path!r} is listed in RECORD but is missing. Build the wheel again."
        )
    for path in sorted(contents.keys() - unsigned):
        defect = _record_defect(contents[path], listed.get(path))
        if defect and packed.get(path) is not contents[path]:
            is_below_link = path not in packed
            defect = None if is_below_link else _record_defect(packed[path], listed.get(path))
        if defect:
            raise ArchiveError(f"{filename}: {path!r} {defect} RECORD. Build the wheel again.")


def _record_defect(data: bytes, row: list[str] | None) -> str | None:
    if row is None:
        return "is not listed in"
    hash_field, size = [*row, "", ""][:2]
    algorithm, _, digest = hash_field.partition("=")
    if algorithm not in _HASHES:
        return "has no hash of at least sha256 in"
    try:
        expected = base64.urlsafe_b64decode(digest + "=" * (-len(digest) % 4))
    except (binascii.Error, ValueError):
        expected = b""
    if hashlib.new(algorithm, data).digest() != expected or size not in {"", str(len(data))}:
        return "does not match its hash or size in"
    return None


def _refuse_format(filename: str, contents: Mapping[str, bytes], info: str) -> None:
    text = _decode(filename, "WHEEL", _required(filename, contents, f"{info}/WHEEL"))
    version = HeaderParser().parsestr(text).get("Wheel-Version", "")
    if version.partition(".")[0] != "1":
        raise ArchiveError(
            f"{filename}: expected wheel format 1.x, got {version or 'no version'}. "
            "Build the wheel with another version of its backend."
        )


def _refuse_other_project(filename: str, metadata: bytes, name: str, version: str) -> None:
    fields = parse_metadata(metadata)
    own = fields.get("Name") or "", fields.get("Version") or ""
    if not _is_same(*own, name, version):
        raise ArchiveError(
            f"{filename}: expected METADATA of {name} {version}, got {' '.join(own)}. "
            "Build the wheel again."
        )


def _spread(
    filename: str, contents: Mapping[str, bytes], info: str
) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """Return {install path: bytes} of the files for devices, and of the files for hosts only."""
    files: dict[str, bytes] = {}
    host_files: dict[str, bytes] = {}
    for path, data in contents.items():
        top, _, rest = path.partition("/")
        if top == info:
            continue
        target, chosen = path, files
        if top.endswith(".data") and rest:  # as pip does, whatever its spelling is
            scheme, _, target = rest.partition("/")
            if scheme not in _INSTALLED | _HOST_ONLY or not target:
                raise ArchiveError(
                    f"{filename}: {path!r} is not in a known install scheme. Build the wheel again."
                )
            chosen = files if scheme in _INSTALLED else host_files
            target = target if chosen is files else path
        if chosen.get(target, data) != data:
            raise ArchiveError(
                f"{filename}: two files have the install path {target!r}. Build the wheel again."
            )
        chosen[target] = data
    return files, host_files


def _licenses(
    filename: str, metadata: bytes, contents: Mapping[str, bytes], info: str
) -> Iterator[tuple[str, bytes]]:
    for name in parse_metadata(metadata).get_all("License-File"):
        paths = [f"{info}/{directory}{name}" for directory in _LICENSE_DIRECTORIES]
        paths.append(f"{info}/{PurePosixPath(name).name}")
        found = next((path for path in paths if path in contents), None)
        if found is None:
            raise ArchiveError(
                f"{filename}: the license file {name!r}, listed in METADATA, is missing. "
                "Build the wheel again."
            )
        yield name, contents[found]


def _required(filename: str, contents: Mapping[str, bytes], path: str) -> bytes:
    if path not in contents:
        raise ArchiveError(f"{filename}: {path} is missing. Build the wheel again.")
    if len(contents[path]) > METADATA_LIMIT:
        raise LimitError(f"{filename}: {path} has more than {METADATA_LIMIT:,} bytes. {_NOT_READ}")
    return contents[path]


def _decode(filename: str, name: str, data: bytes) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ArchiveError(
            f"{filename}: {name} is not UTF-8: {error}. Build the wheel again."
        ) from error
