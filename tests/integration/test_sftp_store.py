"""A site on another computer, by SFTP."""

import json

import fsspec.config
import pytest

from sdist_upip.errors import ConfigError
from sdist_upip.site.stores.addresses import open_store
from sdist_upip.site.stores.lease import LOCK
from sdist_upip.site.stores.objects import FileObjects
from support.sftp_server import PASSWORD, serve_files
from support.store_contract import CONTRACT
from support.trees import read_tree


@pytest.fixture
def port(monkeypatch):
    monkeypatch.setitem(fsspec.config.conf, "sftp", {"host_key_policy": "auto_add"})
    monkeypatch.setattr(FileObjects, "settles", 0.0)
    with serve_files() as port:
        yield port


def test_contract(port, tmp_path):
    for check in CONTRACT:
        directory = tmp_path / check.__name__
        store = open_store(f"sftp://me:{PASSWORD}@127.0.0.1:{port}{directory}")
        assert store.title == f"sftp://127.0.0.1:{port}{directory}"
        with store.lock():
            assert "expires" in json.loads((directory / LOCK).read_bytes())
            check(store)
        left = {path: data for path, data in read_tree(directory).items() if "." in path[:1]}
        assert left == {}
        assert not (directory / "records").exists()


def test_a_server_that_refuses(port):
    for address, reason in (
        (f"sftp://me:wrong@127.0.0.1:{port}/x", "Authentication failed"),
        (f"sftp://me:{PASSWORD}@127.0.0.1:9/x", "Unable to connect to port 9"),
    ):
        with pytest.raises(ConfigError) as error:
            open_store(address)
        assert f": cannot open this address: {reason}" in str(error.value)
        assert "wrong" not in str(error.value)
        assert PASSWORD not in str(error.value)
