"""The records of an image of ROMFS: what writer and reader have to agree on.

An image is one record. A record is its kind, the size of its payload, and the payload. Kinds and
sizes are numbers of 7 bits a byte, the high bits first, and bytes 0x80 before a number change
nothing. The payload of a directory or file begins with its name, after the size of the name.
Records of directories, files and data follow. Source: extmod/vfs_rom.c of MicroPython.
"""

from __future__ import annotations

MAGIC = b"\xd2\xcd\x31"
"""The kind of the record that is the image."""

COMMENT, DATA, POINTER, DIRECTORY, FILE = range(1, 6)
"""Kinds of records. A pointer is the size and the offset of data in the payload of the image."""

PACKAGES = b"sdist-upip packages\n"
"""The start of the comment that lists the packages, a name and a version a line."""


def encode_number(number: int, width: int = 1) -> bytes:
    """Return `number` as in a record, in at least `width` bytes."""
    encoded = [number & 0x7F]
    while number := number >> 7:
        encoded.append(number & 0x7F | 0x80)
    encoded += [0x80] * (width - len(encoded))
    return bytes(reversed(encoded))


def number_width(number: int) -> int:
    """Return the bytes that `number` takes in a record."""
    return max(1, -(-number.bit_length() // 7))
