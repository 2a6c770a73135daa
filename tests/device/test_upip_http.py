"""upip's streams over real sockets and TLS, against a server that behaves and misbehaves."""

import random
import socket
import ssl
import threading

import pytest
import trustme

from support.index_server import Index, Reply
from support.upip_device import import_module

pytestmark = pytest.mark.integration

BODY = random.Random(7).randbytes(20_000)


@pytest.fixture
def http(upip):
    return import_module("upip_http")


@pytest.fixture
def index():
    with Index() as index:
        yield index


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def secure_index(authority):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with Index(context) as index:
        yield index


def write_root(path, *authorities):
    """Write the certificates as `sdist-upip device --ca` does: DER, one after the other."""
    path.write_bytes(
        b"".join(ssl.PEM_cert_to_DER_cert(ca.cert_pem.bytes().decode()) for ca in authorities)
    )
    return str(path)


def read(http, url, cafiles=(), insecure=False, timeout=5):
    """Return the whole body at `url`, or None."""
    body = http.open_url(url, list(cafiles), insecure, timeout)
    if body is None:
        return None
    data = b""
    piece = body.read()
    while piece:
        data += piece
        piece = body.read()
    body.close()
    return data


@pytest.mark.parametrize("framing", ["length", "chunked", "close"])
@pytest.mark.parametrize("size", [0, 1, 511, 512, 513, 20_000])
def test_a_body_arrives_whole_however_it_is_framed(http, index, framing, size):
    index.replies["/x"] = Reply(BODY[:size], framing=framing)
    assert read(http, index.url("/x")) == BODY[:size]


@pytest.mark.parametrize("framing", ["length", "chunked"])
@pytest.mark.parametrize("cut", [0, 1, 511, 512, 1024, 19_999])
def test_a_body_that_is_cut_is_an_error(http, index, framing, cut):
    index.replies["/x"] = Reply(BODY, framing=framing, cut=cut)
    with pytest.raises(ValueError, match="connection lost"):
        read(http, index.url("/x"))


def test_the_decoder_reads_single_bytes_and_the_hash_sees_all(http, index):
    import hashlib

    index.replies["/x"] = Reply(BODY[:1000], framing="chunked")
    body = http.open_url(index.url("/x"), [], False, 5)
    body.hash = hashlib.sha256()
    assert body.peek()[0] == BODY[0]
    byte = bytearray(1)
    data = b""
    while body.readinto(byte):
        data += byte
    body.close()
    assert data == BODY[:1000]
    assert body.hash.digest() == hashlib.sha256(BODY[:1000]).digest()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(http, index, status):
    index.replies["/a/b/x"] = Reply(b"", status, {"Location": "../c?d=1"})
    index.replies["/a/c?d=1"] = Reply(b"", status, {"Location": index.url("/y")})
    index.replies["/y"] = Reply(BODY)
    body = http.open_url(index.url("/a/b/x"), [], False, 5)
    assert body.url == index.url("/y")
    body.close()
    assert index.requests == ["/a/b/x", "/a/c?d=1", "/y"]


def test_endless_redirects_are_an_error(http, index):
    index.replies["/x"] = Reply(b"", 302, {"Location": "/x"})
    with pytest.raises(ValueError, match=r"HTTP status 302 from .*/x"):
        read(http, index.url("/x"))
    assert len(index.requests) == 6


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_not_there_is_none(http, index, status):
    index.replies["/x"] = Reply(b"gone", status)
    assert read(http, index.url("/x")) is None


@pytest.mark.parametrize("status", [204, 304, 401, 403, 429, 500, 503])
def test_other_answers_are_errors_with_the_status(http, index, status):
    index.replies["/x"] = Reply(b"", status)
    with pytest.raises(ValueError, match=f"HTTP status {status} from .*/x"):
        read(http, index.url("/x"))


def test_a_server_that_stalls_is_an_error(http, index):
    index.replies["/x"] = Reply(BODY[:600], pause=0.8)
    with pytest.raises(ValueError, match="connection lost"):
        read(http, index.url("/x"), timeout=0.3)


def test_a_slow_server_is_waited_for(http, index):
    index.replies["/x"] = Reply(BODY[:2000], pause=0.1)
    assert read(http, index.url("/x"), timeout=2) == BODY[:2000]


def test_a_host_that_does_not_answer_is_named(http):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(ValueError, match=rf"cannot reach 127\.0\.0\.1:{port}"):
        read(http, f"http://127.0.0.1:{port}/")
    with pytest.raises(ValueError, match=r"cannot reach no-such-host\.invalid:80"):
        read(http, "http://no-such-host.invalid/")


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-x\r\n", b"HTTP/1.1 200 OK\r\nContent-"])
def test_a_server_that_does_not_exist_is_an_error(http, answer):
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve():
            connection, _ = server.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            with pytest.raises(ValueError, match=r"request to 127\.0\.0\.1 failed"):
                read(http, f"http://127.0.0.1:{server.getsockname()[1]}/")
        finally:
            thread.join()


