"""A session with a board, in its raw REPL: code in, facts out, and errors in one line.

The transport is that of mpremote. The board is not reset. A program that runs is interrupted.
"""

from __future__ import annotations

import ast
import re
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from io import StringIO
from math import inf
from types import TracebackType
from typing import Any

from ..errors import OutputError
from ..messages.logs import get_logger
from .ports import choose_port, explain_refusal

_READ_TIMEOUT = 10
_RUN_TIMEOUT = 120
"""Seconds without a byte from the board: while it answers, and while it works on a file."""
_SEND_TIMEOUT = 20
"""Seconds to enter the raw REPL, or to send code. mpremote waits without end for a board that
prints all the time."""
_RESET = """
try:
    from machine import reset
except ImportError:
    from sys import exit as reset
from time import sleep_ms
sleep_ms(100)
reset()
"""
"""Reset the hardware, or start MicroPython again where that is not possible."""
_INTERRUPTED = b"KeyboardInterrupt"
_SIGN = b"~"
"""The first character of a line that is a fact. Other lines come from the board's own programs."""
_ERROR = re.compile(r"^(\w+)(?:: (.*))?$")
_ERRNO = re.compile(r"\[Errno (\d+)\]|\(?(\d+)")

logger = get_logger(__name__)


class BoardError(OutputError):
    """The board raised an error: `kind` is its class, and `number` the errno, 0 if none."""

    def __init__(self, message: str, kind: str = "", number: int = 0) -> None:
        super().__init__(message)
        self.kind = kind
        self.number = number


class LostBoardError(OutputError):
    """The connection has failed."""


class Session:
    """A context in which `device` (DEVICE of mpremote) runs code. Raises OutputError.

    With `reset`, the board is reset at the end.
    """

    def __init__(self, device: str, *, reset: bool = False) -> None:
        self._device = device
        self._reset = reset
        self._transport: Any = None
        self._received: Any = None
        self.port = device

    def __enter__(self) -> Session:
        from mpremote.transport import TransportError
        from mpremote.transport_serial import SerialTransport

        self.port = choose_port(self._device)
        try:
            self._transport = SerialTransport(self.port, baudrate=115200)
        except TransportError as error:
            raise explain_refusal(self.port) from error
        try:
            with self._translated():
                self._transport.serial.timeout = _READ_TIMEOUT
                self._received = _Buffered(self._transport.serial, self.port, _INTERRUPTED)
                self._transport.serial = self._received
            self.enter()
            if self._received.stop_search():
                logger.warning(
                    "The program on the board at %s is interrupted. Reset the board to start it "
                    "again.",
                    self.port,
                )
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if isinstance(error, LostBoardError):
                return
            if error:
                with suppress(OutputError):
                    self._leave()
            else:
                self._leave()
        finally:
            self._close()

    def enter(self) -> None:
        """Enter the raw REPL, and end whatever runs."""
        from mpremote.transport import TransportError

        with self._translated(), self._received.within(_SEND_TIMEOUT):
            try:
                self._transport.enter_raw_repl(soft_reset=False)
            except TransportError as error:
                raise BoardError(
                    f"The board at {self.port} does not answer. Its program may catch the "
                    "interrupt, or the port has no MicroPython. Press the reset button."
                ) from error

    def run(self, code: str) -> Iterator[Any]:
        """Run `code` on the board; yield the facts that it shows: tuples and bytes.

        All of the code has run when the first fact is yielded. Raises BoardError if the code
        raises an error, and LostBoardError.
        """
        out, error = self._exec(code)
        if error:
            raise _explain(error.decode("utf-8", "replace"))
        return self._read_facts(out)

    def refuse(self, text: str) -> BoardError:
        """Return the error for an answer that is not as expected."""
        return _disturbed(self.port, f"sent {text}, which is not as expected")

    def _exec(self, code: str) -> tuple[bytes, bytes]:
        from mpremote.transport import TransportError

        received: list[bytes] = []
        with self._translated():
            with self._received.within(_SEND_TIMEOUT):
                try:
                    self._transport.exec_raw_no_follow(code)
                except TransportError as failure:
                    raise _disturbed(self.port) from failure
            _, error = self._transport.follow(_RUN_TIMEOUT, received.append)
        return b"".join(received).removesuffix(b"\x04"), error

    def _read_facts(self, out: bytes) -> Iterator[Any]:
        for line in out.split(b"\n"):
            if line.startswith(_SIGN):
                try:
                    yield ast.literal_eval(line[1:].decode().strip())
                except (SyntaxError, ValueError) as error:
                    raise self.refuse(repr(line)) from error

    def _leave(self) -> None:
        """Leave the raw REPL, or reset the board."""
        with self._translated():
            if self._reset:
                self._transport.exec_raw_no_follow(_RESET)
                time.sleep(0.2)
            else:
                self._transport.exit_raw_repl()

    def _close(self) -> None:
        from mpremote.transport import TransportError

        with suppress(OSError, TransportError, *_terminal_errors()):
            self._transport.close()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        """Turn errors of the transport into LostBoardError. mpremote prints what it received."""
        from mpremote.transport import TransportError

        try:
            with redirect_stdout(StringIO()):
                yield
        except (OSError, TransportError, struct.error, *_terminal_errors()) as error:
            raise LostBoardError(
                f"The connection to the board at {self.port} is lost. Connect the board again. The "
                "next command with --board, or upip on the board, completes or undoes a change."
            ) from error


