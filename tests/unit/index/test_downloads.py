"""Downloads: verified against every hash, asked for once, and nothing stays of a wrong file."""

import hashlib
import os

import httpx2
import pytest

from sdist_upip.background.jobs import Job
from sdist_upip.errors import ConfigError, DownloadError
from sdist_upip.index import downloads
from sdist_upip.index.archive_cache import ArchiveCache, CacheError
from sdist_upip.index.downloads import Downloads
from sdist_upip.limits import FOREIGN_LIMIT
from support.index_clients import ARCHIVE, NAME, sha256
from support.trees import read_tree

URL = f"https://i.test/files/{NAME}"


class Session:
    """Files by URL, with their response headers, and the requests that were made."""

    def __init__(self, files, headers=None):
        self.files = files
        self.headers = headers or {}
        self.requests = []
        self.checked = []

    def fetch(self, url, read, *, headers, hash_checked):
        assert headers == {"Accept-Encoding": "identity"}
        self.requests.append(url)
        self.checked.append(hash_checked)
        data = self.files.get(url.partition("#")[0])
        if data is None:
            return None
        pieces = (data[start : start + 1000] for start in range(0, len(data), 1000))
        return read(httpx2.Response(200, headers=self.headers, content=pieces))


@pytest.fixture
def make(tmp_path):
    """A function from a session to downloads; all of them share a cache."""
    with ArchiveCache(tmp_path / "cache") as cache:
        yield lambda session: Downloads(session, cache)


@pytest.fixture
def get(make):
    """A function that downloads one file, which is at its URL unless another session is given."""

    def get(url=URL, hashes=None, session=None, **options):
        return make(session or Session({url: ARCHIVE})).get(url, hashes or {}, **options)

    return get


def test_a_download_is_kept_below_its_name(get, tmp_path):
    path = get()
    assert path.read_bytes() == ARCHIVE
    assert read_tree(tmp_path) == {f"cache/{sha256(ARCHIVE)[:2]}/{sha256(ARCHIVE)}/{NAME}": ARCHIVE}


@pytest.mark.parametrize(
    ("url", "filename", "name"),
    [
        (URL, None, NAME),
        (URL, "other.tar.gz", "other.tar.gz"),
        (f"{URL}?token=1#sha256={sha256(ARCHIVE)}", None, NAME),
        ("https://i.test/a%20b.tar.gz", None, "a b.tar.gz"),
        ("https://i.test/", None, "file"),
    ],
)
def test_the_name_in_the_cache(get, url, filename, name):
    session = Session({url.partition("#")[0]: ARCHIVE})
    assert get(url, session=session, filename=filename).name == name


@pytest.mark.parametrize("algorithm", ["md5", "sha1", "sha256", "sha512", "blake2b", "sha3_256"])
def test_a_wrong_hash_is_an_error_and_nothing_stays(get, tmp_path, algorithm):
    right = hashlib.new(algorithm, ARCHIVE).hexdigest()
    with pytest.raises(DownloadError) as caught:
        get(hashes={algorithm: "0123", "unknown": "4"})
    assert str(caught.value) == (
        f"{URL}: hash mismatch: expected {algorithm} 0123, got {right}. The file or its link may "
        "have been altered. Find the cause before you use the file."
    )
    assert list((tmp_path / "cache").iterdir()) == []
    assert get(hashes={algorithm: right.upper()}).read_bytes() == ARCHIVE


def test_every_hash_is_compared(get):
    right = {"sha256": sha256(ARCHIVE), "md5": hashlib.md5(ARCHIVE).hexdigest()}
    assert get(hashes=right)
    for _ in range(2):  # from the network, and from the cache
        with pytest.raises(DownloadError, match="expected md5 00, got"):
            get(hashes={**right, "md5": "00"})


def test_the_hash_in_a_url_counts_unless_another_is_given(get):
    for url, hashes in ((f"{URL}#sha256=00", {}), (URL, {"sha256": "00"})):
        with pytest.raises(DownloadError, match="expected sha256 00, got"):
            get(url, hashes, Session({URL: ARCHIVE}))
    session = Session({URL: ARCHIVE})
    assert get(f"{URL}#sha256=00", {"sha256": sha256(ARCHIVE)}, session)


