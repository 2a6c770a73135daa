"""A reader for any tar, old, unusual or damaged, that reports how devices will read it.

`archive.tar.read_tar` reads only archives of sdist-upip and refuses all others. This reader works
like stock upip: the name field, the size and the next header, whatever the other fields say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..archive.tar import BLOCK
from ..limits import NAME_LIMIT
from .problem import Problem
from .tar_entry import (
    DIRECTORY,
    GNU,
    GNU_KINDS,
    LINKS,
    PAX_KINDS,
    REGULAR,
    SPECIAL,
    USTAR,
    Entry,
    decode_name,
    full_name,
    make_entry,
    read_octal,
)

_DEVICE_SIZE = re.compile(rb" *[0-7]+ *", re.DOTALL)
_PAX_RECORD = re.compile(rb"([0-9]{1,9}) ")
_EMPTY_FILE = "Stock upip writes an empty file instead."
_FIELDS = {"mode": (100, 108), "uid": (108, 116), "gid": (116, 124), "mtime": (136, 148)}


@dataclass
class TarScan:
    """Every entry and every problem of a tar's form; `complete` unless the scan had to stop."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    complete: bool = True

    def report(self, code: str, path: str | None, message: str) -> None:
        """Add a problem."""
        self.problems.append(Problem(code, path, message))


@dataclass
class _LongName:
    """The data about a member in headers before it: its name, and the codes of these headers."""

    name: bytes | None = None
    codes: dict[str, str] = field(default_factory=dict)


def scan_tar(data: bytes) -> TarScan:
    """Return the entries and the problems of the tar `data`; never raises."""
    scan = TarScan()
    formats: dict[bytes, int] = {}
    pending = _LongName()
    offset = 0
    while True:
        header = data[offset : offset + BLOCK]
        if not any(header):
            break
        if len(header) < BLOCK:
            _report_no_header(scan, offset)
            return scan
        if not _check_header(scan, header, offset):
            return scan
        size = _read_size(scan, header)
        end = offset + BLOCK + (size or 0)
        if size is None or end > len(data):
            _report_truncated(scan, header, size, len(data) - offset - BLOCK)
            return scan
        entry = make_entry(header, data, offset, size, pending.name)
        scan.entries.append(entry)
        formats[header[257:265]] = formats.get(header[257:265], 0) + 1
        pending = _judge_kind(scan, entry, header, pending)
        offset = end + -end % BLOCK
    _check_end(scan, data, offset)
    _check_formats(scan, formats)
    return scan


def _check_header(scan: TarScan, header: bytes, offset: int) -> bool:
    """Report a wrong checksum or field; return whether `header` is a header at all."""
    name = decode_name(full_name(header))
    plain = header[:148] + b" " * 8 + header[156:]
    stated = read_octal(header[148:156])
    if stated != sum(plain) and stated != sum(plain) - 256 * sum(byte > 127 for byte in plain):
        if not header.startswith(b"ustar", 257):
            _report_no_header(scan, offset)
            return False
        scan.report(
            "tar-checksum",
            name,
            "The checksum of the header is wrong. pip stops here. Stock upip continues, although "
            "the name or the size may be damaged. Build the archive again.",
        )
    for field_name, (start, stop) in _FIELDS.items():
        if not header[start] & 0x80 and read_octal(header[start:stop]) is None:
            scan.report(
                "tar-field",
                name,
                f"The header field {field_name} is not octal. pip refuses the archive. Build the "
                "archive again.",
            )
    return True


def _report_no_header(scan: TarScan, offset: int) -> None:
    scan.complete = False
    if scan.entries:
        scan.report(
            "tar-checksum",
            None,
            f"Expected a header at byte {offset:,} of the tar, found other data. Stock upip writes "
            "junk or fails, and pip stops. Build the archive again.",
        )
    else:
        scan.report(
            "not-tar",
            None,
            "The compressed data is not a tar archive. Nothing can be installed. Build the archive "
            "again.",
        )


def _read_size(scan: TarScan, header: bytes) -> int | None:
    """Return the size, None if it cannot be read; report a size that devices cannot read."""
    text = header[124:136]
    if text[0] & 0x80:
        size = int.from_bytes(text[1:], "big") if text[0] == 0x80 else None
    else:
        size = read_octal(text)
        if _DEVICE_SIZE.fullmatch(text[:11]) and text[11:] in (b"\0", b" "):
            return size
    scan.report(
        "tar-size",
        decode_name(full_name(header)),
        "The size in the header is not 11 octal digits. Stock upip crashes on it. Use the plain "
        "USTAR format.",
    )
    return size


def _report_truncated(scan: TarScan, header: bytes, size: int | None, left: int) -> None:
    scan.complete = False
    if size is not None:
        scan.report(
            "tar-truncated",
            decode_name(full_name(header)),
            f"The tar is truncated: expected {size:,} bytes of content, got {left:,}. Devices "
            "install a part of the file and nothing after it. Build the archive again.",
        )


