"""Files that a tool writes: a change of such a file is lost unless its template gets it too."""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from .text_files import read_text, split_lines

_HEADER_LINES = 15
_HEADER = re.compile(
    r"@generated\b|\b(?:auto|automatically)[- ]?generated\b|\bgenerated (?:by|from|with|using)\b"
    r"|\bdo not (?:edit|modify|change)\b|\b(?:created|managed|written|updated) by \S+.*\bdo not\b"
    r"|\bdon'?t edit\b|\bthis file (?:is|was|has been) (?:auto|generated)|\[\[\[cog\b",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"\s*(?:#|//|;|--|/?\*|<!--|REM\b|\"\"\"|'''|\.\. |%)", re.IGNORECASE)
_ENDINGS = ("in", "j2", "jinja", "jinja2", "tmpl", "tpl", "template", "mako", "erb", "cog", "m4")
_DIRECTORIES = ("", "template", "templates", ".templates", "_templates", "tools", "scripts")


def find_header(text: str) -> str | None:
    """Return the comment at the start of `text` that says that a tool writes the file."""
    for line in split_lines(text)[:_HEADER_LINES]:
        if _COMMENT.match(line.removeprefix("\ufeff")) and _HEADER.search(line):
            return line.removeprefix("\ufeff").strip().lstrip("#/;*-<!%. \"'").strip()
    return None


def find_template(directory: Path, path: str) -> str | None:
    """Return the template of the file `path`: beside it, or in a directory of templates."""
    pure = PurePosixPath(path)
    stem, suffix = pure.stem, pure.suffix
    names = [f"{pure.name}.{ending}" for ending in _ENDINGS]
    names += [f"{stem}.{ending}{suffix}" for ending in _ENDINGS]
    names += [f"{stem}_template{suffix}", f"{stem}-template{suffix}"]
    for place in _DIRECTORIES:
        for name in names:
            for parent in dict.fromkeys((pure.parent, PurePosixPath())):
                candidate = parent / place / name
                if (directory / candidate).is_file():
                    return candidate.as_posix()
    return None


def describe_generated(directory: Path, path: str) -> str | None:
    """Return a text about a generated file that continues its path, or None for any other."""
    header = find_header(read_text(directory / path, None) or "")
    template = find_template(directory, path)
    if header is None and template is None:
        return None
    source = template or "its template or generator"
    reason = f"says {header!r}" if header is not None else f"has a template {template}"
    return (
        f"is a generated file: it {reason}. Make the same change in {source}, or the next run "
        "undoes it."
    )