@pytest.mark.parametrize(
    ("hashes", "checked"),
    [
        ({}, False),
        ({"md5": hashlib.md5(ARCHIVE).hexdigest()}, False),
        (
            {
                "sha1": hashlib.sha1(ARCHIVE).hexdigest(),
                "md5": hashlib.md5(ARCHIVE).hexdigest(),
            },
            False,
        ),
        ({"unknown": "00"}, False),
        ({"sha256": sha256(ARCHIVE)}, True),
        ({"md5": hashlib.md5(ARCHIVE).hexdigest(), "sha256": sha256(ARCHIVE)}, True),
    ],
)
def test_only_a_good_hash_makes_up_for_an_insecure_connection(get, hashes, checked):
    session = Session({URL: ARCHIVE})
    get(hashes=hashes, session=session)
    assert session.checked == [checked]


def test_a_file_is_asked_for_once_a_run(make):
    session = Session({URL: ARCHIVE})
    files = make(session)
    first = files.get(URL, {})
    assert files.get(f"{URL}#sha256={sha256(ARCHIVE)}", {}) == first
    with pytest.raises(DownloadError, match="expected sha1 00, got"):
        files.get(URL, {"sha1": "00"})
    assert session.requests == [URL]
    assert make(session).get(URL, {}) == first
    assert session.requests == [URL, URL]


def test_a_cached_file_costs_no_request(make):
    make(Session({URL: ARCHIVE})).get(URL, {})
    session = Session({})
    path = make(session).get(f"https://elsewhere.test/{NAME}", {"sha256": sha256(ARCHIVE)})
    assert path.read_bytes() == ARCHIVE
    assert session.requests == []
    with pytest.raises(DownloadError, match="file not found"):
        make(session).get(URL, {"sha256": sha256(ARCHIVE)}, "other.tar.gz")


@pytest.mark.parametrize("damage", [lambda path: path.write_bytes(b""), lambda path: path.unlink()])
def test_a_damaged_file_is_fetched_again(make, damage):
    session = Session({URL: ARCHIVE})
    files = make(session)
    damage(files.get(URL, {"sha256": sha256(ARCHIVE)}))
    assert files.get(URL, {"sha256": sha256(ARCHIVE)}).read_bytes() == ARCHIVE
    assert session.requests == [URL, URL]


@pytest.mark.parametrize("url", [URL, "https://me:secret@i.test/a.tar.gz?token=secret#x"])
def test_a_file_that_is_gone(get, url):
    with pytest.raises(DownloadError) as caught:
        get(url, session=Session({}))
    shown = url.replace("me:secret@", "").partition("?")[0]
    assert str(caught.value) == (
        f"{shown}: file not found on the server. Check the URL, and whether the index has changed."
    )


def test_credentials_are_remembered(make):
    secret = URL.replace("://", "://me:secret@")
    session = Session({secret: ARCHIVE})
    files = make(session)
    files.remember(f"{URL}#sha256=00")
    with pytest.raises(DownloadError, match="file not found"):
        files.get(URL, {})
    files.remember(f"{secret}#sha256=00")
    assert files.get(URL, {}).read_bytes() == ARCHIVE
    assert session.requests == [URL, f"{secret}#sha256=00"]


@pytest.mark.parametrize("url", ["ftp://i.test/a.tar.gz", "https://", "http://me:secret@[::1/"])
def test_an_invalid_url_is_refused(get, url):
    session = Session({})
    with pytest.raises(ConfigError, match="invalid or unsupported URL") as caught:
        get(url, session=session)
    assert "secret" not in str(caught.value)
    assert session.requests == []


@pytest.mark.parametrize(
    ("length", "total"), [(None, None), ("600000", 600000), ("many", None), ("²", None)]
)
def test_progress_is_reported(get, length, total):
    data = bytes(200_000)
    seen = []
    headers = {"Content-Length": length.encode()} if length else {}
    session = Session({URL: data}, headers)
    get(session=session, progress=lambda done, size: seen.append((done, size)))
    assert len(seen) > 1
    assert seen == sorted(seen)
    assert seen[-1] == (len(data), total)


@pytest.mark.parametrize("headers", [{}, {"Content-Length": str(FOREIGN_LIMIT + 1)}])
def test_a_file_that_is_too_large_is_not_kept(get, tmp_path, monkeypatch, headers):
    if not headers:
        monkeypatch.setattr(downloads, "FOREIGN_LIMIT", 1 << 20)
    data = b"x" if headers else bytes((1 << 20) + 1)
    with pytest.raises(DownloadError) as caught:
        get(session=Session({URL: data}, headers))
    assert str(caught.value) == (
        f"{URL}: the file exceeds {64 if headers else 1} MiB, which is more than boards can "
        "store. Use a smaller file."
    )
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_file_of_the_largest_size_is_kept(get, tmp_path, monkeypatch):
    monkeypatch.setattr(downloads, "FOREIGN_LIMIT", len(ARCHIVE))
    (tmp_path / NAME).write_bytes(ARCHIVE)
    for url in (URL, str(tmp_path / NAME)):
        assert get(url).read_bytes() == ARCHIVE


