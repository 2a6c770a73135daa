"""The settings of pip, read from pip itself."""

import os
import sys
from importlib.metadata import version

import pytest
from packaging.version import Version

from sdist_upip.errors import ConfigError
from sdist_upip.index.pip_settings import PipSettings, ask_pip

_CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


@pytest.fixture(autouse=True)
def own_pip(monkeypatch, tmp_path):
    """No setting of this computer's."""
    for name in (*_CERTIFICATES, *(name for name in os.environ if name[:4] == "PIP_")):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def test_without_configuration_our_defaults_are_those_of_pip():
    asked = ask_pip()
    assert asked == PipSettings(index_url=asked.index_url)
    assert asked.index_url.startswith("https://")
    assert asked.index_urls == (asked.index_url,)


def test_a_configuration_file_is_obeyed(tmp_path, configure_pip):
    configure_pip(
        "[global]\n"
        "index-url = https://me:secret@one.test/simple\n"
        "extra-index-url =\n    https://two.test/simple\n    /srv/simple\n"
        f"find-links = {tmp_path}/wheels\n"
        "proxy = http://proxy.test:3128\n"
        f"cert = {tmp_path}/root.pem\n"
        f"client-cert = {tmp_path}/me.pem\n"
        "trusted-host =\n    lab.test\n    other.test:8080\n"
        "timeout = 60\n"
        "no-input = true\n"
        "[install]\n"
        "retries = 2\n"
        "pre = yes\n"
        "no-index = yes\n"
        "no-cache-dir = yes\n",
    )
    expected = PipSettings(
        index_url="https://me:secret@one.test/simple",
        extra_index_urls=("https://two.test/simple", "/srv/simple"),
        find_links=(f"{tmp_path}/wheels",),
        no_index=True,
        pre=True,
        proxy="http://proxy.test:3128",
        cert=f"{tmp_path}/root.pem",
        client_cert=f"{tmp_path}/me.pem",
        trusted_hosts=("lab.test", "other.test:8080"),
        timeout=60.0,
        retries=2,
        cache=False,
        no_input=True,
    )
    assert ask_pip() == expected
    assert "secret" not in repr(ask_pip())


def test_environment_variables_win(configure_pip, monkeypatch):
    configure_pip("[global]\nindex-url = https://file.test/simple\ntimeout = 60\n")
    monkeypatch.setenv("PIP_INDEX_URL", "https://env.test/simple")
    monkeypatch.setenv("PIP_DEFAULT_TIMEOUT", "3")
    monkeypatch.setenv("PIP_KEYRING_PROVIDER", "disabled")
    asked = ask_pip()
    assert (asked.index_url, asked.timeout) == ("https://env.test/simple", 3.0)
    knows = Version(version("pip")) >= Version("23.1")
    assert asked.keyring_provider == ("disabled" if knows else "auto")


def test_an_answer_holds_until_something_changes(configure_pip, monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("sdist_upip.index.pip.answers._RECENT", -3600)
    configure_pip("[global]\nindex-url = https://file.test/simple\n")
    first = ask_pip()
    with monkeypatch.context() as patch:
        patch.setattr("sdist_upip.index.pip_settings.subprocess", None)
        assert ask_pip() == first
    configure_pip("[global]\nindex-url = https://me:secret@file.test/simple\n")
    assert ask_pip().index_url == "https://me:secret@file.test/simple"
    configure_pip("[global]\ntimeout = soon\n")
    with pytest.raises(ConfigError, match="invalid floating-point value: 'soon'"):
        ask_pip()
    configure_pip("[global]\nindex-url = https://file.test/simple\n")
    monkeypatch.setenv("PIP_TIMEOUT", "3")
    assert ask_pip().timeout == 3.0
    (kept,) = (tmp_path / "cache").rglob("*.json")
    assert "secret" not in kept.read_text()


def test_certificates_of_the_environment_count_where_pip_names_none(monkeypatch):
    monkeypatch.setenv("CURL_CA_BUNDLE", "/curl.pem")
    assert ask_pip().cert == "/curl.pem"
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/requests.pem")
    assert ask_pip().cert == "/requests.pem"
    monkeypatch.setenv("PIP_CERT", "/pip.pem")
    assert ask_pip().cert == "/pip.pem"


def test_modules_in_the_current_directory_are_not_run(tmp_path, monkeypatch):
    for name in ("json", "logging", "pip"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('code for a board')\n")
    monkeypatch.chdir(tmp_path)
    assert ask_pip().retries == 5


def test_a_timeout_of_nothing_is_refused(monkeypatch):
    monkeypatch.setenv("PIP_DEFAULT_TIMEOUT", "0")
    with pytest.raises(ConfigError, match=r"timeout of pip is 0 seconds\. Set it to more than 0"):
        ask_pip()


def test_without_pip_the_error_says_what_to_do(tmp_path):
    with pytest.raises(ConfigError, match=r"Cannot run .*no-python: No such file.*--index-url"):
        ask_pip(str(tmp_path / "no-python"))
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -S -E "$@"\n')
    python.chmod(0o755)
    with pytest.raises(
        ConfigError, match=r"Cannot read the settings .*No module named 'pip'.*--no-index"
    ):
        ask_pip(str(python))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[global]\ntimeout = soon\n", "option timeout: invalid floating-point value: 'soon'"),
        ("index-url = https://user:sec@ret@host/simple\n", "host/simple"),
    ],
)
def test_a_broken_configuration_is_reported_without_passwords(tmp_path, monkeypatch, text, reason):
    (tmp_path / "pip.conf").write_text(text)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    with pytest.raises(
        ConfigError, match=f"Cannot read the settings of pip .*{reason}.*--index-url"
    ) as e:
        ask_pip()
    assert "ret" not in str(e.value)
