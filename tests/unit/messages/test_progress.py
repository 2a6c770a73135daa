import io

import pytest

from sdist_upip.messages import progress as progress_module
from sdist_upip.messages.progress import show_progress


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def clock(monkeypatch):
    times = [100.0]
    monkeypatch.setattr(progress_module.time, "monotonic", lambda: times[0])
    return times


def test_nothing_is_shown_without_a_terminal():
    stream = io.StringIO()
    with show_progress("compressing", stream) as progress:
        assert progress is None
    assert stream.getvalue() == ""


def test_a_stream_without_its_buffer_is_not_a_terminal():
    stream = io.TextIOWrapper(io.BytesIO())
    stream.detach()
    with show_progress("compressing", stream) as progress:
        assert progress is None


def test_nothing_is_shown_within_the_first_second(clock):
    stream = Terminal()
    with show_progress("compressing", stream) as progress:
        clock[0] += 0.9
        progress(9, 10)
    assert stream.getvalue() == ""


def test_a_line_is_drawn_over_itself_and_wiped(clock):
    stream = Terminal()
    with show_progress("compressing", stream) as progress:
        clock[0] += 1
        progress(1, 4)
        progress(2, 4)
        clock[0] += 1
        progress(4, 4)
    drawn = stream.getvalue().split("\r")
    assert [part.strip() for part in drawn if part.strip()] == [
        "compressing [#######.......................] 25 %",
        f"compressing [{'#' * 30}] 100 %",
    ]
    assert drawn[-2].isspace()
    assert drawn[-1] == ""


def test_the_line_is_wiped_after_an_error(clock):
    stream = Terminal()
    with pytest.raises(KeyError), show_progress("compressing", stream) as progress:
        clock[0] += 2
        progress(1, 2)
        raise KeyError
    assert stream.getvalue().endswith(" \r")
