"""A lease: one run at a time, whatever happens to the others."""

import json
import os
import re
import socket
import threading
import time

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from sdist_upip.errors import OutputError
from sdist_upip.site.stores.lease import LOCK, Lease, LeaseTimes
from sdist_upip.site.stores.objects import Objects

SHORT = LeaseTimes(valid=0.4, poll=0.01, patience=5.0)
IMPATIENT = LeaseTimes(valid=30.0, poll=0.01, patience=0.05)


@pytest.fixture
def objects(tmp_path):
    return Objects(MemoryFileSystem(), f"/{tmp_path.name}-{time.monotonic_ns()}")


def make_lease(objects, times=SHORT):
    return Lease(objects, "memory://site", times)


def write_lock(objects, **content):
    content = {"owner": "other (process 1)", "run": "abc", "expires": time.time() + 20, **content}
    objects.put(LOCK, json.dumps(content).encode())


def test_the_file_states_who_has_the_site_until_it_is_left(objects):
    lease = make_lease(objects)
    start = time.time()
    lease.acquire()
    content = json.loads(objects.get(LOCK))
    assert content["owner"] == f"{socket.gethostname()} (process {os.getpid()})"
    since = content["expires"] - SHORT.valid
    assert start - 0.001 <= since <= time.time() + 0.001  # it is rounded
    lease.check()
    lease.release()
    assert objects.get(LOCK) is None


def test_a_run_waits_for_the_other_one(objects, caplog):
    order = []
    first, second = make_lease(objects), make_lease(objects)
    first.acquire()

    def use():
        second.acquire()
        order.append("second")
        second.release()

    thread = threading.Thread(target=use)
    thread.start()
    time.sleep(2 * SHORT.valid)  # it is renewed, so it is not taken
    order.append("first")
    first.check()
    first.release()
    thread.join(10)
    assert order == ["first", "second"]
    assert objects.get(LOCK) is None
    (message,) = caplog.messages
    assert re.fullmatch(
        r"memory://site is locked by .* \(process \d+\) until [\d-]+ [\d:]+ UTC\. Waiting for it\.",
        message,
    )


def test_the_message_after_waiting_states_who_has_the_site_and_until_when(objects):
    write_lock(objects, expires=1_800_000_000)
    with pytest.raises(OutputError) as error:
        make_lease(objects, IMPATIENT).acquire()
    assert str(error.value) == (
        "memory://site is locked by other (process 1) until 2027-01-15 08:00:00 UTC. Try again "
        "later. If that run has ended, remove records/lock.json from the site."
    )


def test_the_lease_of_a_killed_run_is_taken_when_it_ends_on_our_clock(objects):
    write_lock(objects, expires=time.time() + 3600)  # the clock of that computer is wrong
    start = time.monotonic()
    lease = make_lease(objects)
    lease.acquire()
    assert SHORT.valid <= time.monotonic() - start < 10 * SHORT.valid
    lease.release()


def test_a_lease_that_ended_long_ago_is_taken_at_once(objects):
    write_lock(objects, expires=time.time() - 1000)
    lease = make_lease(objects, IMPATIENT)
    lease.acquire()
    lease.release()


def test_two_runs_that_find_a_lease_that_has_ended(objects):
    write_lock(objects, expires=0)
    leases = [make_lease(objects, LeaseTimes(valid=5, poll=0.01, patience=0.5)) for _ in range(2)]
    leases[0].acquire()
    with pytest.raises(OutputError, match="is locked by"):
        leases[1].acquire()
    leases[0].release()


@pytest.mark.parametrize(
    "content",
    [
        *(b"", b"{", b"[]", b"null", b'"x"', b"\xff", b"[" * 100_000, b"{}", b'{"owner": "x"}'),
        *(b'{"owner":1,"run":2,"expires":%s}' % one for one in (b'"x"', b"1e300", b"NaN", b"null")),
    ],
)
def test_a_file_that_cannot_be_read_is_a_lease_of_another_run(objects, content):
    objects.put(LOCK, content)
    with pytest.raises(OutputError, match="is locked by another run of sdist-upip"):
        make_lease(objects, IMPATIENT).acquire()
    times = LeaseTimes(valid=0.02, poll=0.01, patience=5)
    lease = make_lease(objects, times)
    lease.acquire()
    lease.release()


def test_a_lease_that_was_taken_or_removed_is_lost(objects):
    for change in (lambda: write_lock(objects), lambda: objects.delete(LOCK)):
        lease = make_lease(objects)
        lease.acquire()
        change()
        left = objects.get(LOCK)
        time.sleep(SHORT.valid)
        with pytest.raises(OutputError, match=r"The lock of memory://site was lost.* Run the co"):
            lease.check()
        lease.release()
        assert objects.get(LOCK) == left
        objects.delete(LOCK)


def test_a_lease_is_renewed_after_standby_if_no_other_run_took_it(objects, monkeypatch):
    lease = make_lease(objects, LeaseTimes(valid=100))
    lease.acquire()
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 500)
    lease.check()
    assert json.loads(objects.get(LOCK))["expires"] == pytest.approx(now + 600, abs=1)
    write_lock(objects)
    monkeypatch.setattr(time, "time", lambda: now + 1000)
    with pytest.raises(OutputError, match="was lost"):
        lease.check()
    lease.release()


def test_a_store_that_fails_for_a_moment(objects, monkeypatch):
    """The request may have arrived, or not."""
    real, calls = objects.swap, []

    def swap(path, data, token):
        calls.append(token)
        if len(calls) % 3 == 1:
            raise OSError("lost on the way")
        done = real(path, data, token)
        if len(calls) % 3 == 2:
            raise OSError("lost on the way back")
        return done

    lease = make_lease(objects, LeaseTimes(valid=1.0, poll=0.01, patience=5.0))
    lease.acquire()
    monkeypatch.setattr(objects, "swap", swap)
    monkeypatch.setattr(lease, "_times", LeaseTimes(valid=0.15))
    deadline = time.monotonic() + 10
    while len(calls) < 5 and time.monotonic() < deadline:
        time.sleep(0.01)
    monkeypatch.setattr(objects, "swap", real)
    lease.check()
    lease.release()
    assert objects.get(LOCK) is None


def test_a_creation_that_was_sent_twice(objects, monkeypatch):
    """The first request had succeeded, so the second one finds our own file."""
    real = objects.swap

    def swap(path, data, token):
        real(path, data, token)
        monkeypatch.setattr(objects, "swap", real)
        return False

    monkeypatch.setattr(objects, "swap", swap)
    lease = make_lease(objects, IMPATIENT)
    lease.acquire()
    lease.check()
    lease.release()
    assert objects.get(LOCK) is None
