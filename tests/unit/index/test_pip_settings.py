"""Settings, made of what pip's script prints. tests/integration asks pip itself."""

import json
import subprocess
import sys
from types import SimpleNamespace

import pytest

from sdist_upip.errors import ConfigError
from sdist_upip.index.pip_settings import PipSettings, ask_pip, without_pip

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


@pytest.fixture(autouse=True)
def no_bundle(monkeypatch):
    """No certificates of this computer."""
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)


@pytest.fixture
def answer(monkeypatch):
    """A function that sets the answer of pip's script; returns the commands that were run."""

    def set_answer(stdout="", stderr="", code=0, **values):
        commands = []
        text = stdout or json.dumps(ANSWER | values)

        def run(command, **options):
            commands.append(command)
            assert options.pop("timeout") >= 60
            assert options == {"capture_output": True, "encoding": "utf-8", "check": False}
            return SimpleNamespace(returncode=code, stdout=text, stderr=stderr)

        monkeypatch.setattr(subprocess, "run", run)
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
    answer(stdout=f"a warning of a plug-in\n{json.dumps(ANSWER | {'retries': 2})}\n")
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
    def run(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(ConfigError) as caught:
        ask_pip("python")
    assert str(caught.value) == f"Cannot run python: Permission denied. {NO_PIP}"


def test_a_pip_that_does_not_answer(monkeypatch):
    def run(command, timeout, **_):
        raise subprocess.TimeoutExpired(command, timeout)

    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(ConfigError, match="pip did not answer within 120 seconds"):
        ask_pip("python")


def test_no_url_is_shown():
    url = "https://me:secret@i.test/"
    settings = PipSettings(url, (url,), (url,), proxy=url, cert="/root.pem")
    assert "secret" not in repr(settings)
    assert "cert='/root.pem'" in repr(settings)


@pytest.mark.parametrize("index_url", [None, ""])
def test_without_an_index(index_url):
    assert PipSettings(index_url).index_urls == ()
    assert PipSettings(index_url, ("a", "b")).index_urls == ("a", "b")
