"""A requirement added to the `[build-system]` of a pyproject.toml; all other text is unchanged."""

from __future__ import annotations

import re

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from ..errors import ConfigError
from ..toml import TomlError, parse_toml
from .text_files import line_end, split_bom

_TABLE = re.compile(r"^[ \t]*\[[ \t]*build-system[ \t]*\][^\n]*\n", re.MULTILINE)
_NEXT_TABLE = re.compile(r"^[ \t]*\[", re.MULTILINE)
_ARRAY = re.compile(
    r"^([ \t]*requires[ \t]*=[ \t]*\[)((?:[^\]\"'#]|\"[^\"\n]*\"|'[^'\n]*'|#[^\n]*)*)(\])",
    re.MULTILINE,
)


def with_requirement(text: str | None, name: str) -> str:
    """Return `text` with the requirement `name` in build-system.requires; None means no file.

    A byte order mark is left out, because pip and build refuse it. Raises ConfigError for text that
    is not understood. Its message follows the name of the file.
    """
    if text is not None:
        text = split_bom(text)[1]
    if text is None:
        return f'[build-system]\nrequires = ["setuptools>=61", "{name}"]\n'
    try:
        document = parse_toml(text.encode())
    except TomlError as error:
        raise ConfigError(f"{error}. {error.remedy or 'Fix the file.'}") from error
    table = document.get("build-system")
    if table is None:
        end = line_end(text)
        return f'[build-system]{end}requires = ["setuptools>=61", "{name}"]{end}{end}{text}'
    requires = table.get("requires") if isinstance(table, dict) else None
    if not isinstance(requires, list) or not all(isinstance(item, str) for item in requires):
        raise ConfigError(f'has no array build-system.requires. Add one with "{name}".')
    if any(_is_named(item, name) for item in requires):
        return text
    result = _insert(text, name)
    after = [*requires, name]
    if result is None or parse_toml(result.encode())["build-system"]["requires"] != after:
        raise ConfigError(f'needs "{name}" in build-system.requires. Add it by hand.')
    return result


def _is_named(requirement: str, name: str) -> bool:
    try:
        return canonicalize_name(Requirement(requirement).name) == canonicalize_name(name)
    except InvalidRequirement:
        return False


def _insert(text: str, name: str) -> str | None:
    start = _TABLE.search(text)
    if start is None:
        return None
    end = _NEXT_TABLE.search(text, start.end())
    body = text[start.end() : end.start() if end else len(text)]
    match = _ARRAY.search(body)
    if match is None:
        return None
    items = match[2]
    bare = items.rstrip()
    space = items[len(bare) :]
    if "\n" in items:
        indent = re.search(r"\n([ \t]*)\S", items)
        comma = "" if not bare or bare.endswith(",") else ","
        eol = line_end(items)
        added = f'{bare}{comma}{eol}{indent[1] if indent else "    "}"{name}",{space or eol}'
    else:
        comma = ", " if bare and not bare.endswith(",") else " " if bare else ""
        added = f'{bare}{comma}"{name}"{space}'
    changed = body[: match.start(2)] + added + body[match.end(2) :]
    try:
        parse_toml((text[: start.end()] + changed).encode())
    except TomlError:
        return None
    return text[: start.end()] + changed + text[start.end() + len(body) :]
