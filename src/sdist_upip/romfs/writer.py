"""Files → an image of ROMFS, as `mpremote romfs build` writes it, but with data that is aligned.

A board reads data of an image where it is, without a copy in RAM. Code that takes it for numbers of
two or four bytes needs them at even addresses. mpremote writes no names that are not ASCII.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from .records import COMMENT, DATA, DIRECTORY, FILE, MAGIC, encode_number, number_width

ALIGNMENT = 4
"""Each file of data begins at a multiple of these bytes in the image. Modules need none."""

_MODULES = (".py", ".mpy")
_PARITY = 2
"""The size of an image is a multiple of this."""


@dataclass(slots=True)
class _File:
    name: bytes
    data: bytes
    is_aligned: bool

    @property
    def most(self) -> int:
        """Most bytes of the record."""
        return _record_size(self.most_payload)

    @property
    def most_payload(self) -> int:
        padding = (ALIGNMENT - 1) * self.is_aligned
        return len(_label(self.name)) + padding + _record_size(len(self.data))

    def encode(self, offset: int) -> bytes:
        """Return the record that begins at `offset` of the image."""
        size, label = len(self.data), _label(self.name)
        width = number_width(self.most_payload)
        start = offset + 1 + width + len(label) + 1 + number_width(size)
        padding = -start % ALIGNMENT if self.is_aligned else 0
        data = bytes([DATA]) + encode_number(size, number_width(size) + padding) + self.data
        return _record(FILE, label + data, width)


@dataclass(slots=True)
class _Directory:
    name: bytes
    entries: dict[str, _Directory | _File] = field(default_factory=dict)
    most_entries: int = 0
    """Most bytes of the records of the entries; `measure` sets it."""

    @property
    def most(self) -> int:
        """Most bytes of the record."""
        return _record_size(self.most_payload)

    @property
    def most_payload(self) -> int:
        return len(_label(self.name)) + self.most_entries

    def measure(self) -> None:
        """Set `most_entries`, here and below."""
        for entry in self.entries.values():
            if isinstance(entry, _Directory):
                entry.measure()
        self.most_entries = sum(entry.most for entry in self.entries.values())

    def encode(self, offset: int) -> bytes:
        """Return the record that begins at `offset` of the image."""
        width = number_width(self.most_payload)
        label = _label(self.name)
        content = self.encode_entries(offset + 1 + width + len(label))
        return _record(DIRECTORY, label + content, width)

    def encode_entries(self, offset: int) -> bytes:
        """Return the records of the entries, of which the first begins at `offset`."""
        content = bytearray()
        for _, entry in sorted(self.entries.items()):
            content += entry.encode(offset + len(content))
        return bytes(content)


def write_image(files: Mapping[str, bytes], comment: bytes = b"") -> bytes:
    """Return the image with `files` (path with `/` → content), and with `comment` at the end.

    Equal files in any order give the same bytes. A path is not also a directory of another path.
    Without a comment and without data, the image is that of mpremote.
    """
    root = _Directory(b"")
    for path, data in files.items():
        _add(root, path, data)
    root.measure()
    has_data = any(_is_aligned(path, data) for path, data in files.items())
    longest = len(comment) + 1
    width = number_width(root.most_entries + _record_size(longest) * (has_data or comment != b""))
    content = root.encode_entries(len(MAGIC) + width)
    if comment:
        head = 1 + number_width(longest)
        size = len(MAGIC) + width + len(content) + head + len(comment)
        content += _record(COMMENT, comment + b"\n" * (size % _PARITY), number_width(longest))
    elif (len(MAGIC) + width + len(content)) % _PARITY:
        if has_data:
            content += _record(COMMENT, b"\n", 1)
        else:
            width += 1
    return MAGIC + encode_number(len(content), width) + content


def _add(root: _Directory, path: str, data: bytes) -> None:
    *parents, name = path.split("/")
    directory = root
    for parent in parents:
        below = directory.entries.setdefault(parent, _Directory(parent.encode()))
        assert isinstance(below, _Directory)
        directory = below
    directory.entries[name] = _File(name.encode(), data, _is_aligned(path, data))


def _is_aligned(path: str, data: bytes) -> bool:
    return bool(data) and not path.endswith(_MODULES)


def _label(name: bytes) -> bytes:
    return encode_number(len(name)) + name


def _record(kind: int, payload: bytes, width: int) -> bytes:
    return bytes([kind]) + encode_number(len(payload), width) + payload


def _record_size(payload: int) -> int:
    return 1 + number_width(payload) + payload
