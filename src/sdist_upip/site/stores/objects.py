"""Files of an fsspec file system, read and written as a whole. A path is below the root of a site.

Each class is for a kind of file systems. Exceptions of fsspec pass through.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from ...member_paths import STAGE, parents
from .media_types import find_cache_control, find_type

_MISSING = (FileNotFoundError, NotADirectoryError, IsADirectoryError)
_CHANGED = frozenset({"PreconditionFailed", "ConditionalRequestConflict", "NoSuchKey"})
"""Codes of S3 for an object that is not as a condition states."""
_UNCONDITIONAL = "NotImplemented"
"""The code of servers that do not know conditions."""


class Objects:
    """A file system that replaces files as a whole, such as the memory of this process."""

    settles = 0.0
    """Seconds after which a lock that was created is certainly seen by others."""

    def __init__(self, fs: Any, root: str) -> None:
        self._fs = fs
        self._root = root.rstrip("/")
        self.workers = 16 if fs.async_impl else 1
        """The number of files that are written at a time."""

    def get(self, path: str) -> bytes | None:
        """Return the content of a file, None if there is none."""
        try:
            data: bytes = self._fs.cat_file(self._place(path))
        except _MISSING:
            return None
        return data

    def get_versioned(self, path: str) -> tuple[bytes | None, str]:
        """Return the content of a file, None without one, and a token for `swap`."""
        data = self.get(path)
        return data, "" if data is None else hashlib.sha256(data).hexdigest()

    def put(self, path: str, data: bytes) -> None:
        """Write a file."""
        self._fs.pipe_file(self._place(path), data, **self._options(path))

    def create(self, path: str, data: bytes) -> bool:
        """Write a file if there is none. Return whether that is so."""
        try:
            self._fs.pipe_file(self._place(path), data, mode="create", **self._options(path))
        except FileExistsError:
            return False
        return True

    def swap(self, path: str, data: bytes, token: str) -> bool:
        """Write a file if it is as `get_versioned` returned `token`. Return whether it was."""
        if self.get_versioned(path)[1] != token:
            return False
        if not token:
            return self.create(path, data)
        return self._replace(path, data, token)

    def has(self, path: str, data: bytes) -> bool:
        """Return whether a file has this content."""
        return self.get(path) == data

    def delete(self, path: str) -> None:
        """Remove a file. A missing file is skipped."""
        with suppress(*_MISSING):
            self._fs.rm_file(self._place(path))

    def find(self, prefix: str) -> Iterator[str]:
        """Yield the paths of all files below the directory `prefix`, sorted.

        An object whose name ends with a slash is not a file: consoles of object stores make such
        objects for directories.
        """
        self._fs.invalidate_cache()
        start = len(self._root) + 1
        found = (path[start:] for path in self._list(prefix))
        below = f"{prefix}/" if prefix else ""
        for path in sorted(found):
            is_file = path and not path.endswith("/")
            if is_file and path.startswith(below) and not path.startswith(STAGE):
                yield path

    def sweep(self) -> None:
        """Remove what a killed run was writing."""

    def leave(self) -> None:
        """Remove directories that only writing required."""

    def _replace(self, path: str, data: bytes, token: str) -> bool:
        """Write a file that was as `token` states a moment ago. Return whether it still is."""
        self.put(path, data)
        return True

    def _list(self, prefix: str) -> list[str]:
        try:
            found: list[str] = self._fs.find(self._place(prefix) if prefix else self._root or "/")
        except _MISSING:
            return []
        return found

    def _place(self, path: str) -> str:
        return f"{self._root}/{path}"

    def _options(self, path: str) -> dict[str, Any]:
        """Return the arguments of `pipe_file` for the headers of a file."""
        return {}


class S3Objects(Objects):
    """S3, or a store with the same interface: with conditions, unless the server refuses them.

    Some servers ignore conditions, so files are compared before, too.
    """

    def __init__(self, fs: Any, root: str) -> None:
        super().__init__(fs, root)
        self._conditional = True

    def get_versioned(self, path: str) -> tuple[bytes | None, str]:
        while True:
            try:
                # It reads with If-Match, so the content is that of the ETag.
                with self._fs.open(self._place(path), "rb", cache_type="all") as file:
                    return file.read(), file.details["ETag"]
            except _MISSING:
                return None, ""
            except OSError as error:
                if find_code(error) not in _CHANGED:
                    raise

    def create(self, path: str, data: bytes) -> bool:
        if self._conditional:
            return self._put_if(path, data, IfNoneMatch="*")
        if self.get(path) is not None:
            return False
        self.put(path, data)
        return True

    def has(self, path: str, data: bytes) -> bool:
        bucket, key, _ = self._fs.split_path(self._place(path))
        try:
            head = self._fs.call_s3("head_object", Bucket=bucket, Key=key)
        except _MISSING:
            return False
        if head["ContentLength"] != len(data):
            return False
        digest = hashlib.md5(data, usedforsecurity=False).hexdigest()
        return head.get("ETag", "").strip('"') == digest or super().has(path, data)

    def _replace(self, path: str, data: bytes, token: str) -> bool:
        if self._conditional:
            return self._put_if(path, data, IfMatch=token)
        return super()._replace(path, data, token)

    def _put_if(self, path: str, data: bytes, **condition: str) -> bool:
        place = self._place(path)
        try:
            self._fs.pipe_file(place, data, **self._options(path), **condition)
        except OSError as error:
            code = find_code(error)
            if code == _UNCONDITIONAL:
                self._conditional = False
                self.settles = 1.0
                token = condition.get("IfMatch")
                return self._replace(path, data, token) if token else self.create(path, data)
            if code not in _CHANGED:
                raise
            return False
        return True

    def _options(self, path: str) -> dict[str, Any]:
        return {"ContentType": find_type(path), "CacheControl": find_cache_control(path)}


class GoogleObjects(Objects):
    """Google Cloud Storage: gcsfs has a condition for new files only."""

    def has(self, path: str, data: bytes) -> bool:
        try:
            size = self._fs.info(self._place(path))["size"]
        except _MISSING:
            return False
        return bool(size == len(data)) and super().has(path, data)

    def _options(self, path: str) -> dict[str, Any]:
        return {
            "content_type": find_type(path),
            "fixed_key_metadata": {"cache_control": find_cache_control(path)},
        }


class FileObjects(Objects):
    """A file system with directories, as of SFTP: new content is in another file at first."""

    settles = 1.0
    _STAGED = f"{STAGE}.site"
    _EXCLUSIVE = "xb"
    """The mode in which a file is opened that must not be there."""

    def __init__(self, fs: Any, root: str) -> None:
        super().__init__(fs, root)
        self._directories: set[str] = set()

    def put(self, path: str, data: bytes) -> None:
        staged = f"{self._STAGED}/{os.getpid()}-{secrets.token_hex(4)}"
        self._make_directory(staged)
        try:
            self._fs.pipe_file(self._place(staged), data)
            self._make_directory(path)
            self._fs.mv(self._place(staged), self._place(path))
        except BaseException:
            with suppress(Exception):  # of any library; the next run removes it
                self._fs.rm_file(self._place(staged))
            raise

    def create(self, path: str, data: bytes) -> bool:
        self._make_directory(path)
        if self._fs.exists(self._place(path)):
            return False
        try:
            with self._fs.open(self._place(path), self._EXCLUSIVE) as file:
                file.write(data)
        except OSError:
            if self._fs.exists(self._place(path)):
                return False
            raise
        return True

    def delete(self, path: str) -> None:
        super().delete(path)
        for directory in parents(path):
            try:
                if self._fs.ls(self._place(directory), detail=False):
                    break
                self._fs.rmdir(self._place(directory))
            except OSError:  # another file has come, or it is not there
                break
            self._directories.discard(directory)

    def sweep(self) -> None:
        for path in self._list(self._STAGED):
            with suppress(*_MISSING):
                self._fs.rm_file(path)
        self.leave()

    def leave(self) -> None:
        with suppress(OSError):  # another run is writing
            self._fs.rmdir(self._place(self._STAGED))
        self._directories.discard(self._STAGED)

    def _make_directory(self, path: str) -> None:
        directory = path.rpartition("/")[0]
        if directory not in self._directories:
            self._fs.makedirs(self._place(directory).rstrip("/"), exist_ok=True)
            self._directories.add(directory)


class SftpObjects(FileObjects):
    """SFTP by paramiko, which writes to a file only if the mode has a w, too."""

    _EXCLUSIVE = "wxb"


def find_code(error: BaseException | None) -> str:
    """Return the code of a response of S3 that an exception was raised for, "" without one."""
    while error:
        response = getattr(error, "response", None)
        if isinstance(response, dict):
            return str(response.get("Error", {}).get("Code", ""))
        error = error.__cause__ or error.__context__
    return ""
