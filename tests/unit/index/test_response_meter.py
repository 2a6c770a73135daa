"""What counts as progress of a response, and how much of it is read."""

from types import SimpleNamespace

import pytest

from sdist_upip.index import response_meter
from sdist_upip.index.request_errors import RequestError
from sdist_upip.index.response_meter import ResponseMeter
from sdist_upip.limits import RATE_FLOOR

URL = "https://me:secret@i.test/x?token=1"


class Stream:
    """A connection whose reads take `seconds` and return `size` bytes, as each pair says."""

    def __init__(self, monkeypatch):
        self.now = 0.0
        self.reads = []
        monkeypatch.setattr(response_meter, "time", SimpleNamespace(monotonic=lambda: self.now))

    def read(self, max_bytes, timeout=None):
        seconds, size = self.reads.pop(0)
        self.now += seconds
        return bytes(size)


@pytest.fixture
def stream(monkeypatch):
    return Stream(monkeypatch)


@pytest.fixture
def meter(stream):
    meter = ResponseMeter(15.0)
    meter.start(URL)
    meter.trace("connection.connect_tcp.complete", {"return_value": stream})
    return meter


def read_all(stream, *reads):
    stream.reads = list(reads)
    while stream.reads:
        stream.read(65536, timeout=15.0)


def end_headers(meter, status=200, *headers):
    value = (b"HTTP/1.1", status, b"", list(headers))
    meter.trace("http11.receive_response_headers.complete", {"return_value": value})


@pytest.mark.parametrize(
    "reads",
    [
        [(14, 1), (14, 1)],
        [(14, 1), (14, RATE_FLOOR), (14, 1)],
        [(15, RATE_FLOOR // 2), (7, RATE_FLOOR // 4), (7, RATE_FLOOR // 4), (14, 1)],
        [(1, RATE_FLOOR)] * 60,
        [(14, 1), (14, 1), (14, 0)],
    ],
)
def test_progress(meter, stream, reads):
    read_all(stream, *reads)


@pytest.mark.parametrize(
    "reads", [[(1, 1)] * 20, [(14, 1), (14, 1), (14, 1)], [(1, RATE_FLOOR), (8, 1), (8, 1)]]
)
def test_a_trickle_is_an_error(meter, stream, reads):
    with pytest.raises(RequestError, match="fewer than 1,024 bytes in 15 seconds") as caught:
        read_all(stream, *reads)
    assert caught.value.retryable
    assert str(caught.value).startswith("https://i.test/x: ")


def test_each_request_is_measured_anew(meter, stream):
    for _ in range(5):
        read_all(stream, (14, 1), (14, 1))
        meter.trace("http11.send_request_headers.started", {})


@pytest.mark.parametrize(("status", "bodies"), [(200, 4096), (404, 1)])
def test_headers_and_bodies_have_limits(meter, stream, status, bodies):
    block = (0, 65536)
    read_all(stream, block)
    with pytest.raises(RequestError, match=r"the response has too many bytes \(headers\)"):
        read_all(stream, block)
    end_headers(meter, status)
    read_all(stream, *[block] * bodies)
    with pytest.raises(RequestError, match=r"the response has too many bytes \(body") as caught:
        read_all(stream, block)
    assert not caught.value.retryable


@pytest.mark.parametrize("values", [[], ["gzip"], ["GZIP"], ["identity"], ["x-gzip"]])
def test_encodings(meter, values):
    end_headers(meter, 200, *((b"Content-Encoding", value.encode()) for value in values))


@pytest.mark.parametrize("values", [["br"], ["zstd"], ["gzip, gzip"], ["gzip", "gzip"], ["\xff"]])
def test_other_encodings_are_refused(meter, values):
    headers = [(b"content-ENCODING", value.encode("latin-1")) for value in values]
    with pytest.raises(RequestError, match="unsupported content encoding"):
        end_headers(meter, 200, *headers)
