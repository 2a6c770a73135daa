"""Arguments of the command line and lines of requirement files, parsed.

An argument is a requirement (PEP 508), an archive, or the directory of a project.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ..board.pkg_resources import PACKAGE
from ..errors import ConfigError, ResolutionError
from ..filenames import ARCHIVE_SUFFIX, WHEEL_SUFFIX, find_filename_defect
from ..files.regular import read_regular
from ..files.user_directories import expand_home
from ..index.link import Link
from ..index.urls import is_local, local_path, redact, refuse_nul
from ..limits import TEXT_LIMIT
from .requirement import parse_requirement

_ARCHIVES = (ARCHIVE_SUFFIX, WHEEL_SUFFIX)
_OTHERS = (".zip", ".tgz", ".tar.bz2", ".tar.xz", ".egg")
_OPTION = re.compile(r"(^-|\s--\w)[^\s=]*")
_HASH = re.compile("sha256=([0-9a-f]{64})", re.IGNORECASE)

Root = Requirement | Link | Path
"""What one argument asks for; a path is the directory of a project, which is to be built."""


def parse_requirements(arguments: Iterable[str]) -> list[Root]:
    """Return what arguments ask for. Raises ConfigError or ResolutionError.

    As with pip, a directory has a slash in it. An argument that ends in `.tar.gz` or `.whl` is an
    archive.
    """
    return [_parse(argument.strip(), Path()) for argument in arguments]


def read_requirements_file(path: Path) -> list[Root]:
    """Return what the lines of a file ask for; relative paths are relative to the file.

    Empty lines and comments are ignored. Raises ConfigError for options, which pip accepts there,
    and for lines that are not valid, and ResolutionError for a requirement that is not valid.
    """
    try:
        text = read_regular(path, TEXT_LIMIT).decode("utf-8-sig")
    except OSError as error:
        raise ConfigError(
            f"-r {path}: {error.strerror}. Pass a file with one requirement per line."
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"-r {path} is not UTF-8. Save the file as UTF-8.") from error
    return [_parse_line(path, number, line) for number, line in _lines(text)]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        line = re.sub(r"(^|\s)#.*", "", line).strip()
        if line:
            yield number, line


def _parse_line(path: Path, number: int, line: str) -> Root:
    where = f"{path}, line {number}"
    option = _OPTION.search(line)
    if option:
        raise ConfigError(
            f"{where}: options are not supported in requirement files. Remove "
            f"{option[0].strip()!r}, or pass it on the command line."
        )
    if line.endswith(" \\"):
        raise ConfigError(f"{where}: line continuations are not supported. Use one line.")
    try:
        return _parse(line, path.parent)
    except (ConfigError, ResolutionError) as error:
        raise type(error)(f"{where}: {error}") from error


def _parse(argument: str, base: Path) -> Root:
    if not argument:
        raise ConfigError("An empty argument names no package. Remove it.")
    refuse_nul(argument)
    if re.match(r"[A-Za-z0-9._-]+\s*(\[[^]]*\])?\s*@", argument):
        # The name is not shown: it is a token, if the argument is a URL without https://.
        raise ConfigError("NAME @ URL: names before URLs are not supported. Pass the URL alone.")
    reference, _, fragment = argument.partition("#")
    if "://" in reference:
        return _parse_url(reference, fragment)
    if reference.endswith(_ARCHIVES):
        path = base / expand_home(reference)
        return Link(path.name, str(path), _parse_hashes(argument, fragment))
    if "/" in argument or os.sep in argument or argument in (".", ".."):
        directory = base / expand_home(argument)
        if not directory.is_dir():
            raise ConfigError(
                f"{argument!r} is neither a project directory nor an archive. Correct the path."
            )
        return directory
    if reference.endswith(_OTHERS):
        raise ConfigError(f"{argument!r}: devices read .tar.gz only. Pass a .tar.gz archive.")
    requirement = parse_requirement(argument)
    if canonicalize_name(requirement.name) == PACKAGE:
        raise ConfigError(
            f"{PACKAGE} is part of sdist-upip, and no index has it. Install a package that imports "
            "pkg_resources instead. It is added for that package."
        )
    return requirement


def _parse_url(url: str, fragment: str) -> Link:
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise ConfigError(f"{redact(url)}: {error}. Write https://HOST/PATH.") from error
    filename = unquote(parts.path.rpartition("/")[2])
    if parts.scheme not in ("http", "https", "file"):
        raise ConfigError(
            f"{redact(url)}: unsupported URL scheme. Use https://, http:// or file://."
        )
    if not filename.endswith(_ARCHIVES):
        raise ConfigError(
            f"{redact(url)} ends in neither .tar.gz nor .whl. Pass the URL of an archive."
        )
    if defect := find_filename_defect(filename):
        raise ConfigError(
            f"{redact(url)}: the file name {filename!r} {defect}. Pass the URL of an archive."
        )
    location = str(local_path(url)) if is_local(url) else url
    return Link(filename, location, _parse_hashes(redact(url), fragment))


def _parse_hashes(shown: str, fragment: str) -> dict[str, str]:
    if not fragment:
        return {}
    match = _HASH.fullmatch(fragment)
    if not match:
        raise ConfigError(
            f"{shown}: the fragment after # is not sha256= with 64 hexadecimal digits. Correct it."
        )
    return {"sha256": match[1].lower()}