def _judge_kind(scan: TarScan, entry: Entry, header: bytes, pending: _LongName) -> _LongName:
    """Report an entry type that devices do not support; return its data about the next entry."""
    kind, name = entry.kind, entry.name
    if kind in PAX_KINDS:
        return _read_pax(entry, pending)
    if kind == b"L":
        long_name = entry.data.split(b"\0", 1)[0]
        code = "tar-name-length" if len(long_name) > NAME_LIMIT else "tar-gnu"
        pending.codes[code] = "a GNU long name"
        return _LongName(long_name, pending.codes)
    if kind == b"K":
        pending.codes["tar-gnu"] = f"a GNU {GNU_KINDS[kind]}"
        return pending
    _report_extensions(scan, entry, header, pending)
    if kind in GNU_KINDS:
        scan.report("tar-gnu", name, _junk(f"The entry is a GNU {GNU_KINDS[kind]}"))
    elif kind in LINKS:
        advice = "Pack the file that it leads to, or remove it."
        message = f"The entry is a {LINKS[kind]}. {_EMPTY_FILE} {advice}"
        scan.report("tar-link", name, message)
    elif kind == DIRECTORY and not entry.device_name.endswith("/"):
        message = f"The entry is a directory without a final /. {_EMPTY_FILE} Remove the entry."
        scan.report("tar-special", name, message)
    elif kind in SPECIAL:
        message = f"The entry is a {SPECIAL[kind]}. {_EMPTY_FILE} Remove the entry."
        scan.report("tar-special", name, message)
    elif entry.is_directory and kind != DIRECTORY:
        message = (
            "The entry has the type of a file, and its name ends with /. Installers ignore the "
            "entry. Remove the entry."
        )
        scan.report("tar-special", name, message)
    elif entry.is_directory:
        message = (
            "The entry is a directory. Devices make the directories that they need. Remove the "
            "entry to save 512 bytes."
        )
        scan.report("tar-folder", name, message)
    elif kind not in REGULAR:
        message = (
            f"The entry has the unknown type {kind!r}. Stock upip installs it as a file. Remove "
            "the entry."
        )
        scan.report("tar-type", name, message)
    return _LongName()


def _junk(defect: str) -> str:
    return f"{defect}. Stock upip installs it as a separate junk file. Use the plain USTAR format."


def _read_pax(entry: Entry, pending: _LongName) -> _LongName:
    name, codes = pending.name, pending.codes
    for key, value in _pax_records(entry.data):
        if key == b"path" and entry.kind != b"g":
            name = value
            if len(value) > NAME_LIMIT:
                codes["tar-name-length"] = "a PAX header"
                continue
        codes["tar-pax"] = f"a PAX header ({decode_name(key)})"
    if not codes:
        codes["tar-pax"] = "a PAX header"
    return _LongName(name, codes)


def _pax_records(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the key and value of each record `LENGTH KEY=VALUE\\n` up to the first broken one."""
    position = 0
    while match := _PAX_RECORD.match(data, position):
        end = position + int(match[1])
        key, equals, value = data[match.end() : end].partition(b"=")
        if not match.end() < end <= len(data) or not equals or not value.endswith(b"\n"):
            return
        yield key, value[:-1]
        position = end


def _report_extensions(scan: TarScan, entry: Entry, header: bytes, pending: _LongName) -> None:
    name = entry.name
    size = len(name.encode("utf-8", "surrogateescape"))
    has_prefix = header[257:265] == USTAR and header[345] != 0
    for code, extension in pending.codes.items():
        if code != "tar-name-length":
            scan.report(code, name, _junk(f"The entry comes with {extension}"))
    if size > NAME_LIMIT and ("tar-name-length" in pending.codes or has_prefix):
        message = (
            f"The name has {size} bytes, but stock upip reads only {NAME_LIMIT}. The member is "
            "installed under a truncated name. Shorten the name."
        )
        scan.report("tar-name-length", name, message)
    elif has_prefix:
        message = (
            "A part of the name is in the prefix field, which stock upip does not read. The member "
            f"is installed as {entry.device_name!r}. Write names of up to {NAME_LIMIT} bytes in "
            "the name field."
        )
        scan.report("tar-prefix", name, message)


def _check_end(scan: TarScan, data: bytes, offset: int) -> None:
    end = data[offset : offset + 2 * BLOCK]
    if not scan.entries and not any(data):
        scan.report(
            "not-tar",
            None,
            "The tar has no members. Nothing is installed. Build the archive again.",
        )
    elif len(end) < 2 * BLOCK or any(end):
        missing = "its two zero blocks" if not end else "two whole zero blocks"
        scan.report(
            "tar-end",
            None,
            f"The tar does not end with {missing}. Devices fail at the end, or do not notice that "
            "the tar is truncated. Build the archive again.",
        )
    elif any(data[offset + 2 * BLOCK :]):
        scan.report(
            "tar-trailing",
            None,
            f"Data other than zeros follows the end of the tar at byte {offset:,}. No installer "
            "reads it. Build the archive again.",
        )


def _check_formats(scan: TarScan, formats: dict[bytes, int]) -> None:
    old = sum(count for magic, count in formats.items() if magic not in (USTAR, GNU))
    for count, name in ((formats.get(GNU, 0), "GNU"), (old, "old (v7)")):
        if count:
            scan.report(
                "tar-format",
                None,
                f"{count} {'headers are' if count > 1 else 'header is'} in {name} format. Stock "
                "upip reads the names and sizes, but stricter readers may not. Use the plain USTAR "
                "format.",
            )
