"""Which store an address means."""

import sys
from importlib import import_module
from pathlib import Path

import pytest
from fsspec.implementations.memory import MemoryFileSystem

from sdist_upip.errors import ConfigError
from sdist_upip.site.stores.addresses import open_store


@pytest.mark.parametrize(
    "address, title",
    [
        ("site", "site"),
        ("./s3:x", "s3:x"),
        ("~/site", f"{Path.home()}/site"),
        ("C:/site", "C:/site"),
        ("file:///a/b%20c", "/a/b c"),
        ("local:///a/b", "/a/b"),
    ],
)
def test_a_directory(address, title):
    assert open_store(address).title == title


@pytest.mark.parametrize(
    "address, title, kind",
    [
        ("memory://", "memory://", "Objects"),
        ("memory://site/", "memory://site", "Objects"),
        ("MEMORY://site", "memory://site", "Objects"),
    ],
)
def test_a_store_of_fsspec(address, title, kind):
    store = open_store(address)
    assert store.title == title
    assert type(store._objects).__name__ == kind


@pytest.mark.parametrize(
    "protocol, kind",
    [
        *(("gs", "GoogleObjects"), ("gcs", "GoogleObjects"), ("sftp", "SftpObjects")),
        *(
            ("ssh", "SftpObjects"),
            ("az", "Objects"),
            ("ftp", "FileObjects"),
            ("smb", "FileObjects"),
        ),
    ],
)
def test_how_other_stores_are_used(protocol, kind, monkeypatch):
    def open_memory(address, **options):
        assert address == f"{protocol}://host/site"
        assert options == {"skip_instance_cache": True}  # paramiko refuses others
        return MemoryFileSystem(), "/site"

    monkeypatch.setattr("fsspec.core.url_to_fs", open_memory)
    store = open_store(f"{protocol}://host/site")
    assert store.title == f"{protocol}://host/site"
    assert type(store._objects).__name__ == kind


@pytest.mark.parametrize(
    "protocol, module, command",
    [
        ("s3", "s3fs", "pip install 'sdist-upip[publish]' s3fs."),
        ("gs", "gcsfs", "pip install 'sdist-upip[publish]' gcsfs."),
        ("sftp", "paramiko", "pip install 'sdist-upip[publish]' paramiko."),
        ("oci", "ocifs", "pip install 'sdist-upip[publish]'."),
        ("s3", "fsspec", "pip install 'sdist-upip[publish]' s3fs."),
    ],
)
def test_a_library_that_is_not_installed(protocol, module, command, monkeypatch):
    loaded = import_module("fsspec.registry")._registry
    monkeypatch.delitem(loaded, protocol, raising=False)
    monkeypatch.delitem(sys.modules, "fsspec.implementations.sftp", raising=False)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ConfigError) as error:
        open_store(f"{protocol}://host/site")
    assert f"{protocol}://host/site: this kind of address requires a library" in str(error.value)
    assert str(error.value).endswith(f"Run {command}")


@pytest.mark.parametrize(
    "address, problem",
    [
        ("", "The address of the site is empty"),
        (" ", "The address of the site is empty"),
        ("a\0b", "has a NUL character"),
        ("~nobody-at-all/site", "this home directory is not known"),
        ("file://host/a", "file: URLs of other hosts are not supported"),
        ("s3:bucket", "unknown kind of address. Pass a directory, or an address such as s3://B"),
        ("s3://", "s3://: the address has no bucket or host. Write s3://NAME."),
        ("gs:///", "the address has no bucket or host. Write gs://NAME."),
        ("https://me:secret@host/a", "https://host/a: a site cannot be written to this kind of"),
        ("zip://*.zip::s3://bucket", "a site cannot be written to this kind of address"),
        ("s3://me:secret@bucket/a", "s3://bucket/a: an address of this kind has no credentials"),
        ("x-y://a", "x-y://a: cannot open this address: Protocol not known: x-y. Check the"),
        ("my-site:1", "Write ./ before the name of a directory with a colon"),
    ],
)
def test_addresses_that_mean_no_store(address, problem):
    with pytest.raises(ConfigError) as error:
        open_store(address)
    assert problem in str(error.value)
    assert "secret" not in str(error.value)
