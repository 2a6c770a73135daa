"""A real SFTP server, in a thread of this process, on the loopback."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path

import paramiko

PASSWORD = "right"
_KEY = paramiko.RSAKey.generate(2048)


class _Access(paramiko.ServerInterface):
    def check_auth_password(self, username: str, password: str) -> int:
        right = password == PASSWORD
        return paramiko.AUTH_SUCCESSFUL if right else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, number: int) -> int:
        return paramiko.OPEN_SUCCEEDED


class _Handle(paramiko.SFTPHandle):
    def stat(self) -> paramiko.SFTPAttributes:
        return paramiko.SFTPAttributes.from_stat(os.fstat(self.readfile.fileno()))


def _with_status(function: Callable) -> Callable:
    """Return a function that returns the status of SFTP for an OSError, and for no result."""

    @wraps(function)
    def call(self, *arguments):
        try:
            result = function(*arguments)
        except OSError as error:
            return paramiko.SFTPServer.convert_errno(error.errno)
        return paramiko.SFTP_OK if result is None else result

    return call


def _describe(path: str) -> paramiko.SFTPAttributes:
    return paramiko.SFTPAttributes.from_stat(os.lstat(path), Path(path).name)


def _list(path: str) -> list[paramiko.SFTPAttributes]:
    return [_describe(str(entry)) for entry in Path(path).iterdir()]


def _open(path: str, flags: int, attributes: object) -> paramiko.SFTPHandle:
    handle = _Handle(flags)
    writes = flags & (os.O_WRONLY | os.O_RDWR)
    handle.readfile = handle.writefile = os.fdopen(
        os.open(path, flags, 0o666), "wb" if writes else "rb"
    )
    return handle


class _Files(paramiko.SFTPServerInterface):
    list_folder = _with_status(_list)
    stat = lstat = _with_status(_describe)
    open = _with_status(_open)
    remove = _with_status(os.remove)
    posix_rename = _with_status(os.replace)
    mkdir = _with_status(lambda path, attributes: Path(path).mkdir())
    rmdir = _with_status(os.rmdir)


@contextmanager
def serve_files() -> Iterator[int]:
    """Run the server in the context; the value is its port. All paths are those of this computer.

    Any user has PASSWORD.
    """
    transports = []

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:  # it is closed
                return
            transport = paramiko.Transport(connection)
            transport.add_server_key(_KEY)
            transport.set_subsystem_handler("sftp", paramiko.SFTPServer, _Files)
            transport.start_server(server=_Access())
            transports.append(transport)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()
            for transport in transports:
                transport.close()