def test_every_address_of_a_host_is_tried(http, index, monkeypatch):
    real = socket.getaddrinfo
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        closed = free.getsockname()

    def addresses(host, port, *rest):
        found = real("127.0.0.1", port, *rest)
        return [
            (socket.AF_INET6, *found[0][1:4], ("::1", closed[1], 0, 0)),
            (*found[0][:4], closed),
            *found,
        ]

    monkeypatch.setattr(socket, "getaddrinfo", addresses)
    index.replies["/x"] = Reply(BODY)
    assert read(http, index.url("/x")) == BODY


def test_an_address_may_be_ipv6(http):
    if not socket.has_ipv6:
        pytest.skip("this machine has no IPv6")
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:

        def serve():
            connection, _ = server.accept()
            with connection:
                request = connection.recv(4096)
                connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n" + request)

        thread = threading.Thread(target=serve)
        thread.start()
        port = server.getsockname()[1]
        echoed = read(http, f"http://[::1]:{port}/a?b=c#d")
        thread.join()
    assert echoed.startswith(b"GET /a?b=c HTTP/1.1\r\nHost: [::1]:%d\r\n" % port)


def test_tls_is_verified_with_the_root(http, secure_index, authority, tmp_path):
    secure_index.replies["/x"] = Reply(BODY)
    root = write_root(tmp_path / "ca.der", authority)
    assert read(http, secure_index.url("/x"), [str(tmp_path / "missing"), root]) == BODY


def test_several_roots_fit_in_one_file(http, secure_index, authority, tmp_path):
    secure_index.replies["/x"] = Reply(BODY)
    root = write_root(tmp_path / "ca.der", trustme.CA(), authority)
    assert read(http, secure_index.url("/x"), [root]) == BODY


def test_another_root_or_another_name_is_refused(http, secure_index, authority, tmp_path):
    wrong = write_root(tmp_path / "wrong.der", trustme.CA())
    with pytest.raises(ValueError, match=r"request to localhost failed .certificate not trusted"):
        read(http, secure_index.url("/x"), [wrong])
    right = write_root(tmp_path / "right.der", authority)
    with pytest.raises(
        ValueError, match=r"request to 127\.0\.0\.1 failed .certificate not trusted"
    ):
        read(http, secure_index.url("/x", host="127.0.0.1"), [right])
    assert secure_index.requests == []


@pytest.mark.parametrize(
    "data", [b"", b"-----BEGIN CERTIFICATE-----", b"0\x82\x01", b"0\x82\x00\x01x"]
)
def test_a_file_that_is_not_a_root_certificate_is_refused(http, secure_index, tmp_path, data):
    path = tmp_path / "bad.der"
    path.write_bytes(data)
    with pytest.raises(ValueError, match=r"request to localhost failed .certificate not trusted"):
        read(http, secure_index.url("/x"), [str(path)])


def test_without_a_root_nothing_is_sent(http, secure_index, tmp_path):
    with pytest.raises(ValueError, match=r"no root certificate in .*--ca.*insecure=True"):
        read(http, secure_index.url("/x"), [str(tmp_path / "upip_ca.der")])
    assert secure_index.requests == []


def test_insecure_is_explicit(http, secure_index):
    secure_index.replies["/x"] = Reply(BODY)
    assert read(http, secure_index.url("/x", host="127.0.0.1"), insecure=True) == BODY


def test_old_tls_is_named_in_the_message(http, secure_index, monkeypatch):
    """axTLS of MicroPython 1.19 has no SSLContext, and fails in the handshake."""

    def wrap_socket(s, server_hostname):
        raise OSError(-0x10, "MBEDTLS_ERR")

    monkeypatch.delattr(ssl, "SSLContext")
    monkeypatch.setattr(ssl, "wrap_socket", wrap_socket, raising=False)
    with pytest.raises(
        ValueError, match=r"the TLS of this MicroPython cannot connect to localhost"
    ):
        read(http, secure_index.url("/x"), insecure=True)
    with pytest.raises(ValueError, match=r"this MicroPython cannot verify certificates"):
        read(http, secure_index.url("/x"), ["upip_ca.der", __file__])


def test_a_redirect_out_of_tls_is_refused(http, secure_index, index, authority, tmp_path):
    secure_index.replies["/x"] = Reply(b"", 302, {"Location": index.url("/y")})
    index.replies["/y"] = Reply(BODY)
    root = write_root(tmp_path / "ca.der", authority)
    with pytest.raises(ValueError, match="HTTP status 302 from https"):
        read(http, secure_index.url("/x"), [root])
    assert index.requests == []
    assert read(http, secure_index.url("/x"), insecure=True) == BODY


def test_other_schemes_are_refused(http):
    with pytest.raises(ValueError, match="ftp"):
        read(http, "ftp://localhost/x")
