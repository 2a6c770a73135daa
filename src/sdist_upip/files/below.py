"""Files below one directory, for loops over thousands of them.

Paths are strings, because a Path for each file takes longer than the work of the system. Each
directory is looked at once.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from stat import S_IFDIR, S_ISDIR, S_ISLNK

from ..member_paths import parents
from .plain import NO_SUCH_NAMES, is_possible

_SHORT = 255
"""Characters of a path that every system has in full: macOS takes 1,024 bytes, Windows 259."""


class Below:
    """The files below `root`, by their paths with `/`.

    The kind of a directory is remembered. So an object is for one step of a change, in which only
    its own methods create directories.
    """

    def __init__(self, root: Path) -> None:
        self._prefix = os.fspath(root / "x")[:-1]
        self._modes: dict[str, int]
        self._links: dict[str, str]
        self.forget()

    def forget(self) -> None:
        """Look at directories again, since others may have replaced them by links meanwhile."""
        self._modes = {"": S_IFDIR}
        self._links = {"": ""}

    def join(self, path: str) -> str:
        """Return the path on this computer of the file `path`."""
        return self._prefix + (path if os.sep == "/" else path.replace("/", os.sep))

    def mode(self, directory: str) -> int:
        """Return the mode of `directory`, 0 if it is missing; links are not followed.

        Raises OSError, also for a name that the file system cannot have.
        """
        mode = self._modes.get(directory)
        if mode is None:
            mode = self._modes[directory] = _find_mode(self.join(directory))
        return mode

    def has_directory(self, directory: str) -> bool:
        """Return whether `directory` is there, and is not a link. Raises OSError."""
        return S_ISDIR(self._possible_mode(directory))

    def find_link(self, path: str) -> str | None:
        """Return the nearest directory above `path` that is a symbolic link, or None."""
        directory = path.rpartition("/")[0]
        link = self._links.get(directory)
        if link is None:
            above = (directory, *parents(directory))
            link = next((one for one in above if self._is_link(one)), "")
            self._links[directory] = link
        return link or None

    def is_possible(self, path: str) -> bool:
        """Return whether the file system can have a file of that name. Raises OSError."""
        return not self.may_exist(path) or is_possible(self.join(path))

    def may_exist(self, path: str) -> bool:
        """Return whether there may be a file `path`, or the system cannot have its name.

        Neither is so if its directory is missing, unless the path is so long that only the system
        can answer.
        """
        if len(self.join(path)) > _SHORT:
            return True
        try:
            return self.mode(path.rpartition("/")[0]) != 0
        except OSError:
            return True

    def make_parents(self, path: str) -> None:
        """Create the missing directories above `path`. Raises OSError."""
        directory = path.rpartition("/")[0]
        if not S_ISDIR(self.mode(directory)):
            os.makedirs(self.join(directory), exist_ok=True)
            self._modes.update(dict.fromkeys((directory, *parents(directory)), S_IFDIR))

    def remove_file(self, path: str) -> None:
        """Remove the file `path` if it is there. Raises OSError."""
        with suppress(FileNotFoundError):
            os.unlink(self.join(path))

    def remove_empty_parents(self, paths: Iterable[str]) -> None:
        """Remove the directories above `paths` that are empty. Raises OSError."""
        nearest = ""
        for path in paths:
            if path.rpartition("/")[0] != nearest:
                nearest = path.rpartition("/")[0]
                self._remove_empty(path)

    def _remove_empty(self, path: str) -> None:
        for directory in parents(path):
            place = self.join(directory)
            try:
                os.rmdir(place)
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError:
                with os.scandir(place) as entries:
                    if any(entries):
                        break
                raise

    def _is_link(self, directory: str) -> bool:
        return S_ISLNK(self._possible_mode(directory))

    def _possible_mode(self, directory: str) -> int:
        """Return what `mode` does, and 0 for a name that the file system cannot have."""
        try:
            return self.mode(directory)
        except OSError as error:
            if error.errno in NO_SUCH_NAMES:
                return 0
            raise


def is_file(place: str) -> bool:
    """Return whether `place` is other than a directory; links are not followed."""
    mode = _find_mode(place)
    return mode != 0 and not S_ISDIR(mode)


def is_directory(place: str) -> bool:
    """Return whether `place` is a directory and not a link to one."""
    return S_ISDIR(_find_mode(place))


def leads_to_directory(place: str) -> bool:
    """Return whether `place` is a directory or a link to one."""
    try:
        return S_ISDIR(os.stat(place).st_mode)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
            return False
        raise


def _find_mode(place: str) -> int:
    try:
        return os.lstat(place).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return 0


def write_new(path: str, data: bytes) -> None:
    """Write `data` to a file that does not exist yet. Raises OSError."""
    with open(path, "xb", buffering=0) as file:
        while (written := file.write(data)) < len(data):
            data = data[written:]
