import errno
import sys

import pytest

from sdist_upip.attached.session import BoardError, LostBoardError, Session, _Buffered

pytest.importorskip("mpremote")

from mpremote.transport import TransportError


class Transport:
    """The parts of mpremote's transport that a session uses."""

    def __init__(self, out=b"", error=b"", failure=None, is_disturbed=False):
        self.is_disturbed = is_disturbed
        self.answer = out, error
        self.failure = failure

    def exec_raw_no_follow(self, code):
        if self.is_disturbed:
            raise TransportError("could not exec command (response: b'zz')")

    def follow(self, timeout, data_consumer):
        if self.failure:
            sys.stdout.write("debris")
            raise self.failure
        for byte in self.answer[0] + b"\x04":
            data_consumer(bytes([byte]))
        return b"\x04", self.answer[1]


def run(**answer):
    session = Session("/dev/x")
    session._transport = Transport(**answer)
    session._received = _Buffered(Serial(), "/dev/x", b"")
    return list(session.run("code"))


def test_facts_are_read_and_other_lines_are_not():
    out = b"hello\r\n~('a', 1)\r\n~b'x\\n'\r\n  ~no\r\n"
    assert run(out=out) == [("a", 1), b"x\n"]


@pytest.mark.parametrize("line", [b"~('a'", b"~x()", b"~\xff"])
def test_a_broken_fact(line):
    with pytest.raises(BoardError, match=r"which is not as expected\. Another program may print"):
        run(out=line)


@pytest.mark.parametrize(
    "trace, kind, number, message",
    [
        (b"OSError: [Errno 28] ENOSPC", "OSError", 28, "The board reports OSError: [Errno 28]"),
        (b"OSError: 30", "OSError", 30, "The board reports OSError: 30."),
        (b"OSError: (-2, 'x')", "OSError", 0, "The board reports OSError: (-2, 'x')."),
        (b"MemoryError: memory allocation failed", "MemoryError", 0, "not enough memory. Reset"),
        (b"ImportError: no module named 'hashlib'", "ImportError", 0, "lacks a module: no module"),
        (b"ValueError:", "", 0, "The board reports ValueError:."),
        (b"", "", 0, "The board reports"),
    ],
)
def test_errors_of_the_board(trace, kind, number, message):
    with pytest.raises(BoardError) as caught:
        run(error=b'Traceback (most recent call last):\r\n  File "<stdin>"\r\n' + trace + b"\r\n")
    assert (caught.value.kind, caught.value.number) == (kind, number)
    assert message in str(caught.value)


@pytest.mark.parametrize("failure", [OSError(errno.EIO, "x"), TransportError("timeout")])
def test_a_lost_board(failure, capsys):
    with pytest.raises(LostBoardError, match=r"is lost\. Connect the board again\."):
        run(failure=failure)
    assert capsys.readouterr() == ("", "")


class Serial:
    def __init__(self, *pieces):
        self.pieces = list(pieces)
        self.rts = True

    def inWaiting(self):
        return len(self.pieces[0]) if self.pieces else 0

    def read(self, size):
        data = self.pieces.pop(0) if self.pieces else b""
        if len(data) > size:
            self.pieces.insert(0, data[size:])
        return data[:size]


def test_single_bytes_come_from_a_buffer():
    serial = Serial(b"abc", b"de")
    buffered = _Buffered(serial, "/dev/x", b"cd")
    assert buffered.inWaiting() == 3
    assert [buffered.read(1) for _ in range(2)] == [b"a", b"b"]
    assert serial.pieces == [b"de"]
    assert not buffered._found
    assert buffered.read(2) == b"cd"
    assert buffered.stop_search()
    assert buffered.read(1) == b"e"
    assert (buffered.inWaiting(), buffered.read(1)) == (0, b"")
    buffered.rts = False
    assert serial.rts is False


def test_a_board_that_prints_all_the_time():
    with pytest.raises(BoardError, match=r"^The board at /dev/x does not answer as expected\."):
        run(is_disturbed=True)
    buffered = _Buffered(Serial(*[b"x"] * 3), "/dev/x", b"")
    with (
        pytest.raises(BoardError, match=r"Another program may print on the board\. Reset the"),
        buffered.within(-1),
    ):
        buffered.read(1)
    assert buffered.read(1) == b"x"
