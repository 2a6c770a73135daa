"""URLs: local ones, their form in messages, trusted hosts."""

from pathlib import Path

import pytest

from sdist_upip.errors import ConfigError
from sdist_upip.index.urls import (
    TrustedHosts,
    check_url,
    file_name,
    is_local,
    join_url,
    local_path,
    redact,
    without_credentials,
)


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("archives", "archives"),
        ("/srv/simple", "/srv/simple"),
        ("C:\\simple", "C:\\simple"),
        ("./a:b", "a:b"),
        ("file:///srv/a%20b", "/srv/a b"),
        ("FILE://localhost/srv", "/srv"),
    ],
)
def test_paths_and_file_urls_are_local(location, path):
    assert is_local(location)
    assert local_path(location) == Path(path)


def test_a_tilde_is_the_home_directory(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    assert local_path("~/wheels") == tmp_path / "wheels"


def test_a_file_url_of_another_host_is_refused():
    with pytest.raises(ConfigError, match=r"file://server/srv: .*Write file:///PATH"):
        local_path("file://server/srv")


@pytest.mark.parametrize("url", ["https://x.test/simple", "http://127.0.0.1:80/"])
def test_web_urls_are_not_local(url):
    assert not is_local(url)
    check_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://me:secret@x.test/",
        "https://",
        "https:///simple",
        "https://x.test:port/",
        "https://x.test:0/",
        "https://me:sec/secret@x.test/",
        "https://me:secret@[bad/",
        "me:secret@x.test/simple",
        "git+https://me:secret@x.test/",
    ],
)
def test_an_invalid_url_is_refused_without_showing_its_password(url):
    with pytest.raises(
        ConfigError, match=r"invalid or unsupported URL\. Write https://HOST"
    ) as caught:
        check_url(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("https://me:secret@x.test/simple?token=secret#secret", "https://x.test/simple"),
        ("https://token@x.test:8443/", "https://x.test:8443/"),
        ("https://me:a@secret@x.test/", "https://x.test/"),
        ("https://me:secret/x@x.test/", "https://…"),
        ("me:secret@x.test/simple", "me:…"),
        ("/srv/simple", "/srv/simple"),
        ("file:///srv/a-1.tar.gz#sha256=00", "file:///srv/a-1.tar.gz"),
    ],
)
def test_nothing_secret_is_shown(location, shown):
    assert redact(location) == shown


def test_a_url_without_credentials_keeps_its_query():
    assert without_credentials("https://a:b@x.test/f?v=1#c") == "https://x.test/f?v=1"
    assert without_credentials("https://x.test/f") == "https://x.test/f"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://x.test/a/b-1.0.tar.gz?x=/y#z", "b-1.0.tar.gz"),
        ("https://x.test/a/b-1.0%2Blocal.tar.gz", "b-1.0+local.tar.gz"),
        ("https://x.test/%2e%2e%2fpasswd", ""),
        ("https://x.test/a%5C..%5Cb:c", ""),
        ("https://x.test/..", ""),
        ("https://x.test/", ""),
    ],
)
def test_file_names_are_harmless(url, name):
    assert file_name(url) == name


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://x.test/", True),
        ("http://localhost:8080/", True),
        ("http://127.8.9.1/", True),
        ("http://[::1]/", True),
        ("http://localhost.x.test/", False),
        ("http://127.0.0.1.x.test/", False),
        ("http://x.test/", False),
        ("http://lab.test:8080/", True),
        ("http://LAB.test/", True),
        ("http://sub.lab.test/", False),
        ("http://one.test/", True),
        ("http://one.test:8080/", False),
        ("http://[fd00::1]:3141/", True),
    ],
)
def test_plain_http_is_safe_from_here_or_from_a_trusted_host(url, safe):
    assert TrustedHosts(["lab.test", "one.test:80", "[fd00::1]:3141"]).is_secure_origin(url) is safe


def test_only_trusted_hosts_are_trusted_over_tls():
    origins = TrustedHosts(["lab.test", "one.test:443"])
    assert origins.is_trusted("https://lab.test:8443/")
    assert origins.is_trusted("https://one.test/")
    assert not origins.is_trusted("https://one.test:8443/")
    assert not origins.is_trusted("https://localhost/")


def test_an_invalid_trusted_host_is_refused():
    with pytest.raises(ConfigError, match=r"trusted-host lab.test:http: .*Write HOST or HOST:PORT"):
        TrustedHosts(["lab.test:http"])


@pytest.mark.parametrize(
    "url",
    [
        "file://host/x",
        "FILE://host/x",
        "file://host.test:80/x",
        "file://me@localhost/x",
        "file://localhost:80/x",
        "file://127.0.0.1/x",
        "file:////host/x",
        "file://localhost//host/x",
        "file:///\\\\host/x",
        "file:\\\\host/x",
        "file://[/x",
    ],
)
def test_files_of_other_hosts_are_refused(url):
    with pytest.raises(ConfigError, match=r"file: URLs of other hosts .* Write file:///PATH\."):
        local_path(url)


@pytest.mark.parametrize("url", ["file:///x", "file://localhost/x", "file:/x", "FILE:///x"])
def test_files_of_this_computer(url):
    assert local_path(url) == Path("/x")


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("", "https://x.test/simple/a/"),
        ("a", "https://x.test/simple/a/a"),
        ("../a#b/../c", "https://x.test/simple/a#b/../c"),
        ("..", "https://x.test/simple/"),
        ("../../../a", "https://x.test/a"),
        ("/a?b=/../c", "https://x.test/a?b=/../c"),
        ("b//a;", "https://x.test/simple/a/b//a;"),
        ("//y.test", "https://y.test/"),
        ("HTTP://y.test/b/./../a", "http://y.test/a"),
        ("file:/srv/a", "file:///srv/a"),
        ("file:///srv/a", "file:///srv/a"),
    ],
)
def test_links_are_joined_as_on_a_board(link, url):
    assert join_url("https://x.test/simple/a/index.html?c", link) == url


@pytest.mark.parametrize(
    "link", ["a b", "a\n", "\x85", "a:b", "https:a", "https:///a", "///a", "b://"]
)
def test_what_is_no_url_is_not_joined(link):
    with pytest.raises(ValueError, match=r"blank|colon|host"):
        join_url("https://x.test/simple/a/", link)


def test_long_urls_are_joined_in_little_time():
    assert len(join_url("https://x.test/", "a/" * 200_000 + "../" * 200_000)) == len(
        "https://x.test/"
    )
