"""Settings, made of what pip's script prints. tests/integration asks pip itself."""

import json
import subprocess
import sys
from contextlib import AbstractContextManager
from typing import ClassVar

import pytest

from sdist_upip.errors import ConfigError
from sdist_upip.index.pip_settings import PipSettings, ask_pip, asking_pip, without_pip

ANSWER = {
    "index_url": "https://me:secret@i.test/simple",
    "extra_index_urls": [],
    "find_links": [],
    "no_index": False,
    "pre": False,
    "proxy": None,
    "cert": None,
    "client_cert": None,
    "trusted_hosts": [],
    "timeout": 15.0,
    "retries": 5,
    "cache": True,
    "no_input": False,
    "keyring_provider": "auto",
}
NO_PIP = "Pass the index with --index-url, or pass --no-index."


class Ended(AbstractContextManager):
    """A process that has ended."""

    ends: ClassVar = []

    def kill(self):
        self.ends.append("kill")

    def __exit__(self, *error):
        self.ends.append("wait")


@pytest.fixture(autouse=True)
def no_bundle(monkeypatch):
    """No certificates of this computer, and no answer that pip has given here."""
    monkeypatch.setenv("XDG_CACHE_HOME", "/nonexistent")
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)


@pytest.fixture
def answer(monkeypatch):
    """A function that sets the answer of pip's script; returns the commands that were run."""

    def set_answer(stdout="", stderr="", code=0, **values):
        commands = []
        text = stdout or json.dumps({"settings": ANSWER | values, "inputs": {}})

        class Process(Ended):
            returncode = code

            def __init__(self, command, **options):
                commands.append(command)
                pipe = subprocess.PIPE
                assert options == {"stdout": pipe, "stderr": pipe, "encoding": "utf-8"}

            def communicate(self, timeout):
                assert timeout >= 60
                return text, stderr

        monkeypatch.setattr(subprocess, "Popen", Process)
        return commands

    return set_answer


def test_the_defaults_are_those_of_pip(answer):
    commands = answer()
    assert ask_pip() == PipSettings(index_url=ANSWER["index_url"])
    ask_pip("other-python")
    assert [command[0] for command in commands] == [sys.executable, "other-python"]
    assert [command[1] for command in commands] == ["-c", "-c"]


def test_arrays_become_tuples(answer):
    arrays = {"extra_index_urls": ["a", "b"], "find_links": ["c"], "trusted_hosts": ["d:1"]}
    answer(**arrays, timeout=0.5, retries=0, cache=False, keyring_provider="import", pre=True)
    asked = ask_pip()
    assert asked == PipSettings(
        index_url=ANSWER["index_url"],
        extra_index_urls=("a", "b"),
        find_links=("c",),
        trusted_hosts=("d:1",),
        timeout=0.5,
        retries=0,
        cache=False,
        keyring_provider="import",
        pre=True,
    )
    assert asked.index_urls == (ANSWER["index_url"], "a", "b")


def test_only_the_last_line_counts(answer):
    last = json.dumps({"settings": ANSWER | {"retries": 2}, "inputs": {}})
    answer(stdout=f"a warning of a plug-in\n{last}\n")
    assert ask_pip().retries == 2


@pytest.mark.parametrize(
    ("own", "requests", "curl", "expected"),
    [
        (None, None, None, None),
        (None, None, "/curl", "/curl"),
        (None, "/requests", "/curl", "/requests"),
        (None, "", "/curl", "/curl"),
        ("/pip", "/requests", "/curl", "/pip"),
    ],
)
def test_certificates_of_the_environment(answer, monkeypatch, own, requests, curl, expected):
    for name, value in (("REQUESTS_CA_BUNDLE", requests), ("CURL_CA_BUNDLE", curl)):
        if value is not None:
            monkeypatch.setenv(name, value)
    answer(cert=own)
    assert ask_pip().cert == expected
    if own is None:
        assert without_pip() == PipSettings(cert=expected)