class _Buffered:
    """The serial port of pyserial, read in large pieces: mpremote reads single bytes.

    At first `sought` is looked for, since mpremote drops the answer to the interrupt.
    """

    _OWN = ("_serial", "_port", "_data", "_at", "_sought", "_found", "_tail", "_end")

    def __init__(self, serial: Any, port: str, sought: bytes) -> None:
        self._serial = serial
        self._port = port
        self._data = b""
        self._at = 0
        self._sought = sought
        self._found = False
        self._tail = b""
        self._end = inf

    def stop_search(self) -> bool:
        """Return whether `sought` has arrived, and look for it no longer."""
        self._sought = b""
        return self._found

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """Raise BoardError in the context if it still reads after `seconds`."""
        self._end = time.monotonic() + seconds
        try:
            yield
        finally:
            self._end = inf

    def inWaiting(self) -> int:  # the name in pyserial
        return len(self._data) - self._at or self._fill()

    def read(self, size: int) -> bytes:
        if self._at == len(self._data) and not self._fill():
            return self._receive(size)
        data = self._data[self._at : self._at + size]
        self._at += len(data)
        if len(data) < size:
            data += self._receive(size - len(data))
        return data

    def _fill(self) -> int:
        if waiting := self._serial.inWaiting():
            self._data, self._at = self._receive(waiting), 0
        return len(self._data) - self._at

    def _receive(self, size: int) -> bytes:
        if time.monotonic() > self._end:
            raise _disturbed(self._port)
        data = bytes(self._serial.read(size))
        if self._sought:
            self._tail += data
            self._found = self._found or self._sought in self._tail
            self._tail = self._tail[-len(self._sought) :]
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._serial, name)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self._OWN:
            super().__setattr__(name, value)
        else:  # rts and dtr, which mpremote sets when it closes the port
            setattr(self._serial, name, value)


def _terminal_errors() -> tuple[type[Exception], ...]:
    try:
        import termios
    except ImportError:
        return ()
    return (termios.error,)


def _disturbed(port: str, defect: str = "does not answer as expected") -> BoardError:
    return BoardError(
        f"The board at {port} {defect}. Another program may print on the board. Reset the board, "
        "and try again."
    )


def _explain(trace: str) -> BoardError:
    """Return the error for a traceback of the board."""
    last = trace.strip().rpartition("\n")[2].strip()
    match = _ERROR.match(last)
    kind, text = (match[1], match[2] or "") if match else ("", last)
    number = _ERRNO.match(text) if kind == "OSError" else None
    if kind == "MemoryError":
        return BoardError(
            "The board has not enough memory. Reset the board, so that its program does not take "
            "it. If that is not enough, install into a directory and copy it.",
            kind,
        )
    if kind == "ImportError":
        return BoardError(
            f"The firmware of the board lacks a module: {text}. Use another build.", kind
        )
    return BoardError(
        f"The board reports {last}.", kind, int(number[1] or number[2]) if number else 0
    )
