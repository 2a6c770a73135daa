"""The rules of upip for the content of an archive: what it refuses, and which lines it reads.

The board's copy of these rules is in device/upip_tar.py. Those about paths are in `member_paths`.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from .member_names import SETUP_SCRIPT, SETUP_SCRIPT_MARK

PKG_INFO_PREFIX = b"Requires-Dist:"
"""What a line of PKG-INFO with a requirement begins with."""
_HEADER = re.compile(b"\n%b(.*)" % PKG_INFO_PREFIX)

MARKED = 99
"""Bytes at the start of a setup.py in which upip looks for our mark."""
_FOR_COMPUTERS = ("pyproject.toml", "src")
_SHOWN = 80
_LONGEST = 1000
"""Most characters of a requirement with its marker. A board keeps little more of a line."""


def find_computer_sign(path: str, content: bytes) -> str | None:
    """Return the sign in the file at `path` that its archive is made for computers, or None.

    Of `content` only the first bytes are read.
    """
    first = path.partition("/")[0]
    if first.lower() in _FOR_COMPUTERS:
        return first
    if path == SETUP_SCRIPT and content and SETUP_SCRIPT_MARK.encode() not in content[:MARKED]:
        return "a setup.py that is not from sdist-upip"
    return None


def is_requirement_list(path: str) -> bool:
    """Return whether upip reads requirements from the file at `path`, if PKG-INFO has none."""
    return path.endswith("/requires.txt") and ".egg-info" in path


def split_metadata(text: bytes) -> Iterator[bytes]:
    """Yield the requirements in the headers of PKG-INFO, which end at the first empty line."""
    headers = b"\n" + text
    for end in (b"\n\n", b"\n\r"):
        headers = headers.partition(end)[0]
    for match in _HEADER.finditer(headers):
        yield match[1].strip()


def split_requirements(text: bytes) -> Iterator[bytes]:
    """Yield the requirements in `requires.txt`, each with the marker of its section.

    Sections are `[EXTRA]`, `[:MARKER]` and `[EXTRA:MARKER]`.
    """
    condition = b""
    for raw in io.BytesIO(text):  # all lines at once take many times the memory of the text
        line = raw.removesuffix(b"\n").strip()
        if line.startswith(b"["):
            if find_requirement_defect(line):
                yield line
            extra, _, marker = line[1:-1].partition(b":")
            if extra:
                marker = b"(%b) and " % marker if marker else b""
                marker += b'extra == "%b"' % extra
            condition = b" ; " + marker
        elif line:
            yield line + condition


def find_requirement_defect(requirement: bytes) -> str | None:
    """Return why upip does not read `requirement`, as a sentence, or None if it does.

    All text of a requirement is printable ASCII, quoted strings included (PEP 508).
    """
    if len(requirement) > _LONGEST:
        return (
            f"The requirement {requirement[:_SHOWN]!r} … has {len(requirement):,} characters, more "
            f"than {_LONGEST:,}."
        )
    if all(0x20 <= byte <= 0x7E for byte in requirement):
        return None
    return f"The requirement {requirement[:_SHOWN]!r} has a character that is not printable ASCII."
