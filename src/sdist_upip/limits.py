"""The limits of device archives and of reading them: sizes in bytes, and numbers of things."""

from __future__ import annotations

WINDOWS = tuple(1 << bits for bits in range(9, 16))
"""The windows a device can ask for, in bytes: 512 … 32768."""

WINDOW = 4096
"""Bytes of history that the smallest boards keep, as stock upip requests them."""

NAME_LIMIT = 100
"""Bytes of the name field in a tar header; stock upip reads no other field for the name."""

SIZE_LIMIT = 16 << 20
"""Most bytes that are read of a file, and decoded of its stream; no device has space for more."""

FOREIGN_LIMIT = 64 << 20
"""Most bytes that are read and decoded of a source distribution or a wheel, and of its files."""

MEMBER_LIMIT = 10_000
"""Most members of a source distribution or a wheel that are read."""

DIRECTORY_LIMIT = 1000
"""Most members of a device archive that are directories, which installers read and ignore."""

EXTENDED_HEADER_LIMIT = 16 << 10
"""Most bytes of one extended header of an archive that is installed: a PAX or GNU header."""

EXTENDED_SEQUENCE_LIMIT = 8
"""Most extended headers one after the other. A member needs three at most."""

PATH_LIMIT = 512
"""Most bytes of a member name in an archive that is installed."""

TOP_LEVEL_LIMIT = 4096
"""Most bytes of a `top_level.txt`."""

TOP_LEVEL_NAME_LIMIT = 64
"""Most names in a `top_level.txt`."""

METADATA_LIMIT = 1 << 20
"""Most bytes of PKG-INFO, METADATA, WHEEL and RECORD that are read."""

TEXT_LIMIT = 16 << 20
"""Most bytes that are read of a lock, a requirement file, a record or another text."""

PAGE_LIMIT = 64 << 20
"""Most bytes of a page of an index. The largest page of the public index has about 40 MB."""

REQUIREMENT_LIMIT = 500
"""Most requirements of one archive."""

PACKAGE_LIMIT = 1000
"""Most packages that one installation considers. They may require one another without end."""

TOTAL_REQUIREMENT_LIMIT = 10_000
"""Most requirements that all packages of one installation have."""

LINK_LIMIT = 100_000
"""Most links of a page of an index. Those that fill PAGE_LIMIT have 600 bytes each."""

IMAGE_LIMIT = 64 << 20
"""Most bytes of an image of ROMFS. The largest partitions have 24 MiB."""

IMAGE_RECORD_LIMIT = 100_000
"""Most records of an image of ROMFS that are read."""

IMAGE_DEPTH_LIMIT = 64
"""Most directories of an image of ROMFS that are in each other."""

IMAGE_PATH_LIMIT = 1024
"""Most bytes of a path in an image of ROMFS."""

RATE_FLOOR = 1024
"""Bytes that a server must send in each time-out period. Fewer count as none."""
