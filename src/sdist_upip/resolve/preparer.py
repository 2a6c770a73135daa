"""What is in the releases that are considered or chosen: fetched, and converted where asked for."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..builders.convert import convert_for_install
from ..builders.source_distribution import is_wheel, read_members
from ..errors import ArchiveError, NotForDevicesError, SdistUpipError
from ..index.client import IndexClient
from ..index.downloads import Progress
from ..index.pages import Link
from ..installed.device_archive import DeviceArchive, read_device_archive
from ..limits import SIZE_LIMIT
from ..requirements.arguments import Given
from .selection import Published

Watch = Callable[[str], Progress]
"""From the name of a file to what is told how far its download is."""

_CONVERT = "add --convert to make a device archive of it, if it is pure Python"
_REPACK = "add --convert to pack it anew"


@dataclass(frozen=True, slots=True)
class Content:
    """What upip would install of a release, and the file that it comes from.

    `path` is where the file lies in this computer, `given` where it came from.
    """

    archive: DeviceArchive
    path: Path
    given: Given


class Contents:
    """Opens archives; with `convert`, also those for computers.

    `scratch` is a directory to use; `watch` is told about downloads.
    """

    def __init__(
        self, client: IndexClient, scratch: Path, watch: Watch | None, *, convert: bool = False
    ) -> None:
        self._client = client
        self._scratch = scratch
        self._watch = watch
        self._convert = convert
        self._converted: dict[Path, Path] = {}

    def open(self, title: str, origin: Published | Given) -> Content:
        """Return what is in a release; its hashes are verified.

        Raises DownloadError, NotForDevicesError or ArchiveError; `title` names it in the message.
        """
        first, *others = _find_files(origin)
        try:
            return self._open(first, others)
        except SdistUpipError as error:
            raise type(error)(f"{title}: {error}") from error

    def _open(self, given: Given, wheels: list[Given]) -> Content:
        path = self._fetch(given)
        try:
            return Content(_read(path), path, given)
        except ArchiveError as error:
            if not self._convert:
                advice = _find_advice(path, error)
                raise type(error)(f"{error}{advice}") from error
        if wheels:
            given = wheels[0]
            path = self._fetch(given)
        return Content(_read(self._convert_once(path)), path, given)

    def _convert_once(self, path: Path) -> Path:
        if path not in self._converted:
            directory = tempfile.mkdtemp(dir=self._scratch)
            self._converted[path] = convert_for_install(path, Path(directory))
        return self._converted[path]

    def _fetch(self, given: Given) -> Path:
        progress = self._watch(given.filename) if self._watch else None
        return self._client.download(
            str(given.location), given.hashes, filename=given.filename, progress=progress
        )


def _find_files(origin: Published | Given) -> list[Given]:
    """Return what a release can be installed from: the archive, else a wheel, and pure wheels."""
    if isinstance(origin, Given):
        return [origin, *([origin.wheel] if origin.wheel else [])]
    return [_to_given(offer) for offer in (origin.archive, *origin.wheels) if offer]


def _to_given(offer: Link) -> Given:
    return Given(offer.url, offer.filename, offer.hashes)


def _read(path: Path) -> DeviceArchive:
    if is_wheel(path):
        raise NotForDevicesError("it is a wheel, which is made for computers")
    return read_device_archive(path.read_bytes())


def _find_advice(path: Path, error: ArchiveError) -> str:
    """Return how an archive could be installed nevertheless, "" where it is broken."""
    if isinstance(error, NotForDevicesError):
        return f"; {_CONVERT}"
    try:
        size = sum(len(data) for _, data in read_members(path))
    except ArchiveError:
        return ""
    return f"; {_REPACK}" if 0 < size <= SIZE_LIMIT else ""
