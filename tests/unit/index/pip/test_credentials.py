"""Credentials by the rules of pip. test_auth has the order of their sources."""

import pytest

from sdist_upip.index.pip.credentials import PipCredentials


@pytest.fixture
def make(monkeypatch, own_network):
    """A function that returns credentials, with a keyring that has a password for everything."""

    class Keyring:
        def get_auth_info(self, url, username):
            return username or "me", "pw"

    monkeypatch.setattr("unearth.auth.get_keyring_provider", Keyring)

    def make(*index_urls, has_keyring=True):
        return PipCredentials([*index_urls], prompting=False, has_keyring=has_keyring)

    return make


@pytest.mark.parametrize("has_keyring", [True, False])
@pytest.mark.parametrize("allowed", [True, False])
def test_a_keyring_is_asked_if_both_allow_it(make, has_keyring, allowed):
    credentials = make("https://me@i.test/simple", has_keyring=has_keyring)
    found = credentials._get_new_credentials("https://i.test/simple/a/", allow_keyring=allowed)
    assert found == ("me", "pw" if has_keyring and allowed else None)


def test_a_user_name_alone_is_a_token(make):
    credentials = make("https://token@i.test/simple")
    url = "https://i.test/simple/a/"
    assert credentials._get_url_and_credentials(url) == (url, "token", "")


def test_indexes_that_are_added_later_count(own_network):
    urls = ["https://me:pw@i.test/simple"]
    credentials = PipCredentials(urls, prompting=False, has_keyring=False)
    urls.append("https://you:own@other.test/simple")
    assert credentials._get_new_credentials("https://i.test/") == ("me", "pw")
    assert credentials._get_new_credentials("https://other.test/") == ("you", "own")
