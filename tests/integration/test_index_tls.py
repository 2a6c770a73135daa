"""Indexes over TLS and through proxies: certificates of both sides, trusted hosts, tunnels."""

import hashlib
import socket
import ssl
import threading

import pytest
import trustme
from cryptography import x509

from sdist_upip.errors import ConfigError, DownloadError
from support.index_clients import ARCHIVE, NAME, fetch
from support.index_server import Index, Reply
from support.proxy_server import Proxy

PAGE = "/simple/my-app/"
FILE = f"/files/{NAME}"


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def root(authority, tmp_path):
    path = tmp_path / "root.pem"
    authority.cert_pem.write_to_path(path)
    return str(path)


def server_context(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@pytest.fixture
def secure(authority):
    with Index(server_context(authority)) as index:
        index.add(NAME, ARCHIVE)
        yield index


@pytest.fixture
def plain():
    with Index() as index:
        index.add(NAME, ARCHIVE)
        yield index


def test_a_root_of_pip_is_trusted(secure, make_client, root):
    assert fetch(make_client(cert=root), secure) == ARCHIVE


@pytest.mark.parametrize("through_proxy", [False, True])
def test_the_rate_is_measured_over_tls(secure, make_client, root, monkeypatch, through_proxy):
    monkeypatch.setattr("sdist_upip.index.response_meter.RATE_FLOOR", 1 << 20)
    secure.replies[FILE] = Reply(bytes(100_000), pause=0.1)
    with Proxy() as proxy:
        options = {"proxy": f"http://localhost:{proxy.port}"} if through_proxy else {}
        client = make_client(cert=root, timeout=1.0, **options)
        with pytest.raises(DownloadError, match=r"fewer than 1,048,576 bytes in 1 seconds"):
            client.download(secure.url(FILE), {})


def link_to(plain, secure, anchor):
    """Put a page on the index over TLS whose link leads to another index without TLS."""
    host = plain.url(FILE, "elsewhere.test")
    secure.replies[PAGE] = Reply(
        anchor.format(host).encode(), headers={"Content-Type": "text/html"}
    )


@pytest.mark.parametrize(
    "anchor",
    [
        '<a href="{}">',
        f'<a href="{{}}#md5={hashlib.md5(ARCHIVE).hexdigest()}">',
        f'<a href="{{}}#sha1={hashlib.sha1(ARCHIVE).hexdigest()}">',
        '<a href="{}#egg=my_app">',
        f'<a href="{{}}" data-dist-info-metadata="sha256={"0" * 64}">',
    ],
)
def test_a_link_without_tls_needs_a_sha256(secure, plain, make_client, root, anchor):
    link_to(plain, secure, anchor)
    client = make_client(cert=root)
    (link,) = client.find(secure.simple, "my-app")
    with pytest.raises(DownloadError, match=r"plain http is insecure, .* Use https"):
        client.download(link.url, link.hashes)
    assert plain.requests == []
    assert not [path for path in secure.requests if "metadata" in path]


def test_a_page_without_tls_is_not_read(plain, make_client):
    with pytest.raises(DownloadError, match="plain http is insecure"):
        make_client().find(plain.url("/simple/", "elsewhere.test"), "my-app")
    assert plain.requests == []


@pytest.mark.parametrize("where", ["page", "file", "file with hash", "second"])
def test_no_redirect_leads_away_from_tls(secure, plain, make_client, root, where):
    target = {"Location": plain.url(FILE)}
    client = make_client(cert=root)
    hashes = {"sha256": hashlib.sha256(ARCHIVE).hexdigest()} if where == "file with hash" else {}
    path = PAGE if where == "page" else FILE
    secure.replies[path] = Reply(status=302, headers=target)
    if where == "second":
        secure.replies[path] = Reply(status=302, headers={"Location": "/again"})
        secure.replies["/again"] = Reply(status=307, headers=target)
    with pytest.raises(DownloadError, match=r"redirects from https to http://localhost:\d+/"):
        if where == "page":
            client.find(secure.simple, "my-app")
        else:
            client.download(secure.url(FILE), hashes)
    assert plain.requests == []


def subject_hash(certificate):
    """Return the name by which OpenSSL finds a root in a directory (x509 -subject_hash)."""
    attributes = [
        x509.NameAttribute(attribute.oid, attribute.value.lower())
        for attribute in x509.load_pem_x509_certificate(certificate).subject
    ]
    sequence = x509.Name(attributes).public_bytes()  # its header, two bytes here, does not count
    return hashlib.sha1(sequence[2:]).digest()[3::-1].hex()


def test_a_directory_of_roots_is_trusted(secure, make_client, authority, tmp_path):
    directory = tmp_path / "roots"
    directory.mkdir()
    with pytest.raises(DownloadError, match="the certificate is not trusted"):
        fetch(make_client(cert=str(directory)), secure)
    certificate = authority.cert_pem.bytes()
    (directory / f"{subject_hash(certificate)}.0").write_bytes(certificate)
    assert fetch(make_client(cert=str(directory)), secure) == ARCHIVE


def test_roots_of_the_system_are_the_default(secure, make_client, root, monkeypatch):
    with pytest.raises(DownloadError) as caught:
        fetch(make_client(), secure)
    message = str(caught.value)
    assert message.startswith(f"{secure.url(PAGE)}: the certificate is not trusted (unable to get")
    assert "Set `cert` in pip's configuration to the PEM file" in message
    assert "add the host to `trusted-host`." in message
    monkeypatch.setenv("SSL_CERT_FILE", root)
    assert fetch(make_client(), secure) == ARCHIVE


def test_a_certificate_of_another_name_is_refused(secure, make_client, root):
    source = secure.url("/simple/", host="127.0.0.1")
    with pytest.raises(DownloadError, match=r"not trusted \(IP address mismatch"):
        make_client(cert=root, retries=3).find(source, "my-app")
    assert secure.requests == []


@pytest.mark.parametrize("trusted", ["localhost", "localhost:PORT"])
def test_a_trusted_host_needs_no_certificate(secure, make_client, trusted):
    trusted = trusted.replace("PORT", str(secure.port))
    assert fetch(make_client(trusted_hosts=(trusted,)), secure) == ARCHIVE


def test_another_port_of_a_trusted_host_does(secure, make_client):
    with pytest.raises(DownloadError, match="not trusted"):
        make_client(trusted_hosts=("localhost:1",)).find(secure.simple, "my-app")


def test_a_redirect_from_https_to_http_is_refused(secure, plain, make_client, root):
    secure.replies[PAGE] = Reply(b"", 302, {"Location": plain.url(PAGE)})
    for settings in ({"cert": root}, {"trusted_hosts": ("localhost",)}):
        with pytest.raises(
            DownloadError, match=rf"from https to {plain.url(PAGE)}, which is insecure"
        ):
            make_client(**settings).find(secure.simple, "my-app")
    secure.replies[FILE] = Reply(b"", 302, {"Location": plain.url(FILE)})
    with pytest.raises(DownloadError, match="from https to"):
        make_client(cert=root).download(secure.url(FILE), {"sha256": "00"})
    assert plain.requests == []


def test_a_client_certificate_is_sent(authority, make_client, root, tmp_path):
    context = server_context(authority)
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    authority.issue_cert("me@x.test").private_key_and_cert_chain_pem.write_to_path(
        tmp_path / "me.pem"
    )
    with Index(context) as index:
        index.add(NAME, ARCHIVE)
        mine = str(tmp_path / "me.pem")
        assert fetch(make_client(cert=root, client_cert=mine), index) == ARCHIVE
        trusting = make_client(directory=None, trusted_hosts=("localhost",), client_cert=mine)
        assert fetch(trusting, index) == ARCHIVE
        with pytest.raises(DownloadError, match=r"CERTIFICATE_REQUIRED.*`client-cert` in pip"):
            fetch(make_client(cert=root), index)


def test_a_server_without_tls_is_reported(plain, make_client):
    source = plain.simple.replace("http:", "https:")
    with pytest.raises(DownloadError, match=r"TLS failed \(.*\)\. Check the URL"):
        make_client().find(source, "my-app")


def test_a_handshake_that_breaks_off_is_tried_again(make_client):
    accepted = []

    def break_off(server):
        for _ in range(2):
            connection, _ = server.accept()
            connection.close()
            accepted.append(connection)

    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        thread = threading.Thread(target=break_off, args=(server,))
        thread.start()
        with pytest.raises(DownloadError, match=r"TLS failed|connection was lost|cannot connect"):
            make_client(retries=1).find(f"https://localhost:{server.getsockname()[1]}/", "a")
        thread.join()
    assert len(accepted) == 2


def test_a_proxy_of_pip_is_used_for_everything(secure, plain, make_client, root, monkeypatch):
    monkeypatch.setenv("no_proxy", "localhost")  # which pip's own setting overrides
    with Proxy() as proxy:
        client = make_client(cert=root, proxy=proxy.url)
        assert fetch(client, plain) == ARCHIVE
        assert proxy.requests == [("GET", plain.url(PAGE)), ("GET", plain.url(FILE))]
        proxy.requests.clear()
        client = make_client(directory=None, cert=root, proxy=proxy.url.removeprefix("http://"))
        assert fetch(client, secure) == ARCHIVE
        assert set(proxy.requests) == {("CONNECT", f"localhost:{secure.port}")}


def test_a_trusted_host_is_reached_through_the_proxy_too(secure, plain, make_client):
    with Proxy() as proxy:
        client = make_client(trusted_hosts=("localhost",), proxy=proxy.url)
        assert fetch(client, secure) == ARCHIVE
        assert proxy.requests[0] == ("CONNECT", f"localhost:{secure.port}")
        client.find(plain.simple, "my-app")
        assert proxy.requests[-1] == ("GET", plain.url(PAGE))


def test_proxies_of_the_environment_are_used(secure, plain, make_client, root, monkeypatch):
    with Proxy() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        assert fetch(make_client(cert=root), plain) == ARCHIVE
        assert len(proxy.requests) == 2
        assert fetch(make_client(cert=root, directory=None), secure) == ARCHIVE
        assert len(proxy.requests) == 2
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        assert fetch(make_client(cert=root, directory=None), secure) == ARCHIVE
        assert proxy.requests[2][0] == "CONNECT"
        count = len(proxy.requests)
        monkeypatch.setenv("no_proxy", "localhost")
        assert fetch(make_client(cert=root, directory=None), secure) == ARCHIVE
        assert len(proxy.requests) == count


def test_a_proxy_may_want_credentials(secure, plain, make_client, root):
    with Proxy(("me", "secret")) as proxy:
        client = make_client(cert=root, proxy=proxy.url)
        assert fetch(client, plain) == ARCHIVE
        assert client.find(secure.simple, "my-app")
        stranger = f"http://me:guess@127.0.0.1:{proxy.port}"
        for index in (plain, secure):
            with pytest.raises(DownloadError, match=r"407|refused") as caught:
                make_client(cert=root, proxy=stranger).find(index.simple, "my-app")
            assert "guess" not in str(caught.value)
            assert "proxy" in str(caught.value)


def test_a_proxy_that_is_not_there(plain, make_client):
    message = r": cannot connect through the proxy http://127.0.0.1:9 \(Connection refused\)\. "
    for proxy in ("http://me:secret@127.0.0.1:9", "me:secret@127.0.0.1:9"):
        with pytest.raises(DownloadError, match=message) as caught:
            make_client(proxy=proxy).find(plain.simple, "my-app")
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize("proxy", ["gopher://me:secret@x.test", "socks5://me:secret@x.test:1"])
def test_a_proxy_that_cannot_be_used(plain, make_client, proxy, monkeypatch):
    message = r"is invalid or unsupported\. Write http://HOST:PORT, or install httpx2\[socks\]"
    with pytest.raises(ConfigError, match=message) as caught:
        make_client(proxy=proxy).find(plain.simple, "my-app")
    assert "secret" not in str(caught.value)
    monkeypatch.setenv("all_proxy", proxy)
    with pytest.raises(ConfigError, match=f"The proxy in HTTPS_PROXY {message}"):
        make_client().find(plain.simple, "my-app")
