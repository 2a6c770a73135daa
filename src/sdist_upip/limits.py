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

SDIST_LIMIT = 64 << 20
"""Most bytes that are read and decoded of a source distribution or wheel for computers."""

DIRECTORY_LIMIT = 1000
"""Most members of an archive that are directories, which installers read and ignore."""

REQUIREMENT_LIMIT = 500
"""Most requirements that an archive may have."""
