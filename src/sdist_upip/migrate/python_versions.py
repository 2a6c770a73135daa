"""Lines of CI files that name a Python which is too old for sdist-upip."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from .text_files import split_bom

OLDEST = (3, 10)
"""The oldest Python that sdist-upip supports."""
_VERSION = (
    r"[\"']?(?:[cC]?[pP]ython[- ]?|pypy-?|[<>=~^]+ ?)?(?P<v>[23](?:\.\d+)?)"
    r"(?:\.[\dx*]+|-dev|-\w+)*[\"']?"
)
_KEYS = (
    r"python[-_.]?versions?|pythons?|python_?version|versionspec|pyver(?:sions?)?|py_versions?|"
    r"PYTHON(?:_VERSION)?|conda_python|basepython|base_python|default_language_version"
)
_KEY = re.compile(
    rf"(?P<lead>[\s\-{{,\"'(]*)[\"']?(?:\w+\.|matrix_)?(?<![A-Za-z])(?P<key>{_KEYS})[\"']?\s*[:=](?!=)\s*"
    r"(?P<value>.*)",
    re.IGNORECASE,
)
_INDIRECT = re.compile(r"python[-_]version[\"']?\s*:\s*\$\{\{\s*(?:matrix|env|inputs)\.([\w-]+)")
_ITEM = re.compile(rf"\s*(?:-|,)?\s*{_VERSION}\s*,?\s*(?:#.*)?$")
_ANYWHERE = (
    re.compile(r"(?:^|[\s\"'/=:])python:(?P<v>[23](?:\.\d+)?)(?=[\s\"'.\-@]|$)"),
    re.compile(r"(?<![\w.\-])(?:python|pypy)(?P<v>[23]\.\d+|2)(?![\w.]*\.(?:py|so)\b)(?!\w)"),
    re.compile(r"\bpy -(?P<v>[23](?:\.\d+)?)\b"),
    re.compile(r"\bpython==?(?P<v>[23](?:\.\d+)?)\b"),
    re.compile(r"(?:--python|-p|pyenv (?:install|local|global)(?: -\w+)*)[ =](?P<v>[23]\.\d+)\b"),
    re.compile(r"\b[pP]ython(?P<digits>[23]\d{1,2})(?:-x64|-64)?(?=[\\/\"'\s;]|$)"),
)
_ENVIRONMENT = re.compile(r"(?<![\w-])(?:py|pypy)(?P<digits>[23]\d{0,2})(?!\w)")
_FACTORS = re.compile(r"(?<![\w-])(?:py|pypy)(?P<lead>[23]?)\{(?P<list>[\d,\-\s]+|py[\w,\s]+)\}")
_TOX_LINE = re.compile(
    r"env_?list\s*=|^\s*\[testenv:|^\s*\[gh-actions|TOXENV|\btox\b.*-e|^\s*[23]\.\d+\s*[:=]|tox_env",
    re.IGNORECASE,
)
_FILES = (".yml", ".yaml", ".ini", ".cfg", ".toml", ".sh", ".bat", ".ps1", ".cmd", ".mk")
_NAMES = frozenset(
    {
        *(
            "Makefile",
            "makefile",
            "GNUmakefile",
            "Jenkinsfile",
            "noxfile.py",
            "tasks.py",
            "Pipfile",
        ),
        *(".python-version", "runtime.txt", "justfile", "Justfile", "Vagrantfile", "Earthfile"),
    }
)
_SETTINGS = (".ini", ".cfg", ".toml")
_TYPE_CHECKER = re.compile(r"\s*python_version\s*=", re.IGNORECASE)
"""The target of mypy in a file of settings, which is not a Python that runs."""
_NESTED = re.compile(r"\s+version:(?P<rest>.*)")
"""The version below the key `python` of Read the Docs."""
_METADATA = re.compile(
    r"requires[-_]python|python_requires|target-version|target_version|classifiers|Programming "
    r"Language|py_version\b|language_version|--py3\d-plus|^\s*[\"']?python[\"']?\s*=\s*[\"'][\^>~]",
    re.IGNORECASE,
)


def find_old_pythons(path: str, text: str) -> Iterator[tuple[int, str]]:
    """Yield the number of each line of a CI file that names a Python below OLDEST, and a text."""
    if not _is_for_ci(path):
        return
    lines = [line.rstrip("\r") for line in split_bom(text)[1].split("\n")]
    keys = {key.lower() for key in _INDIRECT.findall(text)}
    indent: int | None = None
    in_environments = False
    for number, line in enumerate(lines, 1):
        body = line.split(" #")[0]
        if not body.strip() or body.lstrip().startswith(("#", "//")) or _METADATA.search(body):
            continue
        own = len(body) - len(body.lstrip())
        nested = _NESTED.match(body) if "readthedocs" in path else None
        item = _ITEM.match(nested["rest"] if nested else body)
        if indent is not None and not (item and own >= indent) and body.strip() != "[":
            indent = None
        in_environments = bool(_TOX_LINE.search(body)) or (
            in_environments and bool(own) and "=" not in body
        )
        found = _in_line(body, keys, in_environments, path)
        if indent is not None and item is not None:
            found.append(item["v"])
        if _opens_list(body, keys):
            indent = own
        old = list(dict.fromkeys(version for version in found if _is_old(version)))
        if old:
            yield (
                number,
                f"names Python {', '.join(old)}, but sdist-upip needs Python "
                f"{'.'.join(map(str, OLDEST))} or later. Use a later Python where the project is "
                "built.",
            )


def _is_for_ci(path: str) -> bool:
    pure = PurePosixPath(path)
    name = pure.name
    if pure.suffix == ".toml" and name not in {"tox.toml", "pyproject.toml", ".cirrus.toml"}:
        return False
    return (
        name in _NAMES
        or "dockerfile" in name.lower()
        or name.lower().startswith("containerfile")
        or name.endswith(_FILES)
    )


def _matches_key(line: str, keys: set[str]) -> re.Match[str] | None:
    for match in _KEY.finditer(line):
        return match
    for key in keys:
        found: re.Match[str] | None = re.search(
            rf"(?P<lead>[\s\-{{,\"'(]*)[\"']?{re.escape(key)}[\"']?\s*:\s*(?P<value>.*)", line, re.I
        )
        if found:
            return found
    return None


def _opens_list(line: str, keys: set[str]) -> bool:
    match = _matches_key(line, keys)
    return match is not None and match["value"].strip() in {"", "[", "|", ">"}


def _in_line(line: str, keys: set[str], in_environments: bool, path: str) -> list[str]:
    found: list[str] = []
    match = _matches_key(line, keys)
    if match is not None and not (_TYPE_CHECKER.match(line) and path.endswith(_SETTINGS)):
        value = match["value"]
        scope = value[: value.index("]")] if "]" in value else re.split(r",\s*[\w-]+\s*:", value)[0]
        if "${{" not in scope and "$(" not in scope:
            found += [
                item["v"]
                for item in re.finditer(rf"(?<![\w.]){_VERSION}(?![\w.])", scope)
                if _looks_like_version(item[0])
            ]
    for pattern in _ANYWHERE:
        for hit in pattern.finditer(line):
            groups = hit.groupdict()
            found.append(groups.get("v") or _dotted(groups["digits"]))
    is_whole = PurePosixPath(path).name in {".python-version", "runtime.txt"}
    if is_whole and (whole := _ITEM.match(line)):
        found.append(whole["v"])
    if in_environments:
        found += [_dotted(hit["digits"]) for hit in _ENVIRONMENT.finditer(line)]
        for factors in _FACTORS.finditer(line):
            for factor in re.split(r"[,\s]+", factors["list"].strip()):
                digits = re.sub(r"\D", "", factor.partition("-")[0])
                found += [_dotted(factors["lead"] + digits)] if digits else []
    return found


def _looks_like_version(text: str) -> bool:
    bare = text.strip("\"' ")
    return not bare.startswith((">", "^", "~", "<"))


def _dotted(digits: str) -> str:
    return digits if len(digits) == 1 else f"{digits[0]}.{digits[1:]}"


def _is_old(version: str) -> bool:
    major, _, minor = version.partition(".")
    if not minor:
        return int(major) < OLDEST[0]
    return (int(major), int(minor)) < OLDEST