def test_a_cache_that_cannot_be_written_is_given_up_once(tmp_path, caplog):
    (tmp_path / "cache").write_text("a file")
    session = Session({URL: ARCHIVE, URL + "2": b"2"})
    with ArchiveCache(tmp_path / "cache") as cache:
        files = Downloads(session, cache)
        assert files.get(URL, {}).read_bytes() == ARCHIVE
        assert files.get(URL + "2", {}).read_bytes() == b"2"
    assert caplog.text.count("Continuing without a cache.") == 1
    assert session.requests == [URL, URL, URL + "2"]


def test_a_cache_that_fills_up_is_given_up(get, monkeypatch, caplog):
    real = ArchiveCache.store
    failures = [CacheError("No space left on device", temporary=False)]

    def store(cache, writer, filename):
        if failures:
            raise failures.pop()
        return real(cache, writer, filename)

    monkeypatch.setattr(ArchiveCache, "store", store)
    session = Session({URL: ARCHIVE})
    assert get(session=session).read_bytes() == ARCHIVE
    assert session.requests == [URL, URL]
    assert "No space left on device. Continuing without a cache." in caplog.text


@pytest.mark.parametrize("spell", [str, lambda path: path.as_uri()])
def test_a_local_file_is_verified_where_it_is(get, tmp_path, spell):
    path = tmp_path / NAME
    path.write_bytes(ARCHIVE)
    session = Session({})
    assert get(spell(path), {"sha256": sha256(ARCHIVE)}, session) == path
    with pytest.raises(DownloadError) as caught:
        get(spell(path), {"sha256": "00"}, session)
    assert str(caught.value).startswith(
        f"{path}: hash mismatch: expected sha256 00, got {sha256(ARCHIVE)}. "
    )
    assert session.requests == []
    assert not (tmp_path / "cache").exists()


def test_the_hash_in_a_file_url_counts(get, tmp_path):
    (tmp_path / NAME).write_bytes(ARCHIVE)
    url = (tmp_path / NAME).as_uri()
    assert get(f"{url}#sha256={sha256(ARCHIVE)}") == tmp_path / NAME
    with pytest.raises(DownloadError, match="hash mismatch: expected sha256 00, got"):
        get(f"{url}#sha256=00")


def test_a_local_file_of_several_blocks_is_read_whole(get, tmp_path):
    data = bytes(range(256)) * 1000
    (tmp_path / "x").write_bytes(data)
    assert get(str(tmp_path / "x"), {"sha256": sha256(data)}) == tmp_path / "x"


def test_a_local_file_that_is_none(get, tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "fifo")
    (tmp_path / "large").write_bytes(b"12")
    monkeypatch.setattr(downloads, "FOREIGN_LIMIT", 1)
    for name, message in (
        ("gone", f"Cannot read {tmp_path}/gone: No such file or directory. Check its name and its"),
        ("fifo", f"Cannot read {tmp_path}/fifo: Not a regular file. Check its name"),
        (".", f"Cannot read {tmp_path}: Is a directory. Check its name"),
        ("large", f"{tmp_path}/large: the file exceeds 0 MiB"),
        ("large/x", f"Cannot read {tmp_path}/large/x: Not a directory. Check its name and its"),
    ):
        with pytest.raises(DownloadError) as caught:
            get(str(tmp_path / name))
        assert str(caught.value).startswith(message)


def test_a_cache_that_a_thread_gave_up_is_reported_where_files_are_asked_for(tmp_path, caplog):
    """The file of the thread is perhaps never asked for."""
    with ArchiveCache(tmp_path / "cache") as cache:
        Job(lambda report: cache.disable(CacheError("full", temporary=False))).run()
        assert caplog.messages == []
        for url in (URL, f"{URL}/other.tar.gz"):
            Downloads(Session({URL: ARCHIVE, f"{URL}/other.tar.gz": ARCHIVE}), cache).get(url, {})
    (message,) = caplog.messages
    assert message.endswith("cache: full. Continuing without a cache.")
