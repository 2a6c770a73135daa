"""Bundles of root certificates."""

import pytest

from sdist_upip.board.root_certificates import find_bundle, read_certificates
from sdist_upip.errors import ConfigError


def test_certifi_has_roots():
    assert len(read_certificates(find_bundle())) > 50


def test_without_certifi_the_error_says_what_to_install(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "certifi", None)
    with pytest.raises(ConfigError, match=r"pip install 'sdist-upip\[ca\]'"):
        find_bundle()


@pytest.mark.parametrize(
    ("text", "match"),
    [
        ("", "contains no certificate"),
        ("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "damaged"),
        ("-----BEGIN CERTIFICATE-----\n*\n-----END CERTIFICATE-----\n", "damaged"),
    ],
)
def test_a_file_without_certificates_is_refused(tmp_path, text, match):
    path = tmp_path / "x.pem"
    path.write_text(text)
    with pytest.raises(ConfigError, match=match):
        read_certificates(path)
    with pytest.raises(ConfigError, match="Cannot read"):
        read_certificates(tmp_path / "missing.pem")
