import pytest

from sdist_upip.errors import ConfigError


@pytest.mark.parametrize("source", ["ftp://x.test/simple", "https://", "http://x.test:port/"])
def test_an_invalid_url_is_refused(make_client, source):
    with pytest.raises(ConfigError, match="invalid or unsupported URL"):
        make_client().find(source, "my-app")
    with pytest.raises(ConfigError, match="invalid or unsupported URL"):
        make_client(extra_index_urls=(source,))
