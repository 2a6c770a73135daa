"""Credentials: found where pip finds them, sent to their own host only, never shown."""

import base64
import hashlib
import os
import pty
import select
import subprocess
import sys

import pytest

from sdist_upip.errors import DownloadError
from support.archives import make_archive
from support.index_server import Index, Reply

ARCHIVE = make_archive("my-app", "1.0")
NAME = "my-app-1.0.tar.gz"


@pytest.fixture
def index():
    with Index() as index:
        index.add(NAME, ARCHIVE)
        index.account = ("me", "s3cr:t@/")
        yield index


def private(index, account="me:s3cr%3At%40%2F", path="/simple/"):
    return index.url(path).replace("://", f"://{account}@")


def accounts(index):
    """Who came with each request."""
    return [
        base64.b64decode(headers["Authorization"].split()[1]).decode()
        if "Authorization" in headers
        else None
        for _, headers in index.sessions
    ]


def fetch(client, source):
    (link,) = client.find(source, "my-app")
    assert "s3cr" not in repr(link)
    assert client.download(link.url, link.hashes).read_bytes() == ARCHIVE


def test_credentials_in_the_url_of_an_index_go_with_every_request(index, make_client):
    fetch(make_client(), private(index))
    assert accounts(index) == ["me:s3cr:t@/"] * 2


def test_a_locked_file_is_fetched_with_the_credentials_of_its_index(index, make_client):
    address = private(index).replace("localhost", "LocalHost")
    for settings in ({"index_url": address}, {"extra_index_urls": ("/srv/x", address)}):
        client = make_client(directory=None, **settings)
        assert client.download(index.url(f"/files/{NAME}"), {}).read_bytes() == ARCHIVE
    assert accounts(index) == ["me:s3cr:t@/"] * 2


def test_a_file_is_fetched_with_the_credentials_in_its_own_url(index, make_client):
    url = private(index, path=f"/files/{NAME}")
    assert make_client().download(url, {}).read_bytes() == ARCHIVE
    links = index.url("/list")
    index.replies["/list"] = Reply(
        f'<a href="{url}">x</a>'.encode(), headers={"Content-Type": "text/html"}
    )
    client = make_client(directory=None)
    index.account = None
    (link,) = client.find_links(links, "my-app")
    index.account = ("me", "s3cr:t@/")
    assert link.url == index.url(f"/files/{NAME}")
    assert client.download(link.url, link.hashes).read_bytes() == ARCHIVE


def test_a_token_may_be_given_as_the_user_name(index, make_client):
    index.account = ("token", "")
    fetch(make_client(), private(index, "token"))


def test_netrc_is_read(index, make_client, tmp_path):
    (tmp_path / "netrc").write_text("machine localhost login me password s3cr:t@/\n")
    (tmp_path / "netrc").chmod(0o600)
    fetch(make_client(), index.simple)


@pytest.mark.parametrize("account", ["me:wrong", "you:s3cr%3At%40%2F"])
def test_wrong_credentials_are_reported_without_showing_them(index, make_client, caplog, account):
    with pytest.raises(DownloadError) as caught:
        make_client().find(private(index, account), "my-app")
    assert str(caught.value) == (
        f"{index.url('/simple/my-app/')}: the server returned 401 Unauthorized: the "
        "credentials were rejected. Put credentials into the URL of the index in pip's "
        "configuration (https://USER:PASSWORD@HOST/PATH), into ~/.netrc, or into a keyring."
    )
    shown = caplog.text + str(caught.value)
    assert "wrong" not in shown
    assert "s3cr" not in shown


def test_missing_credentials_are_reported(index, make_client):
    with pytest.raises(DownloadError, match=r"401 Unauthorized: credentials are required\. Put"):
        make_client().find(index.simple, "my-app")
    index.account = None
    index.replies["/simple/my-app/"] = Reply(b"", 403)
    with pytest.raises(
        DownloadError, match=r"403 Forbidden\. If other credentials are required, put"
    ):
        make_client().find(index.simple, "my-app")


def test_other_hosts_get_no_credentials(index, make_client):
    with Index() as files:
        path = files.add(NAME, ARCHIVE)
        page = f'<a href="{files.url(path)}">x</a>'
        index.replies["/simple/my-app/"] = Reply(
            page.encode(), headers={"Content-Type": "text/html"}
        )
        fetch(make_client(), private(index))
        assert accounts(files) == [None]


def test_a_host_that_is_redirected_to_gets_no_credentials(index, make_client):
    """Not even after it asks for some, and not with later requests."""
    with Index() as other:
        other.add(NAME, ARCHIVE)
        other.account = ("you", "other")
        index.replies["/simple/my-app/"] = Reply(
            b"", 302, {"Location": other.url("/simple/my-app/")}
        )
        client = make_client(index_url=private(index))
        for _ in range(2):
            with pytest.raises(DownloadError, match=f":{other.port}/simple/my-app/: .* 401 Unaut"):
                client.find(private(index), "my-app")
        assert set(accounts(other)) == {None}
        client.find(private(other, "you:other"), "my-app")
        assert accounts(other)[-1] == "you:other"


