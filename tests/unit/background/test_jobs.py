"""Jobs: called once, by whoever is first, with their messages at the time of asking."""

import logging
import threading
import weakref

import pytest

from sdist_upip.background.jobs import ForegroundError, Job, is_background, log

logger = logging.getLogger("jobs")


@pytest.fixture(autouse=True)
def records(caplog):
    caplog.set_level(logging.INFO, "jobs")
    return caplog


def run_in_thread(job):
    thread = threading.Thread(target=job.run)
    thread.start()
    return thread


def test_a_job_that_has_not_begun_runs_where_its_result_is_asked_for():
    threads = []
    job = Job(
        lambda report: threads.append((threading.current_thread(), is_background())) or "done"
    )
    assert job.result() == "done"
    assert threads == [(threading.current_thread(), False)]
    job.run()
    assert len(threads) == 1


def test_a_job_runs_ahead_and_is_waited_for():
    begun, going_on, threads = threading.Event(), threading.Event(), []

    def function(report):
        threads.append((threading.current_thread(), is_background()))
        begun.set()
        going_on.wait()
        return "done"

    job = Job(function)
    thread = run_in_thread(job)
    begun.wait()
    threading.Timer(0.05, going_on.set).start()
    assert job.result() == "done"
    assert threads == [(thread, True)]
    assert not is_background()


def test_messages_wait_until_the_result_is_asked_for(records):
    def function(report):
        log(logger, logging.WARNING, "first %d", 1)
        log(logger, logging.INFO, "second")
        return "done"

    job = Job(function)
    run_in_thread(job).join()
    assert records.messages == []
    assert job.result() == "done"
    assert [(record.levelname, record.getMessage()) for record in records.records] == [
        ("WARNING", "first 1"),
        ("INFO", "second"),
    ]


def test_messages_are_seen_at_once_by_one_who_waits(records):
    begun, seen = threading.Event(), threading.Event()

    class Handler(logging.Handler):
        def emit(self, record):
            seen.set()

    def function(report):
        begun.set()
        log(logger, logging.WARNING, "Waiting 30 seconds.")
        return seen.wait(20)

    handler = Handler()
    logger.addHandler(handler)
    try:
        job = Job(function)
        run_in_thread(job)
        begun.wait()
        assert job.result()
    finally:
        logger.removeHandler(handler)
    assert records.messages == ["Waiting 30 seconds."]


def test_outside_of_jobs_messages_are_logged(records):
    log(logger, logging.WARNING, "now")
    assert records.messages == ["now"]


def test_an_error_is_raised_where_the_result_is_asked_for():
    def function(report):
        raise ValueError("broken")

    job = Job(function)
    run_in_thread(job).join()
    with pytest.raises(ValueError, match="broken"):
        job.result()


def test_an_error_does_not_keep_what_the_job_has_read():
    class Page(bytearray):
        pass

    pages = []

    def function(report):
        page = Page(1)
        pages.append(weakref.ref(page))
        raise ValueError

    job = Job(function)
    run_in_thread(job).join()
    assert pages[0]() is None
    with pytest.raises(ValueError):
        job.result()


def test_a_job_that_needs_the_user_is_run_again_by_the_one_who_asks():
    asked = []

    def function(report):
        asked.append(is_background())
        if is_background():
            raise ForegroundError
        return "password"

    job = Job(function)
    run_in_thread(job).join()
    assert job.result() == "password"
    assert asked == [True, False]


def test_progress_is_shown_from_where_the_download_is():
    half, going_on, seen = threading.Event(), threading.Event(), []

    def function(report):
        report(1, 4)
        report(2, 4)
        half.set()
        going_on.wait()
        report(4, 4)

    def show(done, total):
        seen.append((done, total))
        going_on.set()

    job = Job(function)
    run_in_thread(job)
    half.wait()
    job.result(show)
    assert seen == [(2, 4), (4, 4)]


def test_nothing_is_shown_of_a_download_that_is_complete():
    job = Job(lambda report: report(4, 4))
    run_in_thread(job).join()
    job.result(lambda done, total: pytest.fail("no one waits"))


def test_a_job_that_has_not_begun_reports_to_the_one_who_asks():
    seen = []
    Job(lambda report: report(4, 4)).result(lambda done, total: seen.append((done, total)))
    assert seen == [(4, 4)]
    Job(lambda report: report is None or pytest.fail("no one looks")).result()
