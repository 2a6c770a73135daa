"""Sending files to a board: many small ones at once, large ones in parts, all verified there."""

from __future__ import annotations

import re
from binascii import b2a_base64
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from ..errors import OutputError
from ..installed.package_directory import FileReporter
from ..resources.literals import bytes_literal
from .programs import function_name
from .session import BoardError, Session

LARGEST_BATCH = 16384
SMALLEST_BATCH = 256
"""Bytes of data in one batch."""
_SHARE = 8
"""A batch may have this part of the free memory: its text is compiled, then decoded."""
_ATTEMPTS = 3
_PUT, _DECODE = function_name("put"), function_name("decode")
_COMMANDS = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to send: the path on the board, the content, and a name for people."""

    path: str
    data: bytes
    title: str


@dataclass(frozen=True, slots=True)
class _Part:
    upload: Upload
    offset: int
    data: bytes

    @property
    def is_last(self) -> bool:
        return self.offset + len(self.data) == len(self.upload.data)


class Transfer:
    """Sends files in a session, in which the change program is loaded.

    `memory` are the free bytes of the board's heap. A batch that is too large for it is divided.
    `reporter` is called with each file, and then with the bytes that have arrived of `total`.
    """

    def __init__(
        self, session: Session, memory: int, reporter: FileReporter | None = None, total: int = 0
    ) -> None:
        self._session = session
        self._reporter = reporter
        self._total = total
        self._done = 0
        self._size = max(SMALLEST_BATCH, min(LARGEST_BATCH, memory // _SHARE))

    def send(self, uploads: Iterable[Upload]) -> None:
        """Send files and verify them on the board. Raises OutputError."""
        parts: list[_Part] = []
        size = 0
        for upload in uploads:
            offset = 0
            while offset < len(upload.data) or not offset:
                space = self._size - size
                if parts and space < min(self._size // 2, len(upload.data) - offset):
                    self._send_batch(parts)
                    parts, size, space = [], 0, self._size
                piece = upload.data[offset : offset + space]
                parts.append(_Part(upload, offset, piece))
                offset += max(1, len(piece))
                size += len(piece) + 32
                if size >= self._size - 32:
                    self._send_batch(parts)
                    parts, size = [], 0
        if parts:
            self._send_batch(parts)

    def _send_batch(self, parts: Sequence[_Part]) -> None:
        done = [part.upload for part in parts if part.is_last]
        expected = sha256(b"".join(sha256(x.data).digest() for x in done)).hexdigest()
        calls = "".join(map(_write_part, parts))
        code = f"{function_name('verify')}((\n{calls}))\n"
        for _ in range(_ATTEMPTS):
            try:
                shown = list(self._session.run(code))
            except BoardError as error:
                if error.kind == "MemoryError" and self._divide(parts):
                    return
                raise
            if ("hash", expected.encode()) in shown:
                self._report(parts)
                return
        raise OutputError(
            f"{parts[0].upload.title} arrived damaged on the board at {self._session.port}, "
            f"{_ATTEMPTS} times. Nothing is installed. Try another cable or port."
        )

    def _divide(self, parts: Sequence[_Part]) -> bool:
        """Send the parts in two batches; return False if they are small already."""
        size = sum(len(part.data) for part in parts)
        if size <= SMALLEST_BATCH:
            return False
        self._size = max(SMALLEST_BATCH, min(self._size, size) // 2)
        half = len(parts) // 2
        if half:
            self._send_batch(parts[:half])
            self._send_batch(parts[half:])
            return True
        part = parts[0]
        middle = len(part.data) // 2
        self._send_batch([_Part(part.upload, part.offset, part.data[:middle])])
        self._send_batch([_Part(part.upload, part.offset + middle, part.data[middle:])])
        return True

    def _report(self, parts: Sequence[_Part]) -> None:
        self._done += sum(len(part.data) for part in parts)
        if self._reporter:
            self._reporter(parts[-1].upload.title)(self._done, self._total)


def _write_part(part: _Part) -> str:
    """Return the call that writes a part. The raw REPL takes control characters for commands."""
    code = repr(part.data) if _COMMANDS.search(part.data) else bytes_literal(part.data).decode()
    encoded = f"{_DECODE}(b'{b2a_base64(part.data, newline=False).decode()}')"
    shortest = min(code, encoded, key=len)
    return f"{_PUT}({part.upload.path!r},{part.offset},{shortest},{part.is_last:d}),\n"
