"""The limits that everything here keeps to: sizes in bytes."""

from __future__ import annotations

WINDOWS = tuple(1 << bits for bits in range(9, 16))
"""The windows a device can ask for, in bytes: 512 … 32768."""

WINDOW = 4096
"""Bytes of history that the smallest boards keep, and that stock upip asks for there."""

NAME_LIMIT = 100
"""Bytes that the name field of a tar header holds; stock upip reads nothing else."""

SIZE_LIMIT = 16 << 20
"""Bytes that we read of a file, and decode of its stream. No device holds a package as large."""
