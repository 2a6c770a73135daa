"""Candidates, prepared to be installed: fetched, read and, where asked for, converted or
compiled."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ..background.jobs import Progress
from ..errors import (
    ArchiveError,
    BuildNeededError,
    LimitError,
    SdistUpipError,
)
from ..filenames import is_wheel
from ..files.regular import read_start
from ..index.client import IndexClient
from ..index.link import Link
from ..installed.device_archive import (
    DeviceArchive,
    read_archive_members,
    read_device_archive,
    select_files,
)
from ..limits import SIZE_LIMIT
from .candidates import Candidate

DownloadReporter = Callable[[str], Progress]
"""From the name of a file to the function that gets the progress of its download."""

_KEPT = 8 << 20
"""Bytes of files that are kept between the two uses of an archive."""
_BUILD = "Add --convert to build it by its own backend, which runs code of the package."


@dataclass(frozen=True, slots=True)
class PreparedArchive:
    """The files to install of a candidate, and the file that they come from.

    `path` is where the file of `link` is on this computer. `converted` is the device archive that
    was built from it.
    """

    archive: DeviceArchive
    path: Path
    link: Link
    converted: Path | None = None


class Preparer:
    """Prepares candidates: the device archive, else the wheel, else the source distribution.

    Code of packages runs only with `convert`: then a source distribution without a wheel is built
    by its own backend. `conversion` are the config settings for that, by default FOR_INSTALL.

    `scratch` is a directory for temporary files, `reporter` reports downloads, and `mpy` is the
    MicroPython to compile modules for, "" to leave them as source.
    """

    def __init__(
        self,
        client: IndexClient,
        scratch: Path,
        reporter: DownloadReporter | None,
        *,
        convert: bool = False,
        mpy: str = "",
        conversion: Mapping[str, str] | None = None,
    ) -> None:
        self._client = client
        self._scratch = scratch
        self._reporter = reporter
        self._convert = convert
        self._mpy = mpy
        self._conversion = conversion
        self._converted: dict[Path, Path] = {}
        self._requires: dict[str, tuple[str, ...]] = {}
        self._kept: dict[tuple[str, str], PreparedArchive] = {}
        self._space = _KEPT

    def read_requires(self, candidate: Candidate) -> tuple[str, ...]:
        """Return the requirements of a candidate, as its metadata spells them.

        The file is fetched for that. Its content is kept for `prepare` if there is space, so memory
        does not grow with the packages. Raises as `prepare` does.
        """
        if candidate.installed:
            return candidate.installed.requires
        if candidate.title not in self._requires:
            prepared = self._open(candidate)
            self._requires[candidate.title] = prepared.archive.requires
            size = _size(prepared)
            if size <= self._space:
                self._space -= size
                self._kept[_key(candidate)] = prepared
        return self._requires[candidate.title]

    def prepare(self, candidate: Candidate) -> PreparedArchive:
        """Return what to install of a candidate that is not installed; its hashes are verified.

        Raises DownloadError, NotForDevicesError or ArchiveError, with the candidate's name.
        """
        prepared = self._kept.pop(_key(candidate), None)
        if prepared:
            self._space += _size(prepared)
        else:
            prepared = self._open(candidate)
        if not self._mpy:
            return prepared
        from ..mpy.modules import compile_files

        files = compile_files(prepared.archive.files, self._mpy, candidate.title)
        return replace(prepared, archive=replace(prepared.archive, files=files))

    def _open(self, candidate: Candidate) -> PreparedArchive:
        first, *wheels = candidate.links
        try:
            return self._read(candidate.name, first, wheels)
        except SdistUpipError as error:
            raise type(error)(f"{candidate.title}: {error}") from error

    def _read(self, name: str, link: Link, wheels: list[Link]) -> PreparedArchive:
        path = self._fetch(link)
        if is_wheel(path):
            from ..installed.pure_wheel import read_pure_wheel

            return PreparedArchive(read_pure_wheel(path, name), path, link)
        try:
            members = read_archive_members(read_start(path, SIZE_LIMIT + 1))
            if not (members.is_sdist and (wheels or self._convert)):
                return PreparedArchive(select_files(members, name), path, link)
        except ArchiveError as error:
            if not (self._convert or (wheels and isinstance(error, LimitError))):
                advice = f" {_BUILD}" if isinstance(error, BuildNeededError) else ""
                raise type(error)(f"{error}{advice}") from error
        if wheels:
            return self._read(name, wheels[0], [])
        converted = self._convert_once(path)
        archive = read_device_archive(read_start(converted, SIZE_LIMIT + 1), name)
        return PreparedArchive(archive, path, link, converted)

    def _convert_once(self, path: Path) -> Path:
        if path not in self._converted:
            from ..builders.convert import FOR_INSTALL, convert_for_install

            directory = tempfile.mkdtemp(dir=self._scratch)
            settings = FOR_INSTALL if self._conversion is None else self._conversion
            self._converted[path] = convert_for_install(path, Path(directory), settings)
        return self._converted[path]

    def _fetch(self, link: Link) -> Path:
        progress = self._reporter(link.filename) if self._reporter else None
        return self._client.download(
            link.url, link.hashes, filename=link.filename, progress=progress, size=link.size
        )


def _key(candidate: Candidate) -> tuple[str, str]:
    return candidate.title, candidate.links[0].url


def _size(prepared: PreparedArchive) -> int:
    return sum(len(content) for _, content in prepared.archive.files)
