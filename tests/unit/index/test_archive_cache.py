"""The cache of downloads: by content, verified, and never the cause of a failed install."""

import os
import time
from urllib.parse import unquote

import pytest

from sdist_upip.errors import DownloadError
from sdist_upip.index.archive_cache import ArchiveCache, CacheError
from support.caches import DATA, SHA256, put
from support.hostile_names import HOSTILE_NAMES, HOSTILE_PARTS


def test_what_was_kept_is_found_by_content_and_name(tmp_path):
    with ArchiveCache(tmp_path / "deep" / "cache") as cache:
        assert cache.find(SHA256, "a-1.tar.gz") is None
        path = put(cache)
        assert path.read_bytes() == DATA
        assert path.name == "a-1.tar.gz"
        assert cache.find(SHA256, "a-1.tar.gz") == path
        assert cache.find(SHA256, "b-1.tar.gz") is None
        assert cache.find("0" * 64, "a-1.tar.gz") is None
    with ArchiveCache(tmp_path / "deep" / "cache") as cache:
        assert cache.find(SHA256, "a-1.tar.gz") == path


@pytest.mark.parametrize("sha256", ["", "../" * 3, "ABC", SHA256.upper()])
def test_what_is_not_a_sha256_names_no_file(tmp_path, sha256):
    with ArchiveCache(tmp_path) as cache:
        put(cache)
        assert cache.find(sha256, "a-1.tar.gz") is None


@pytest.mark.parametrize("name", [*map(unquote, HOSTILE_PARTS), *HOSTILE_NAMES])
def test_the_cache_refuses_names_that_lead_elsewhere(tmp_path, name):
    with ArchiveCache(tmp_path / "cache") as cache:
        with pytest.raises(DownloadError, match="so no file is written"):
            put(cache, filename=name)
        with pytest.raises(DownloadError, match="so no file is written"):
            cache.find(SHA256, name)
    assert [path.name for path in tmp_path.iterdir()] == ["cache"]


def test_a_damaged_file_is_removed(tmp_path):
    with ArchiveCache(tmp_path) as cache:
        path = put(cache)
        path.write_bytes(DATA[:-1] + b"?")
        assert cache.find(SHA256, "a-1.tar.gz") is None
        assert not path.exists()
        assert put(cache) == path


def test_a_discarded_writer_leaves_nothing(tmp_path):
    with ArchiveCache(tmp_path) as cache:
        writer = cache.open_writer()
        writer.write(DATA)
        writer.discard()
    assert list(tmp_path.iterdir()) == []


def test_only_old_leftovers_of_killed_downloads_go(tmp_path):
    with ArchiveCache(tmp_path) as cache:
        kept = put(cache)
        old, new = cache.open_writer(), cache.open_writer()
    yesterday = time.time() - 25 * 3600
    os.utime(old.path, (yesterday, yesterday))
    os.utime(kept, (yesterday, yesterday))
    with ArchiveCache(tmp_path):
        assert not old.path.exists()
        assert new.path.exists()
        assert kept.exists()
    old.discard()
    new.discard()


def test_without_a_directory_files_last_as_long_as_the_cache():
    with ArchiveCache() as cache:
        path = put(cache)
        assert cache.find(SHA256, "a-1.tar.gz") == path
    assert not path.exists()
    assert not path.parent.parent.parent.exists()


def test_a_directory_that_cannot_be_written_is_one_warning(tmp_path, caplog):
    (tmp_path / "cache").write_text("a file")
    with ArchiveCache(tmp_path / "cache") as cache:
        with pytest.raises(CacheError) as caught:
            cache.open_writer()
        cache.disable(caught.value)
        for _ in range(2):
            cache.warn()
        first, second = put(cache), put(cache, b"another")
        assert first.read_bytes() == DATA
        assert second.read_bytes() == b"another"
        assert cache.find(SHA256, "a-1.tar.gz") == first
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert f"Cannot keep downloads in {tmp_path / 'cache'}: " in caplog.text
    assert (tmp_path / "cache").read_text() == "a file"


def test_a_temporary_directory_that_cannot_be_written_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    with ArchiveCache() as cache:
        with pytest.raises(CacheError) as caught:
            cache.open_writer()
        with pytest.raises(DownloadError, match=r"directory for temporary files: No such .*TMPDIR"):
            cache.disable(caught.value)


def test_a_full_disk_is_reported_while_writing(monkeypatch):
    with ArchiveCache() as cache:
        writer = cache.open_writer()
        writer.discard()
        with open("/dev/full", "wb", buffering=0) as full:  # noqa: PTH123
            writer._file = full
            with pytest.raises(CacheError, match="No space left"):
                writer.write(DATA)
