"""Candidates, prepared to be installed: fetched, read and, where asked for, converted or
compiled."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from ..builders.convert import convert_for_install
from ..builders.source_distribution import is_wheel, read_members
from ..errors import ArchiveError, LimitError, NotForDevicesError, SdistUpipError
from ..files.regular import read_start
from ..index.client import IndexClient
from ..index.downloads import Progress
from ..index.link import Link
from ..installed.device_archive import DeviceArchive, read_device_archive
from ..limits import SIZE_LIMIT
from ..mpy.modules import compile_files
from .candidates import Candidate

DownloadReporter = Callable[[str], Progress]
"""From the name of a file to the function that gets the progress of its download."""

_CONVERT = "Add --convert to make a device archive from it, if it is pure Python."
_REPACK = "Add --convert to repack it."


@dataclass(frozen=True, slots=True)
class PreparedArchive:
    """What upip would install of a candidate, and the file that it comes from.

    `path` is where the file of `link` is on this computer.
    """

    archive: DeviceArchive
    path: Path
    link: Link


class Preparer:
    """Prepares candidates; with `convert`, also those for computers.

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
    ) -> None:
        self._client = client
        self._scratch = scratch
        self._reporter = reporter
        self._convert = convert
        self._mpy = mpy
        self._converted: dict[Path, Path] = {}
        self._requires: dict[str, tuple[str, ...]] = {}

    def read_requires(self, candidate: Candidate) -> tuple[str, ...]:
        """Return the requirements of a candidate, as its metadata spells them.

        The file is fetched for that, and forgotten: memory does not grow with the packages. Raises
        as `prepare` does.
        """
        if candidate.installed:
            return candidate.installed.requires
        if candidate.title not in self._requires:
            self._requires[candidate.title] = self._open(candidate).archive.requires
        return self._requires[candidate.title]

    def prepare(self, candidate: Candidate) -> PreparedArchive:
        """Return what to install of a candidate that is not installed; its hashes are verified.

        Raises DownloadError, NotForDevicesError or ArchiveError, with the candidate's name.
        """
        prepared = self._open(candidate)
        if not self._mpy:
            return prepared
        files = compile_files(prepared.archive.files, self._mpy, candidate.title)
        return replace(prepared, archive=replace(prepared.archive, files=files))

    def _open(self, candidate: Candidate) -> PreparedArchive:
        first, *wheels = candidate.links
        try:
            return self._read_or_convert(candidate.name, first, wheels)
        except SdistUpipError as error:
            raise type(error)(f"{candidate.title}: {error}") from error

    def _read_or_convert(self, name: str, link: Link, wheels: list[Link]) -> PreparedArchive:
        path = self._fetch(link)
        try:
            return PreparedArchive(_read(path, name), path, link)
        except ArchiveError as error:
            if not self._convert:
                raise type(error)(" ".join([str(error), *_find_advice(path, error)])) from error
        if wheels:
            link = wheels[0]
            path = self._fetch(link)
        return PreparedArchive(_read(self._convert_once(path), name), path, link)

    def _convert_once(self, path: Path) -> Path:
        if path not in self._converted:
            directory = tempfile.mkdtemp(dir=self._scratch)
            self._converted[path] = convert_for_install(path, Path(directory))
        return self._converted[path]

    def _fetch(self, link: Link) -> Path:
        progress = self._reporter(link.filename) if self._reporter else None
        return self._client.download(
            link.url, link.hashes, filename=link.filename, progress=progress, size=link.size
        )


def _read(path: Path, project: str) -> DeviceArchive:
    if is_wheel(path):
        raise NotForDevicesError("This is a wheel, which is made for computers.")
    return read_device_archive(read_start(path, SIZE_LIMIT + 1), project)


def _find_advice(path: Path, error: ArchiveError) -> list[str]:
    """Return how the archive could be installed nevertheless, nothing if it is damaged."""
    if isinstance(error, NotForDevicesError):
        return [_CONVERT]
    if isinstance(error, LimitError):
        return []
    try:
        size = sum(len(data) for _, data in read_members(path))
    except ArchiveError:
        return []
    return [_REPACK] if 0 < size <= SIZE_LIMIT else []
