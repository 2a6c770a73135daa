"""The settings that `sdist-upip device` puts beside upip, and where they come from."""

import json
import subprocess
import sys

import pytest

from sdist_upip.board.device_settings import check_index_url, find_index_urls
from sdist_upip.cli.main import main
from sdist_upip.errors import ConfigError


@pytest.fixture(autouse=True)
def pip_without_configuration(monkeypatch, tmp_path):
    """What is configured on this computer must not matter."""
    for name in ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PIP_CONFIG_FILE", str(tmp_path / "pip.conf"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


def test_the_default_is_that_of_pip():
    listed = subprocess.run(
        [sys.executable, "-m", "pip", "--isolated", "install", "--help"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    (url,) = find_index_urls()
    assert f"(default {url})" in " ".join(listed.split())
    assert check_index_url(url) == url


def test_a_configuration_file_is_obeyed(tmp_path):
    (tmp_path / "pip.conf").write_text(
        "[global]\nindex-url = http://global.test/simple\n"
        "[install]\nextra-index-url =\n    https://one.test/simple\n    https://two.test/simple\n"
    )
    assert find_index_urls() == (
        "http://global.test/simple",
        "https://one.test/simple",
        "https://two.test/simple",
    )


def test_environment_variables_win(tmp_path, monkeypatch):
    (tmp_path / "pip.conf").write_text("[global]\nindex-url = http://global.test/simple\n")
    monkeypatch.setenv("PIP_INDEX_URL", "https://env.test/simple")
    assert find_index_urls() == ("https://env.test/simple",)


def test_without_pip_the_error_says_what_to_do(tmp_path):
    with pytest.raises(ConfigError, match=r"Cannot run .*--index-url"):
        find_index_urls(str(tmp_path / "no-python"))
    python = tmp_path / "python"
    python.write_text("#!/bin/sh\necho 'ModuleNotFoundError: No module named pip' >&2\nexit 1\n")
    python.chmod(0o755)
    with pytest.raises(ConfigError, match=r"No module named pip.*--no-index"):
        find_index_urls(str(python))


def test_the_command_writes_the_settings(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("PIP_INDEX_URL", "https://env.test/simple")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "https://a:b@private.test/simple file:///srv/simple")
    assert main(["device", "-p", str(tmp_path / "lib")]) == 0
    settings = tmp_path / "lib" / "upip_settings.py"
    assert settings.read_bytes() == b'index_urls = ["https://env.test/simple"]\n'
    assert str(settings) in capsys.readouterr().out.splitlines()


def test_the_command_takes_indexes_by_name(tmp_path):
    where = ["device", "-p", str(tmp_path / "lib")]
    assert main([*where, "-i", "http://one.test/s", "--index-url", "https://two.test/s"]) == 0
    settings = tmp_path / "lib" / "upip_settings.py"
    assert settings.read_bytes() == b'index_urls = ["http://one.test/s", "https://two.test/s"]\n'


def test_the_command_refuses_a_wrong_index_and_goes_without_one(tmp_path, capsys):
    where = ["device", "-p", str(tmp_path / "lib")]
    assert main([*where, "-i", "simple"]) == 1
    assert "error: Index 'simple'" in capsys.readouterr().err
    assert not (tmp_path / "lib").exists()
    assert main([*where, "--no-index"]) == 0
    assert not (tmp_path / "lib" / "upip_settings.py").exists()
    with pytest.raises(SystemExit, match="2"):
        main([*where, "--no-index", "-i", "http://x/"])


def test_without_pip_the_modules_are_written_all_the_same(tmp_path, monkeypatch, caplog):
    monkeypatch.setattr("sdist_upip.index.pip_settings._ASK_PIP", "raise SystemExit('no pip')")
    assert main(["device", "-p", str(tmp_path / "lib")]) == 0
    assert (tmp_path / "lib" / "upip.py").exists()
    assert not (tmp_path / "lib" / "upip_settings.py").exists()
    assert "No settings for upip" in caplog.text


def test_settings_that_were_edited_stay(tmp_path, capsys):
    where = ["device", "-p", str(tmp_path / "lib"), "-i", "http://one.test/s"]
    assert main(where) == 0
    settings = tmp_path / "lib" / "upip_settings.py"
    settings.write_text("index_urls = []\n")
    assert main(where) == 1
    assert "upip_settings.py: already exists with other content" in capsys.readouterr().err
    assert main([*where, "--force"]) == 0
    assert json.loads(settings.read_text().partition("= ")[2]) == ["http://one.test/s"]