@pytest.mark.parametrize(("timeout", "shown"), [(0, "0"), (-1.5, "-1.5")])
def test_a_timeout_of_nothing_is_refused(answer, timeout, shown):
    answer(timeout=timeout)
    with pytest.raises(ConfigError) as caught:
        ask_pip()
    assert str(caught.value) == (
        f"The timeout of pip is {shown} seconds. Set it to more than 0 in pip's configuration."
    )


@pytest.mark.parametrize(
    ("stdout", "stderr", "reason"),
    [
        ("", "Traceback:\nModuleNotFoundError: No module named 'pip'\n", "No module named 'pip'"),
        ("option timeout: invalid\n", "", "option timeout: invalid"),
        ("on stdout", "on stderr", "on stderr"),
        (
            "",
            "Invalid line: index-url = https://me:sec@ret@i.test/\n",
            "index-url = https://i.test/",
        ),
    ],
)
def test_an_answer_that_is_an_error(answer, stdout, stderr, reason):
    answer(stdout or " ", stderr, 1)
    with pytest.raises(ConfigError) as caught:
        ask_pip("python")
    message = str(caught.value)
    assert message.startswith("Cannot read the settings of pip with python (")
    assert message.endswith(f"{reason}). {NO_PIP}")
    assert "sec@" not in message
    assert "ret@" not in message


def test_a_python_that_cannot_be_run(monkeypatch):
    def start(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(subprocess, "Popen", start)
    with pytest.raises(ConfigError) as caught:
        ask_pip("python")
    assert str(caught.value) == f"Cannot run python: Permission denied. {NO_PIP}"


def test_a_pip_that_does_not_answer(monkeypatch):
    class Process(Ended):
        ends: ClassVar = []

        def __init__(self, command, **_):
            pass

        def communicate(self, timeout):
            raise subprocess.TimeoutExpired("python", timeout)

    monkeypatch.setattr(subprocess, "Popen", Process)
    with pytest.raises(ConfigError, match="pip did not answer within 120 seconds"):
        ask_pip("python")
    assert Process.ends == ["kill", "wait"]


def test_pip_works_beside_the_caller_and_ends_with_it(answer):
    commands = answer()
    Ended.ends.clear()
    with pytest.raises(KeyError), asking_pip("python") as read:
        assert [command[0] for command in commands] == ["python"]
        assert read() == PipSettings(index_url=ANSWER["index_url"])
        assert Ended.ends == []
        raise KeyError
    assert Ended.ends == ["kill", "wait"]


def test_a_python_that_cannot_be_run_is_reported_when_the_answer_is_needed(monkeypatch):
    def start(*_, **__):
        raise FileNotFoundError(2, "No such file")

    monkeypatch.setattr(subprocess, "Popen", start)
    with asking_pip("python") as read:
        pass
    with pytest.raises(ConfigError, match="Cannot run python: No such file"):
        read()


def test_no_url_is_shown():
    url = "https://me:secret@i.test/"
    settings = PipSettings(url, (url,), (url,), proxy=url, cert="/root.pem")
    assert "secret" not in repr(settings)
    assert "cert='/root.pem'" in repr(settings)


@pytest.mark.parametrize("index_url", [None, ""])
def test_without_an_index(index_url):
    assert PipSettings(index_url).index_urls == ()
    assert PipSettings(index_url, ("a", "b")).index_urls == ("a", "b")


def test_a_known_answer_needs_no_process(answer, monkeypatch):
    known = ANSWER | {"retries": 3, "cert": None}
    monkeypatch.setattr("sdist_upip.index.pip_settings.find_answer", lambda *_: known)
    monkeypatch.setenv("CURL_CA_BUNDLE", "/curl")
    commands = answer()
    assert ask_pip() == PipSettings(index_url=ANSWER["index_url"], retries=3, cert="/curl")
    assert commands == []


@pytest.mark.parametrize("cache", [True, False])
def test_an_answer_is_kept_unless_pip_keeps_nothing(answer, monkeypatch, cache):
    kept = []

    def keep_answer(python, script, answer, inputs):
        kept.append((python, dict(answer), inputs))

    monkeypatch.setattr("sdist_upip.index.pip_settings.keep_answer", keep_answer)
    answer(cache=cache)
    ask_pip("python")
    assert kept == [("python", ANSWER, {})] * cache
