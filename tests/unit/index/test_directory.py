"""Directories of archives, and directories that are laid out as an index."""

from pathlib import Path

import pytest

from sdist_upip.errors import DownloadError
from support.index_clients import ARCHIVE, NAME, sha256
from support.trees import write_tree


def names(links):
    return [link.filename for link in links]


@pytest.mark.parametrize("form", [str, Path.as_uri])
def test_a_directory_laid_out_as_an_index(tmp_path, make_client, form):
    page = f'<a href="../../files/{NAME}#sha256={sha256(ARCHIVE)}">x</a>'
    write_tree(tmp_path, {"simple/my-app/index.html": page, f"files/{NAME}": ARCHIVE})
    client = make_client()
    (link,) = client.find(form(tmp_path / "simple"), "My_App")
    assert link.comes_from == str(tmp_path / "simple")
    assert client.download(link.url, link.hashes) == tmp_path / "files" / NAME
    assert client.find(form(tmp_path / "simple"), "missing") == []
    with pytest.raises(
        DownloadError, match=f"{NAME}: hash mismatch: expected sha256 00, got {sha256(ARCHIVE)}"
    ):
        client.download(link.url, {"sha256": "00"})


@pytest.mark.parametrize("form", [str, Path.as_uri])
def test_a_directory_of_archives(tmp_path, make_client, form):
    files = {NAME: ARCHIVE, "my_app-1.1.tar.gz": b"x", "other-1.tar.gz": b"o", "notes.txt": b""}
    write_tree(tmp_path / "my archives", files)
    client = make_client()
    for found in (client.find, client.find_links):
        links = found(form(tmp_path / "my archives"), "my-app")
        assert names(links) == [NAME, "my_app-1.1.tar.gz"]
        assert [link.size for link in links] == [len(ARCHIVE), 1]
        assert client.download(links[0].url, {}).read_bytes() == ARCHIVE


def test_a_directory_by_a_relative_path(tmp_path, make_client, monkeypatch):
    write_tree(tmp_path / "archives", {NAME: ARCHIVE})
    monkeypatch.chdir(tmp_path)
    client = make_client()
    (link,) = client.find("archives", "my-app")
    assert client.download(link.url, {}) == tmp_path / "archives" / NAME
    assert client.download(f"archives/{NAME}", {}).read_bytes() == ARCHIVE


def test_a_directory_that_is_not_there_is_an_error(tmp_path, make_client):
    for found in (make_client().find, make_client().find_links):
        with pytest.raises(
            DownloadError, match=r"gone: no such file or directory\. .*pip config list"
        ):
            found(str(tmp_path / "gone"), "my-app")
    with pytest.raises(DownloadError, match=r"Cannot read .*gone-1.tar.gz: No such file"):
        make_client().download(str(tmp_path / "gone-1.tar.gz"), {})


def test_a_file_is_not_an_index(tmp_path, make_client):
    (tmp_path / "simple").write_text("")
    with pytest.raises(DownloadError, match=r"Cannot read .*simple: Not a directory\. Check"):
        make_client().find(str(tmp_path / "simple"), "my-app")


def test_a_directory_may_hold_other_things(tmp_path, make_client):
    write_tree(tmp_path, {NAME: ARCHIVE, "my-app-2.tar.gz/x": "", "my-app/notes.txt": ""})
    (tmp_path / "my-app-3.tar.gz").symlink_to("nowhere")
    with pytest.raises(DownloadError, match=r"Cannot read .*my-app-3.tar.gz: No such file"):
        make_client().find(str(tmp_path), "my-app")
    (tmp_path / "my-app-3.tar.gz").unlink()
    assert names(make_client().find(str(tmp_path), "my-app")) == [NAME]


def test_a_page_in_a_directory_that_cannot_be_read_is_an_error(tmp_path, make_client):
    write_tree(tmp_path, {"a/index.html/x": "", "b/index.html": "<![x[<a href=b-1.zip>"})
    with pytest.raises(DownloadError, match=r"Cannot read .*a/index.html: Is a directory"):
        make_client().find(str(tmp_path), "a")
    with pytest.raises(DownloadError, match=r"b/index.html: invalid HTML\. Correct the page"):
        make_client().find(str(tmp_path), "b")
