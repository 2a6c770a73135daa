"""Settings that no session can be opened with, and connections when the command ends."""

import threading
from collections import deque

import pytest

from sdist_upip.background.jobs import Job
from sdist_upip.background.turns import StoppedError
from sdist_upip.errors import ConfigError
from sdist_upip.index.pip_settings import PipSettings
from sdist_upip.index.session import IndexSession


@pytest.mark.parametrize("setting", ["cert", "client_cert"])
@pytest.mark.parametrize("content", [None, "no certificate"])
def test_certificates_that_cannot_be_read(make_client, tmp_path, setting, content):
    if content:
        (tmp_path / "x.pem").write_text(content)
    name = setting.replace("_", "-")
    with pytest.raises(
        ConfigError, match=rf"{name} .*x.pem: .*\. Set {name} to a PEM file in pip's"
    ):
        make_client(**{setting: str(tmp_path / "x.pem")}).find("https://localhost:9/", "my-app")


@pytest.mark.parametrize("setting", ["cert", "client_cert"])
def test_a_certificate_with_a_nul_character(make_client, setting):
    name = setting.replace("_", "-")
    with pytest.raises(ConfigError, match=rf"{name} .*Set {name} to a PEM file"):
        make_client(**{setting: "/x\0y"}).find("https://localhost:9/", "my-app")


class Stream:
    """A stream of httpx2, which is its own socket."""

    is_closed = False

    def get_extra_info(self, name):
        return self

    def close(self):
        self.is_closed = True


@pytest.fixture
def stopped():
    return threading.Event()


@pytest.fixture
def session(stopped):
    return IndexSession(PipSettings(), stopped=stopped)


def test_a_connection_that_comes_after_the_end_is_not_used(session, stopped):
    stream = Stream()
    job = Job(lambda report: session._add_connection(stream))
    session.interrupt()
    stopped.set()
    thread = threading.Thread(target=job.run)
    thread.start()
    thread.join()
    with pytest.raises(StoppedError):
        job.result()
    assert stream.is_closed
    session._add_connection(Stream())  # of the thread that ends the others


def test_connections_may_come_while_others_are_interrupted(session, stopped, monkeypatch):
    monkeypatch.setattr("socket.socket.shutdown", lambda connection, how: None)
    kept = deque(maxlen=5000)

    def connect():
        while not stopped.is_set():
            kept.append(Stream())
            session._add_connection(kept[-1])

    thread = threading.Thread(target=connect)
    thread.start()
    try:
        for _ in range(50):
            session.interrupt()
    finally:
        stopped.set()
        thread.join()
