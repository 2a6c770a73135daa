import random

import pytest

from sdist_upip.attached.programs import change_program
from sdist_upip.attached.session import BoardError
from sdist_upip.attached.transfer import SMALLEST_BATCH, Transfer, Upload
from sdist_upip.errors import OutputError

NOISE = random.Random(3).randbytes(3000)
CONTENTS = [b"", b"x", bytes(range(256)), b"text\n'\"\\" * 90, NOISE, b"\x03\x04", b"a\r\nb" * 800]


@pytest.fixture
def send(session, tmp_path):
    """A function that sends contents, and returns those that have arrived."""

    def send(contents, memory, reporter=None):
        list(session.run(change_program()))
        session.codes.clear()
        uploads = [Upload(f"{tmp_path}/{n}", data, f"n{n}") for n, data in enumerate(contents)]
        Transfer(session, memory, reporter, sum(map(len, contents))).send(uploads)
        return [(tmp_path / str(n)).read_bytes() for n in range(len(contents))]

    return send


@pytest.mark.parametrize("memory", [0, 8000, 1 << 20])
def test_files_arrive(send, session, memory):
    assert send(CONTENTS, memory) == CONTENTS
    for code in session.codes:
        assert not set("\x03\x04\x01\r") & set(code)
    assert (len(session.codes) == 1) == (memory == 1 << 20)


def test_the_batches_fit_into_the_memory(send, session):
    send(CONTENTS, 16000)
    assert max(map(len, session.codes)) < 16000 / 2


def test_a_batch_that_is_too_large_is_divided(send, session):
    original = session.run

    def run(code):
        if len(code) > 900 and "'put'" in code and "verify" in code:
            raise BoardError("x", "MemoryError")
        return original(code)

    session.run = run
    assert send(CONTENTS, 1 << 20) == CONTENTS


def test_a_board_without_memory(send, session):
    original = session.run

    def run(code):
        if "verify" in code and "'put'](" in code:
            raise BoardError("x", "MemoryError")
        return original(code)

    session.run = run
    with pytest.raises(BoardError):
        send([b"x" * 4 * SMALLEST_BATCH], 1 << 20)


def test_a_damaged_batch_is_sent_again(send, session):
    session.damage = b"some text"
    assert send([b"some text"], 1 << 20) == [b"some text"]
    assert len(session.codes) == 2


def test_damage_at_each_attempt(send, session, monkeypatch):
    monkeypatch.setattr(session, "_read_facts", lambda out: iter([("hash", b"0")]))
    with pytest.raises(OutputError, match=r"n0 arrived damaged on the board .* 3 times"):
        send([b"x"], 1 << 20)


def test_progress(send):
    reported = []
    send(
        [b"a" * 600, b"b" * 100], 0, lambda name: lambda *numbers: reported.append((name, *numbers))
    )
    assert reported[-1] == ("n1", 700, 700)
    assert [done for _, done, _ in reported] == sorted({done for _, done, _ in reported})
