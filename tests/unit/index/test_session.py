"""Settings that no session can be opened with."""

import pytest

from sdist_upip.errors import ConfigError


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
