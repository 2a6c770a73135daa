"""Text files of a project: read with their line ends and byte order mark, and their lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ..project.sources import walk_sources

BOM = "\ufeff"
"""The byte order mark, which editors of Windows write."""
_SIZE_LIMIT = 100_000
_SKIPPED = re.compile(
    r"\.(?:git|hg|svn|nox|tox|venv|eggs|cache|\w+_cache)|__pycache__|node_modules|site-packages"
)
"""Directories of tools, which keep no files of the project."""


def read_text(path: Path, limit: int | None = _SIZE_LIMIT) -> str | None:
    """Return the text of a file with its line ends, and with its byte order mark.

    Returns None for a file that is missing, unreadable, not UTF-8 or longer than `limit` bytes.
    """
    try:
        if not path.is_file() or (limit is not None and path.stat().st_size > limit):
            return None
        return path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def split_bom(text: str) -> tuple[str, str]:
    """Return the byte order mark of `text`, which may be empty, and the rest."""
    rest = text.removeprefix(BOM)
    return text[: len(text) - len(rest)], rest


def split_lines(text: str) -> list[str]:
    """Return the lines of `text` with their ends, as Python counts the lines of source."""
    return re.findall(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+", text)


def line_end(text: str) -> str:
    """Return the end of the first line of `text`, or a line feed."""
    first = re.search(r"\r\n|\n", text)
    return first[0] if first else "\n"


def walk_texts(directory: Path) -> Iterator[str]:
    """Yield the files of a project that may be text, hidden ones too, without files of tools."""
    for path in walk_sources(directory, hidden=True):
        if not any(map(_SKIPPED.fullmatch, path.split("/")[:-1])):
            yield path
