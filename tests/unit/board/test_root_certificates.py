"""Bundles of root certificates."""

import ssl

import pytest

from sdist_upip.board.root_certificates import (
    find_bundle,
    read_cert,
    read_certificates,
    read_roots,
)
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


@pytest.fixture
def bundle():
    return read_certificates(find_bundle())


def write_pem(path, *certificates):
    path.write_text("".join(map(ssl.DER_cert_to_PEM_cert, certificates)))
    return path


def test_each_certificate_of_a_setting_counts_once(tmp_path, bundle):
    path = write_pem(tmp_path / "a.pem", *bundle[:2], bundle[0])
    write_pem(tmp_path / "b.0", bundle[2], bundle[1])
    (tmp_path / "sub").mkdir()
    (tmp_path / "text").write_text("text")
    assert read_cert(path) == bundle[:2]
    assert read_cert(tmp_path) == bundle[:3]
    with pytest.raises(ConfigError, match=r"^--ca, by the setting cert of pip: .*/sub contains no"):
        read_cert(tmp_path / "sub")


def test_the_roots_to_select_from(tmp_path, bundle, monkeypatch):
    path = write_pem(tmp_path / "a.pem", bundle[3])
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    expected = [bundle[3], *(one for one in bundle if one != bundle[3])]
    assert read_roots(None) == bundle
    assert read_roots(str(path)) == expected
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    assert read_roots(None) == expected
    monkeypatch.setitem(__import__("sys").modules, "certifi", None)
    assert read_roots(None) == [bundle[3]]
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "missing.pem"))
    assert read_roots(str(path)) == [bundle[3]]
    with pytest.raises(ConfigError, match="certifi is not installed"):
        read_roots(None)
