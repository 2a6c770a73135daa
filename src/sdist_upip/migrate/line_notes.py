"""Notes about single lines of a project's files, one for each line."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path, PurePosixPath

from .ci_commands import REMOVAL, find_ci_files
from .command_notes import find_commands, find_names, find_orig_files, is_document, is_history
from .python_versions import find_old_pythons
from .text_files import read_text, walk_texts

_OWN_LISTS = frozenset({"MANIFEST.in", "SOURCES.txt", "RECORD"})


def find_line_notes(
    directory: Path,
    changed: Mapping[str, str | None],
    emptied: Collection[str],
    *,
    runs: bool,
) -> Iterator[tuple[str, int, str]]:
    """Yield path, number of the line, and text of each note.

    `changed` has the new texts of files, None if removed. With `runs`, a setup.py imports
    sdist_upip, so whatever runs a setup.py needs the distribution.
    """
    removed = [path for path, text in changed.items() if text is None]
    texts = dict(_texts(directory, changed))
    requirements = {
        path for path, text in texts.items() if re.search(r"(?m)^\s*sdist[-_]upip\b", text)
    }
    ci_files = set(find_ci_files(directory))
    for path, text in texts.items():
        name = PurePosixPath(path).name
        if is_history(path) or name in _OWN_LISTS:
            continue
        found: dict[int, list[str]] = {}
        for number, line in _removals(text) if path in ci_files else ():
            found.setdefault(number, []).append(line)
        is_setup = name == "setup.py"
        if removed:
            for number, line in find_names(text, removed, emptied, is_document(path) or is_setup):
                found.setdefault(number, []).append(line)
        if (runs or removed) and name != ".gitignore" and not is_setup:
            for number, line in find_orig_files(text):
                found.setdefault(number, [line])
        if runs:
            for number, line in find_commands(path, text, requirements):
                found.setdefault(number, []).append(line)
            for number, line in find_old_pythons(path, text):
                found.setdefault(number, []).append(line)
        for number in sorted(found):
            yield path, number, " It also ".join(found[number])


def _texts(directory: Path, changed: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
    for path in walk_texts(directory):
        text = changed[path] if path in changed else read_text(directory / path)
        if text and "\0" not in text:
            yield path, text


def _removals(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        if re.search(REMOVAL, line) and not line.lstrip().startswith("#"):
            yield (
                number,
                f"removes *.orig files: {line.strip()!r}. Drop dist/*.orig from the command. "
                "These files no longer exist.",
            )
