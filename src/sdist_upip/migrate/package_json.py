"""A `package.json` of mip, maintained by hand: its faults, and differences from the archive.

Format: MicroPython's mip, `{"version": …, "urls": [[path, url], …], "deps": [[name, version], …]}`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from ..errors import ProjectError
from ..release import Release
from .text_files import split_bom

SCHEMES = ("http://", "https://", "codeberg:", "github:", "gitlab:")
"""How the URLs begin that mip or mpremote downloads as they are. Others are relative."""
_KEYS = frozenset({"urls", "deps", "hashes"})
_NPM = re.compile(r'"(?:dependencies|devDependencies|scripts|main|private|workspaces)"\s*:')
_MISTAKES = {
    "url": "urls",
    "files": "urls",
    "dep": "deps",
    "dependencies": "deps",
    "hash": "hashes",
}
_PAGE = re.compile(r"https?://(?:www\.)?(?:github|gitlab|codeberg)\S+?/(?:-/)?(?:blob|tree|src)/")
_OWN = re.compile(
    r"(?:github|gitlab|codeberg):([^/]+/[^/]+)/(.+)"
    r"|https?://raw\.githubusercontent\.com/([^/]+/[^/]+)/[^/]+/(.+)"
)


def find_faults(text: str, directory: Path, repositories: Collection[str]) -> Iterator[str]:
    """Yield a sentence for each fault for which mip or mpremote fails on the package.json `text`.

    `directory` has the file. `repositories` are the names, owner/name in lower case, of the
    repository of the project, whose files are looked up there.
    """
    try:
        document = read_document(text)
    except ProjectError as error:
        yield str(error).removeprefix("package.json ")
        return
    if split_bom(text)[0]:
        yield "begins with a byte order mark, which mip refuses. Save the file as UTF-8 without it."
    for key, meant in _MISTAKES.items():
        if key in document and meant not in document:
            yield f"has a key {key!r}, which mip does not read. Use {meant!r}."
    seen: set[str] = set()
    for entry in _entries(document, "urls"):
        fault = _pair_fault(entry, "urls", "a path and a URL")
        if fault is not None:
            yield fault
            continue
        path, url = entry
        if path in seen:
            yield f"urls names {path!r} twice. Remove one of the entries."
        seen.add(path)
        if not _is_relative(path):
            yield f"urls has the path {path!r}. Use a relative path with '/' and without '..'."
        yield from _url_faults(url, directory, repositories)
    for entry in _entries(document, "hashes"):
        fault = _pair_fault(entry, "hashes", "a path and a hash")
        if fault is not None:
            yield fault
        elif not re.fullmatch(r"[0-9a-f]{8,64}", entry[1]):
            yield f"hashes has {entry[1]!r} for {entry[0]!r}. Use the first digits of its sha256."
    for entry in _entries(document, "deps"):
        fault = _dependency_fault(entry)
        if fault is not None:
            yield fault
    for key in _KEYS & document.keys():
        if not isinstance(document[key], list):
            yield f"{key} is not a list. Write a list of pairs."


def find_disagreements(text: str, release: Release) -> Iterator[str]:
    """Yield a sentence for each difference between the package.json `text` and `release`.

    `R.py` may be missing, because the build generates it. Raises ProjectError if `text` is not a
    package.json of mip.
    """
    document = read_document(text)
    version = str(document.get("version", release.version))
    if version != release.version:
        expected = f"expected version {release.version!r}, as in the archive"
        yield f"{expected}, got {version!r}. Correct it."
    named = _firsts(document.get("urls", []))
    installed = {
        member.path
        for member in release
        if ".egg-info/" not in member.path and member.path not in {"PKG-INFO", "setup.py"}
    }
    for path in sorted(installed - named):
        if not path.endswith("R.py"):
            yield f"urls lacks {path!r}, which the archive installs. Add it."
    for path in sorted(named - installed):
        yield (
            f"urls names {path!r}, which the archive does not install. Remove it, or declare the "
            "file in the project."
        )
    requires = release.get(f"{release.egg_info}/requires.txt")
    required = _names((requires.data.decode() if requires else "").split())
    listed = _names(_firsts(document.get("deps", [])))
    for name in sorted(required - listed):
        yield f"deps lacks {name!r}, which the archive depends on. Add it."
    for name in sorted(listed - required):
        yield (
            f"deps names {name!r}, which the archive does not depend on. Remove it, or add it to "
            "the requirements of the project."
        )


def is_package_json(text: str) -> bool:
    """Return whether `text` is a package.json of mip, not of npm. It may have faults."""
    try:
        return bool(_KEYS & read_document(text).keys())
    except ProjectError:
        return _NPM.search(text) is None


def find_repositories(text: str) -> set[str]:
    """Return the repositories, owner/name in lower case, that `text` has URLs of."""
    pattern = r"(?:github|gitlab|codeberg)\.(?:com|org)[/:]([\w.-]+/[\w.-]+?)(?:\.git)?(?![\w.-])"
    return {name.lower() for name in re.findall(pattern, text)}


def read_document(text: str) -> dict[str, object]:
    """Return the content of a package.json. Raises ProjectError if it is not a JSON object."""
    try:
        document = json.loads(split_bom(text)[1])
    except (ValueError, RecursionError) as error:
        raise ProjectError(f"package.json is not valid JSON: {error}. Fix the file.") from error
    if not isinstance(document, dict):
        raise ProjectError("package.json is not a JSON object. Write it in the format of mip.")
    return document


def _entries(document: dict[str, object], key: str) -> list[Any]:
    entries = document.get(key, [])
    return entries if isinstance(entries, list) else []


def _pair_fault(entry: Any, key: str, content: str) -> str | None:
    if isinstance(entry, list) and len(entry) == 2 and all(isinstance(x, str) for x in entry):
        return None
    return f"{key} has {json.dumps(entry)}. Write a list of two strings, {content}."


def _is_relative(path: str) -> bool:
    return "\\" not in path and not {"", ".", ".."} & set(path.split("/"))


def _url_faults(url: str, directory: Path, repositories: Collection[str]) -> Iterator[str]:
    if "\\" in url:
        yield f"urls has the URL {url!r}. Use '/' instead of '\\\\'."
    elif _PAGE.match(url):
        yield f"urls has {url!r}, which is a web page. Use the address of the raw file."
    elif url.startswith(SCHEMES):
        own = _OWN.fullmatch(url)
        if own is None:
            if not url.startswith(("http://", "https://")):
                yield f"urls has {url!r}, which names no file. Add the path of the file."
            return
        repository, path = own[1] or own[3], own[2] or own[4]
        if "@" in path.rpartition("/")[2] or "@" in repository:
            yield f"urls has {url!r}, but mip takes no version in it. Remove the part with '@'."
        elif repository.lower() in repositories and not _is_file(directory, path):
            yield f"urls has {url!r}, which is not in the project. Correct the URL or add the file."
    elif re.match(r"[A-Za-z][\w+.-]*:", url):
        yield (
            f"urls has {url!r}, whose scheme mip does not know. Use github:, gitlab:, codeberg:, "
            "https: or a path relative to package.json."
        )
    elif not _is_file(directory, url):
        yield f"urls has {url!r}, which is not in the project. Correct the URL or add the file."


def _is_file(directory: Path, path: str) -> bool:
    try:
        return (directory / path.lstrip("/")).is_file()
    except (OSError, ValueError):
        return False


def _dependency_fault(entry: Any) -> str | None:
    if isinstance(entry, str) or (isinstance(entry, list) and len(entry) == 1):
        name = entry if isinstance(entry, str) else entry[0]
        return (
            f'deps has {name!r} without a version. Write [{json.dumps(name)}, "latest"], because '
            "mip reads pairs."
        )
    if not (isinstance(entry, list) and len(entry) == 2 and isinstance(entry[0], str)):
        return f"deps has {json.dumps(entry)}. Write a list of two strings, a name and a version."
    name, version = entry
    if not isinstance(version, str) and version is not None:
        return f"deps has the version {json.dumps(version)} of {name!r}. Write it as a string."
    if "@" in name:
        return f"deps has {name!r}, but mip takes no version there. Write it as the second string."
    if name.startswith(SCHEMES):
        return None
    if re.search(r"[<>=!~;\[\s]", name) or not name:
        return f"deps has the name {name!r}. Write a name alone, and the version after it."
    if version and re.search(r"[<>=!~^*,\s]|\.x$", version):
        return (
            f"deps has the version {version!r} of {name!r}, but mip takes no ranges. Write one "
            'version, or "latest".'
        )
    return None


def _firsts(pairs: object) -> set[str]:
    """Return the first item of each list in `pairs`; anything else is skipped."""
    items = pairs if isinstance(pairs, list) else []
    return {str(item[0]) for item in items if isinstance(item, list) and item}


def _names(requirements: set[str] | list[str]) -> set[str]:
    names: set[str] = set()
    for text in requirements:
        try:
            names.add(canonicalize_name(Requirement(text).name))
        except InvalidRequirement:
            names.add(text)
    return names
