"""Turns: all at once until a thing is limited, then by the one who is waited for."""

import threading
import time

import pytest

from sdist_upip.background.jobs import Job
from sdist_upip.background.turns import StoppedError, Turns


@pytest.fixture
def stopped():
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def turns(stopped):
    return Turns(stopped)


@pytest.fixture
def use(turns):
    """A function that runs a job which uses a thing in a thread, and returns both."""

    def use(name):
        job = Job(lambda report: turns.wait(name) or time.monotonic())
        thread = threading.Thread(target=job.run)
        thread.start()
        return job, thread

    return use


def test_all_go_at_once_at_first(use):
    for _, thread in [use("host"), use("host")]:
        thread.join(20)
        assert not thread.is_alive()


def test_a_job_waits_until_it_is_asked_for(turns, use):
    turns.limit("host", 0)
    (first, one), (second, two) = use("host"), use("host")
    _, other = use("other")
    other.join(20)
    one.join(0.05)
    assert one.is_alive()
    assert second.result()
    assert one.is_alive()
    assert first.result()
    two.join()


def test_all_wait_as_long_as_was_asked_for(turns, use):
    start = time.monotonic()
    turns.limit("host", 0.1)
    turns.limit("host", 0)
    assert use("host")[0].result() >= start + 0.1
    turns.limit("host", 0.1)
    start = time.monotonic()
    turns.wait("host")
    assert time.monotonic() >= start + 0.1


@pytest.mark.parametrize("seconds", [0, 600])
def test_threads_in_the_background_stop_waiting(turns, use, stopped, seconds):
    turns.limit("host", seconds)
    job, thread = use("host")
    stopped.set()
    thread.join(20)
    with pytest.raises(StoppedError):
        job.result()
