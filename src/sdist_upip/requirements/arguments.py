"""What is to be installed, as people write it: requirements, archives and projects."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from ..errors import ConfigError, ResolutionError
from ..files.user_directories import expand_home
from ..index.urls import is_local, local_path, redact
from .requirement import read_requirement

_ARCHIVES = (".tar.gz", ".whl")
_OTHERS = (".zip", ".tgz", ".tar.bz2", ".tar.xz", ".egg")
_OPTION = re.compile(r"(^-|\s--\w)[^\s=]*")
_HASH = re.compile("sha256=([0-9a-f]{64})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Named:
    """A package to be looked up: the text of its requirement."""

    requirement: str


@dataclass(frozen=True, slots=True)
class Given:
    """An archive: an address or, in this computer, a path; with its hashes.

    `project` is the directory that it was just built of. `wheel` is the pure wheel of the same
    release, if one is known.
    """

    location: str | Path
    filename: str
    hashes: Mapping[str, str] = field(default_factory=dict)
    project: Path | None = None
    wheel: Given | None = None

    @property
    def shown(self) -> str:
        """Where it comes from, without a password."""
        if self.project:
            return str(self.project)
        if isinstance(self.location, Path):
            return str(self.location)
        return redact(self.location)


@dataclass(frozen=True, slots=True)
class Project:
    """The directory of a project, which is to be built."""

    directory: Path


Wanted = Named | Given | Project


def read_words(words: Iterable[str]) -> list[Wanted]:
    """Return what the words of a command line name; raise ConfigError or ResolutionError.

    A directory has a slash in it, as with pip; what ends in `.tar.gz` or `.whl` is an archive.
    """
    return [_read(word.strip(), Path()) for word in words]


def read_list(path: Path) -> list[Wanted]:
    """Return what the lines of a file name; relative paths in it are relative to the file.

    Empty lines and comments count for nothing. Options, which pip takes there, raise
    ConfigError; so does what names nothing, and a requirement nobody reads ResolutionError.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(
            f"-r {path}: {error.strerror}; name a file with one package a line"
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"-r {path} is not UTF-8; save it as that") from error
    return [_read_line(path, number, line) for number, line in _lines(text)]


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        line = re.sub(r"(^|\s)#.*", "", line).strip()
        if line:
            yield number, line


def _read_line(path: Path, number: int, line: str) -> Wanted:
    where = f"{path}, line {number}"
    option = _OPTION.search(line)
    if option:
        raise ConfigError(
            f"{where}: options are not taken from there; take {option[0].strip()!r} out, or give "
            "it to install"
        )
    if line.endswith(" \\"):
        raise ConfigError(f"{where}: it goes on in the next line; write it in one")
    try:
        return _read(line, path.parent)
    except (ConfigError, ResolutionError) as error:
        raise type(error)(f"{where}: {error}") from error


def _read(word: str, base: Path) -> Wanted:
    if not word:
        raise ConfigError("an empty word names no package; leave it out")
    if "\0" in word:
        raise ConfigError(f"{word!r} has a NUL in it, which no name has; take it out")
    if re.match(r"[A-Za-z0-9._-]+\s*(\[[^]]*\])?\s*@", word):
        name = word.partition("@")[0].strip()
        raise ConfigError(f"{name} @ …: give the address alone, without a name before it")
    address, _, fragment = word.partition("#")
    if "://" in address:
        return _read_address(address, fragment)
    if address.endswith(_ARCHIVES):
        path = base / expand_home(address)
        return Given(path, path.name, _read_hashes(word, fragment))
    if "/" in word or os.sep in word or word in (".", ".."):
        directory = base / expand_home(word)
        if not directory.is_dir():
            raise ConfigError(f"{word!r} is no directory of a project, and no archive; correct it")
        return Project(directory)
    if address.endswith(_OTHERS):
        raise ConfigError(f"{word!r}: devices read .tar.gz alone; name such an archive")
    read_requirement(word)
    return Named(word)


def _read_address(address: str, fragment: str) -> Given:
    try:
        parts = urlsplit(address)
    except ValueError as error:
        raise ConfigError(f"{redact(address)}: {error}; write https://HOST/PATH") from error
    filename = unquote(parts.path.rpartition("/")[2])
    if parts.scheme not in ("http", "https", "file"):
        raise ConfigError(f"{redact(address)}: an address begins with https://, http:// or file://")
    if not filename.endswith(_ARCHIVES):
        raise ConfigError(f"{redact(address)} ends in neither .tar.gz nor .whl; name an archive")
    hashes = _read_hashes(redact(address), fragment)
    if is_local(address):
        return Given(local_path(address), filename, hashes)
    return Given(address, filename, hashes)


def _read_hashes(word: str, fragment: str) -> dict[str, str]:
    if not fragment:
        return {}
    match = _HASH.fullmatch(fragment)
    if not match:
        raise ConfigError(f"{word}: what follows the # is no sha256=… of 64 digits; correct it")
    return {"sha256": match[1].lower()}