def test_credentials_follow_a_redirect_on_the_same_host(index, make_client):
    index.replies["/simple/my-app/"] = Reply(b"", 301, {"Location": "/mirror/my-app/"})
    index.replies["/mirror/my-app/"] = Reply(
        index.page("my-app"), headers={"Content-Type": "text/html"}
    )
    fetch(make_client(), private(index))
    assert accounts(index) == ["me:s3cr:t@/"] * 3


def test_credentials_never_travel_where_others_can_read_them(index, make_client):
    """Through a proxy, which is what shows the request to us."""
    address = "http://files.invalid/a-1.tar.gz"
    index.account = None
    index.replies[address] = Reply(ARCHIVE)
    hashes = {"sha256": hashlib.sha256(ARCHIVE).hexdigest()}
    account = "http://me:s3cr@files.invalid/"
    client = make_client(proxy=index.url(), index_url=account + "simple")
    assert client.download(account + "a-1.tar.gz", hashes).read_bytes() == ARCHIVE
    assert index.requests == [address]
    assert accounts(index) == [None]
    client = make_client(
        directory=None, proxy=index.url(), index_url=account, trusted_hosts=("files.invalid",)
    )
    assert client.download(address, hashes).read_bytes() == ARCHIVE
    assert accounts(index)[1:] == ["me:s3cr"]


def test_two_indexes_keep_their_own(index, make_client):
    with Index() as second:
        second.add(NAME, ARCHIVE)
        second.account = ("you", "other")
        client = make_client(
            index_url=private(index), extra_index_urls=(private(second, "you:other"),)
        )
        fetch(client, private(second, "you:other"))
        fetch(client, private(index))
        assert set(accounts(second)) == {"you:other"}
        assert set(accounts(index)) == {"me:s3cr:t@/"}


@pytest.fixture
def keyring(monkeypatch):
    """A keyring that holds what the test puts into its `passwords`, and counts questions."""
    import keyring.backend

    class Memory(keyring.backend.KeyringBackend):
        priority = 1
        passwords: dict = {}  # noqa: RUF012
        asked = 0

        def get_password(self, service, username):
            self.asked += 1
            return self.passwords.get((service, username))

        def set_password(self, service, username, password):
            self.passwords[service, username] = password

    memory = Memory()
    before = keyring.get_keyring()
    keyring.set_keyring(memory)
    monkeypatch.setattr("unearth.auth.KEYRING_DISABLED", False)
    yield memory
    keyring.set_keyring(before)


def test_a_keyring_is_asked_as_pip_asks_it(index, make_client, keyring):
    keyring.passwords[f"localhost:{index.port}", "me"] = "s3cr:t@/"
    source = private(index, "me")
    fetch(make_client(no_input=False), source)
    fetch(make_client(directory=None, keyring_provider="import"), source)
    asked = keyring.asked
    assert asked
    for settings in ({}, {"no_input": False, "keyring_provider": "disabled"}):
        with pytest.raises(DownloadError, match="401"):
            make_client(**settings).find(source, "my-app")
    assert keyring.asked == asked


_ASK = """
import sys
from sdist_upip.index.archive_cache import ArchiveCache
from sdist_upip.index.client import IndexClient
from sdist_upip.index.pip_settings import PipSettings
settings = PipSettings(retries=0, keyring_provider="disabled", no_input=sys.argv[2] == "silent")
with ArchiveCache() as cache, IndexClient(settings, cache) as client:
    print([link.filename for link in client.find(sys.argv[1], "my-app")])
"""


@pytest.fixture
def start_on_a_terminal(index):
    """A function that asks the index in a process of its own; returns that and the keyboard."""
    started = []

    def start(mode):
        keys, terminal = pty.openpty()
        process = subprocess.Popen(
            [sys.executable, "-c", _ASK, index.simple, mode],
            stdin=terminal,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        os.close(terminal)
        started.append((process, keys))
        return process, keys

    yield start
    for process, keys in started:
        process.kill()
        process.communicate()
        os.close(keys)


def test_on_a_terminal_the_user_is_asked(index, start_on_a_terminal):
    process, keys = start_on_a_terminal("asking")
    shown = b""
    # What is typed before the question would be thrown away.
    for question, answer in ((b"User for localhost:", b"me\n"), (b"Password: ", b"s3cr:t@/\n")):
        while question not in shown:
            assert select.select([process.stderr], [], [], 15)[0], shown
            shown += os.read(process.stderr.fileno(), 1000)
        os.write(keys, answer)
    out, err = process.communicate(timeout=30)
    assert out.decode() == f"['{NAME}']\n", shown + err
    assert b"s3cr" not in shown + err


def test_with_no_input_the_user_is_not_asked(start_on_a_terminal):
    process, _ = start_on_a_terminal("silent")
    out, err = process.communicate(timeout=15)
    assert out == b""
    assert b"credentials are required" in err
