"""Commands in CI files, makefiles and scripts that remove dist/*.orig, files of the legacy tool."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

REMOVAL = r"(?<![\w-])(?:-|@)?(?:rm|del)\b[^\n;&|]*\.orig\b[\"']?"
"""A command that removes *.orig files, alone or with other files."""
_ONE_REMOVAL = r"[-@]*(?:rm|del)(?:[ \t]+-\w+)*[ \t]+(?:\./)?dist/\*\.orig"
_WHOLE_LINE = re.compile(rf"[ \t]*(?:-[ \t]+)?{_ONE_REMOVAL}[ \t]*$")
_NEXT = r"(?=[ \t]*(?:$|&&|;(?!;)))"
_AFTER_COMMAND = re.compile(rf"(?<=[^\s;&|(:])[ \t]*(?:&&|;)[ \t]*{_ONE_REMOVAL}{_NEXT}")
_CLOSER = re.compile(r"[ \t]*(?:(?:then|do|done|fi|else|elif|esac)\b|[})#]|;;|&&|\|)")
_OPENER = re.compile(r"[ \t]*#|.*(?:\b(?:then|do|else|in)|[({:|>=)\[,\\]|&&|;;)[ \t]*$")
_CONTINUED = re.compile(r".*(?:\\|&&|(?<![:\-] )\|)[ \t]*$")
_ABOUT_ORIG = re.compile(r"[ \t]*#(?!!).*\*\.orig\b")
_CI_FILES = (
    *("*.sh", "*.yml", "*.yaml", "*.toml", "*.cfg", "*.bat", "Makefile", "makefile", "*.mk"),
    *("tox.ini", "justfile", "Justfile", "Jenkinsfile", "noxfile.py", "tasks.py"),
    *(".travis.yml", ".gitlab-ci.yml", ".appveyor.yml", ".cirrus.yml", ".drone.yml"),
)
_CI_DIRECTORIES = (
    ".github/workflows",
    ".circleci",
    ".ci",
    ".gitlab",
    ".woodpecker",
    "scripts",
    "tools",
)


def without_removals(text: str) -> str:
    """Return `text` without the commands that remove only dist/*.orig, if the rest surely works."""
    lines = text.split("\n")
    kept: list[str] = []
    for number, line in enumerate(lines):
        body = line.removesuffix("\r")
        before = kept[-1].rstrip() if kept else ""
        if ".orig" not in body or _CONTINUED.match(before):
            kept.append(line)
        elif not _WHOLE_LINE.match(body):
            kept.append(_AFTER_COMMAND.sub("", body) + line[len(body) :])
        elif not (
            _is_sibling(body, next(filter(str.strip, reversed(kept)), ""), _OPENER)
            or _is_sibling(body, next(filter(str.strip, lines[number + 1 :]), ""), _CLOSER)
        ):
            kept.append(line)
    if len(kept) < len(lines):
        kept = [line for line in kept if not _ABOUT_ORIG.match(line)]
    return "\n".join(kept)


def _is_sibling(line: str, other: str, edge: re.Pattern[str]) -> bool:
    """Return whether `other` is a command of the same block, which `line` then leaves non-empty."""
    start = re.compile(r"[ \t]*(?:-[ \t]+)?(?=[^\s])")
    indent, other_indent = start.match(line), start.match(other)
    same = indent is not None and other_indent is not None and indent[0] == other_indent[0]
    return same and not edge.match(other.rstrip())


def find_ci_files(directory: Path) -> Iterator[str]:
    """Yield the sorted paths, relative to `directory`, of files that may contain such commands."""
    found = {path for pattern in _CI_FILES for path in directory.glob(pattern)}
    for name in _CI_DIRECTORIES:
        found |= {path for path in (directory / name).rglob("*") if path.is_file()}
    yield from sorted(path.relative_to(directory).as_posix() for path in found)
