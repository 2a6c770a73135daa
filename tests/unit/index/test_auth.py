"""Credentials of a host: where they are found, in which order, and who may be asked."""

import base64
import io
import sys

import httpx2
import pytest
import unearth.auth  # noqa: F401  (its import binds a socket)

from sdist_upip.errors import ConfigError
from sdist_upip.index.auth import IndexAuth
from sdist_upip.index.pip_settings import PipSettings

pytestmark = pytest.mark.usefixtures("own_network")


@pytest.fixture
def keyring(monkeypatch):
    """A keyring with passwords as {(service, user): password}, and the questions that it got."""

    class Memory:
        def __init__(self):
            self.passwords = {}
            self.asked = []

        def get_auth_info(self, url, username):
            self.asked.append((url, username))
            password = self.passwords.get((url, username))
            return (username, password) if password else None

    memory = Memory()
    monkeypatch.setattr("unearth.auth.get_keyring_provider", lambda: memory)
    return memory


class Terminal(io.StringIO):
    def isatty(self):
        return True


def typing(text):
    """Return a function that prints its prompt, and gets `text`."""

    def answer_prompt(prompt):
        sys.stdout.write(f"{prompt}\n")
        return text

    return answer_prompt


def basic(user, password):
    """Return the header of these credentials."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def find(auth, url, **allowed):
    return auth.credentials._get_new_credentials(url, **allowed)


def answer(auth, url, *statuses):
    """Return the Authorization of each request, where the server answers with `statuses`."""
    flow = auth.sync_auth_flow(httpx2.Request("GET", url))
    request = next(flow)
    sent = [request.headers.get("Authorization")]
    for status in statuses:
        try:
            request = flow.send(httpx2.Response(status, request=request))
        except StopIteration:
            break
        sent.append(request.headers.get("Authorization"))
    return sent


@pytest.mark.parametrize(
    ("indexes", "url", "expected"),
    [
        (["https://me:pw@i.test/simple"], "https://i.test/simple/a/", ("me", "pw")),
        (["https://me:pw@i.test/simple"], "https://i.test/files/a.tar.gz", ("me", "pw")),
        (["https://me:p%40%2F%3A@i.test/simple"], "https://i.test/simple/a/", ("me", "p@/:")),
        (["https://me:pw@i.test/simple"], "https://other.test/simple/a/", (None, None)),
        (["https://me:pw@i.test/simple"], "https://i.test:8443/simple/a/", (None, None)),
        (["https://me:pw@I.Test:443/simple"], "https://i.test/simple/a/", ("me", "pw")),
        (["https://i.test/simple"], "https://i.test/simple/a/", (None, None)),
        (["https://me:pw@i.test/simple"], "https://you:own@i.test/simple/a/", ("you", "own")),
        (
            ["https://me:1@i.test/one/simple", "https://me:2@i.test/two/simple"],
            "https://i.test/two/simple/a/",
            ("me", "2"),
        ),
    ],
)
def test_credentials_in_the_url_of_an_index(indexes, url, expected):
    auth = IndexAuth(PipSettings(index_url=indexes[0], extra_index_urls=tuple(indexes[1:])))
    assert find(auth, url) == expected


@pytest.mark.parametrize("setting", ["index_url", "extra_index_urls", "find_links", None])
def test_every_location_counts(setting):
    url = "https://me:pw@i.test/simple"
    values = {setting: url if setting == "index_url" else ("/srv/archives", url)}
    auth = IndexAuth(PipSettings(**values) if setting else PipSettings())
    if not setting:
        auth.add_index(url)
    assert find(auth, "https://i.test/simple/a/") == ("me", "pw")


def test_an_index_is_remembered_once():
    auth = IndexAuth(PipSettings(index_url="https://me:pw@I.test:443/simple"))
    for url in ("https://me:pw@i.test/simple", "/srv/simple", "file:///srv/simple", "~/simple"):
        auth.add_index(url)
    assert auth.index_urls == ["https://me:pw@i.test/simple"]


@pytest.mark.parametrize("url", ["ftp://me:pw@i.test/", "https://", "http://me:pw@[::1/"])
def test_an_invalid_url_is_refused(url):
    with pytest.raises(ConfigError, match="invalid or unsupported URL") as caught:
        IndexAuth(PipSettings(extra_index_urls=(url,)))
    assert "pw" not in str(caught.value)


def test_netrc_is_next(tmp_path):
    (tmp_path / "netrc").write_text("machine i.test login me password pw\n")
    (tmp_path / "netrc").chmod(0o600)
    assert find(IndexAuth(PipSettings()), "https://i.test/simple/a/") == ("me", "pw")
    assert find(IndexAuth(PipSettings()), "https://i.test/", allow_netrc=False) == (None, None)
    auth = IndexAuth(PipSettings(index_url="https://you:own@i.test/simple"))
    assert find(auth, "https://i.test/simple/a/") == ("you", "own")


def test_a_user_name_alone_is_a_token():
    auth = IndexAuth(PipSettings(index_url="https://token@i.test/simple"))
    assert answer(auth, "https://i.test/simple/a/") == [basic("token", "")]
    assert answer(auth, "https://other.test/") == [None]


KEYRING = [
    ({}, True),
    ({"no_input": True}, False),
    ({"keyring_provider": "disabled"}, False),
    ({"keyring_provider": "import"}, True),
    ({"no_input": True, "keyring_provider": "import"}, True),
    ({"no_input": True, "keyring_provider": "disabled"}, False),
]


@pytest.mark.parametrize(("settings", "allowed"), KEYRING)
def test_a_keyring_is_asked_where_pip_asks_it(keyring, settings, allowed):
    keyring.passwords["i.test", "me"] = "pw"
    auth = IndexAuth(PipSettings(index_url="https://me@i.test/simple", **settings))
    found = find(auth, "https://i.test/simple/a/", allow_keyring=True)
    assert found == ("me", "pw" if allowed else None)
    assert keyring.asked == [("https://me@i.test/simple/", "me"), ("i.test", "me")] * allowed
    assert find(auth, "https://i.test/simple/a/", allow_keyring=False) == ("me", None)


@pytest.mark.parametrize(("settings", "allowed"), KEYRING)
def test_a_password_is_saved_only_where_a_keyring_is_asked(
    keyring, monkeypatch, capsys, settings, allowed
):
    monkeypatch.setattr("builtins.input", typing("y"))
    auth = IndexAuth(PipSettings(**settings))
    assert auth.credentials._should_save_password_to_keyring() is allowed
    shown = capsys.readouterr()
    assert shown.out == ""
    assert ("keyring" in shown.err) is allowed


@pytest.mark.parametrize(
    ("stdin", "no_input", "prompting"),
    [
        (Terminal(), False, True),
        (Terminal(), True, False),
        (io.StringIO(), False, False),
        (None, False, False),
    ],
)
def test_only_a_person_at_a_terminal_is_asked(
    monkeypatch, capsys, keyring, stdin, no_input, prompting
):
    monkeypatch.setattr(sys, "stdin", stdin)
    monkeypatch.setattr("builtins.input", typing("me"))
    monkeypatch.setattr("getpass.getpass", typing("pw"))
    auth = IndexAuth(PipSettings(no_input=no_input, keyring_provider="disabled"))
    expected = [None, basic("me", "pw")] if prompting else [None]
    assert answer(auth, "https://i.test/simple/a/", 401) == expected
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err == ("User for i.test: \nPassword: \n" if prompting else "")


@pytest.fixture
def without_unearth(monkeypatch):
    """Nothing may import unearth."""
    monkeypatch.setitem(sys.modules, "sdist_upip.index.pip.credentials", None)


@pytest.mark.parametrize(
    ("index", "url", "netrc", "needed"),
    [
        ("https://i.test/simple", "https://i.test/simple/a/", None, False),
        ("https://me:pw@i.test/simple", "https://i.test/simple/a/", None, True),
        ("https://i.test/simple", "https://me:pw@i.test/simple/a/", None, True),
        ("https://i.test/simple", "https://i.test/simple/a/", "", True),
        ("https://i.test/simple", "https://i.test/simple/a/", "directory", True),
    ],
)
def test_unearth_is_imported_where_there_may_be_credentials(
    without_unearth, tmp_path, index, url, netrc, needed
):
    if netrc == "directory":
        (tmp_path / "netrc").mkdir()
    elif netrc is not None:
        (tmp_path / "netrc").write_text(netrc)
    auth = IndexAuth(PipSettings(index_url=index))
    if needed:
        with pytest.raises(ImportError):
            answer(auth, url)
    else:
        assert answer(auth, url, 200) == [None]


def test_the_netrc_file_of_the_user_is_found(without_unearth, tmp_path, monkeypatch):
    monkeypatch.delenv("NETRC")
    monkeypatch.setenv("HOME", str(tmp_path))
    auth = IndexAuth(PipSettings())
    assert answer(auth, "https://i.test/", 200) == [None]
    (tmp_path / ".netrc").write_text("")
    with pytest.raises(ImportError):
        answer(auth, "https://i.test/")


def test_a_refused_request_is_not_sent_twice(keyring, monkeypatch):
    """The first response is the one that asks for credentials."""
    keyring.passwords["https://i.test/simple/", "me"] = "pw"
    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("builtins.input", typing("me"))
    monkeypatch.setattr("getpass.getpass", typing("pw"))
    auth = IndexAuth(PipSettings(index_url="https://i.test/simple"))
    given = basic("me", "pw")
    assert answer(auth, "https://i.test/simple/a/", 401, 200, 200) == [None, given]
    assert answer(auth, "https://i.test/simple/b/", 200) == [given]


def test_all_requests_have_the_same_credentials():
    auth = IndexAuth(PipSettings(index_url="https://i.test/simple"))
    first = auth.credentials
    auth.add_index("https://me:pw@other.test/simple")
    assert auth.credentials is first
    assert find(auth, "https://other.test/simple/a/") == ("me", "pw")
