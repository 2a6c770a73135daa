"""The settings of a board, as a module, and the indexes that it can use."""

import pytest

from sdist_upip.board.device_settings import check_index_url, settings_module
from sdist_upip.errors import ConfigError


@pytest.mark.parametrize("url", ["file:///srv/simple", "ftp://x/simple", "simple", "https://", ""])
def test_a_url_that_no_board_can_open_is_refused(url):
    with pytest.raises(ConfigError, match="a board needs a URL"):
        check_index_url(url)


@pytest.mark.parametrize("url", ["https://me:secret@[x/simple", "https://me:secret@/simple"])
def test_a_url_that_cannot_be_read_is_refused_without_its_password(url):
    with pytest.raises(ConfigError, match="a board needs a URL") as caught:
        check_index_url(url)
    assert "secret" not in str(caught.value)


def test_credentials_stay_on_the_computer():
    with pytest.raises(ConfigError, match=r"Index on private\.test: a board would store") as caught:
        check_index_url("https://me:secret@private.test/simple")
    assert "secret" not in str(caught.value)


def test_the_module_is_what_upip_imports():
    namespace = {}
    urls = ["https://one.test/simple", 'http://odd.test/"\\']
    exec(settings_module(urls), namespace)
    assert namespace["index_urls"] == urls
