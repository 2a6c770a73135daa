"""The threads of a pool: few, started when there are jobs, and ended in any case."""

import threading
import time

import pytest

from sdist_upip.background.pool import BackgroundPool


@pytest.fixture
def pool():
    pool = BackgroundPool(3)
    yield pool
    pool.close(lambda: None)


def count_threads():
    return sum(thread.daemon for thread in threading.enumerate())


def test_jobs_run_side_by_side_and_not_more_than_the_limit(pool):
    before = count_threads()
    together = threading.Barrier(3)
    running, most, lock = 0, 0, threading.Lock()

    def function(report):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        together.wait(20)
        with lock:
            running -= 1

    jobs = [pool.submit(function) for _ in range(9)]
    while not all(job._is_done for job in jobs):
        time.sleep(0.001)
    assert most == 3
    assert count_threads() == before + 3


def test_no_thread_is_started_for_what_an_idle_one_can_do(pool):
    before = count_threads()
    for number in range(5):
        assert pool.submit(lambda report, number=number: number).result() == number
        while pool._jobs or pool._idle < len(pool._threads):
            time.sleep(0.001)
    assert count_threads() == before + 1


def test_jobs_begin_in_their_order():
    begun = []
    pool = BackgroundPool(1)
    jobs = [pool.submit(lambda report, number=number: begun.append(number)) for number in range(50)]
    while not all(job._is_taken for job in jobs):
        time.sleep(0.001)
    pool.close(lambda: None)
    assert begun == list(range(50))


def test_jobs_that_have_not_begun_are_dropped_at_the_end(pool):
    begun, going_on, calls = threading.Event(), threading.Event(), []

    def wait(report):
        begun.set()
        going_on.wait(20)

    pool = BackgroundPool(1)
    pool.submit(wait)
    begun.wait()
    pool.submit(lambda report: calls.append(1))
    before = count_threads()
    pool.close(going_on.set)
    assert calls == []
    assert count_threads() == before - 1


def test_a_thread_that_does_not_end_is_left_behind(monkeypatch):
    monkeypatch.setattr("sdist_upip.background.pool._PATIENCE", 0.05)
    begun, going_on = threading.Event(), threading.Event()
    pool = BackgroundPool(2)
    for _ in range(2):
        pool.submit(lambda report: begun.set() or going_on.wait(20))
    begun.wait()
    start = time.monotonic()
    pool.close(lambda: None)
    assert time.monotonic() - start < 5
    going_on.set()


def test_nothing_is_interrupted_if_no_job_runs(pool):
    assert pool.submit(lambda report: 1).result() == 1
    while pool._idle < len(pool._threads):
        time.sleep(0.001)
    pool.close(lambda: pytest.fail("nothing runs"))


def test_without_threads_a_job_runs_where_its_result_is_asked_for(pool, monkeypatch):
    def refuse(thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert [pool.submit(lambda report, number=number: number).result() for number in (1, 2)] == [
        1,
        2,
    ]
    pool.close(lambda: pytest.fail("nothing runs"))


def test_a_signal_while_a_thread_starts_does_not_matter(pool, monkeypatch):
    def stop(thread):
        raise SystemExit(130)

    monkeypatch.setattr(threading.Thread, "start", stop)
    with pytest.raises(SystemExit):
        pool.submit(lambda report: 1)
    pool.close(lambda: None)


def test_nothing_begins_after_the_end(pool):
    before = count_threads()
    pool.close(lambda: None)
    assert pool.submit(lambda report: 1).result() == 1
    assert count_threads() == before
