"""Answers of pip that are kept: only while they are right, and never with credentials."""

import json
import os

import pytest

from sdist_upip.index.pip import answers
from sdist_upip.index.pip.answers import find_answer, keep_answer, read_status

ANSWER = {"index_url": "https://i.test/simple", "timeout": 15.0, "find_links": ["/srv"]}


@pytest.fixture
def files(tmp_path, monkeypatch):
    """A configuration file, a missing one and a directory of modules; none counts as recent."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(answers, "_RECENT", -3600)
    for name in [name for name in os.environ if name.startswith("PIP_")]:
        monkeypatch.delenv(name)
    (tmp_path / "pip.conf").write_text("[global]\n")
    (tmp_path / "site-packages").mkdir()
    return [str(tmp_path / name) for name in ("pip.conf", "none.conf", "site-packages")]


def keep(files, **values):
    status = {name: read_status(name) for name in files}
    inputs = {name: value and list(value) for name, value in status.items()}
    keep_answer("python", "script", ANSWER | values, inputs)


def find(python="python", script="script"):
    return find_answer(python, script)


def kept(tmp_path):
    """Return the one file of the cache."""
    (path,) = (tmp_path / "cache").rglob("*.*")
    return path


def test_an_answer_is_found_while_nothing_changes(files, tmp_path):
    assert find() is None
    keep(files)
    assert find() == ANSWER
    assert kept(tmp_path).stat().st_mode & 0o777 == 0o600
    assert find(script="another") is None
    assert find("another python") is None
    keep(files, timeout=2.0)
    assert find()["timeout"] == 2.0


@pytest.mark.parametrize(
    "change",
    [
        lambda files: files["pip.conf"].write_text("[global]\n\n"),
        lambda files: os.utime(files["pip.conf"], (0, 0)),
        lambda files: files["pip.conf"].unlink(),
        lambda files: files["pip.conf"].chmod(0o400),
        lambda files: files["pip.conf"].rename(files["none.conf"]),
        lambda files: files["none.conf"].write_text(""),
        lambda files: files["none.conf"].mkdir(),
        lambda files: (files["site-packages"] / "pip").mkdir(),
    ],
)
def test_a_file_that_pip_reads_has_changed(files, tmp_path, change):
    keep(files)
    change({name: tmp_path / name for name in ("pip.conf", "none.conf", "site-packages")})
    assert find() is None


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("PIP_INDEX_URL", True),
        ("PIP_CONFIG_FILE", True),
        ("PYTHONPATH", True),
        ("HOME", True),
        ("XDG_CONFIG_DIRS", True),
        ("APPDATA", True),
        ("VIRTUAL_ENV", True),
        ("OLDPWD", False),
    ],
)
def test_a_variable_that_pip_reads_has_changed(files, monkeypatch, name, counts):
    keep(files)
    monkeypatch.setenv(name, "/another")
    assert (find() is None) is counts


@pytest.mark.parametrize(
    "values",
    [
        {"index_url": "https://me:secret@i.test/simple"},
        {"extra_index_urls": ["https://token@i.test/simple"]},
        {"proxy": "http://me:secret@proxy.test:3128"},
        {"find_links": ["https://i.test/?token=secret"]},
    ],
)
def test_credentials_are_not_kept(files, tmp_path, values):
    keep(files, **values)
    assert find() is None
    assert not (tmp_path / "cache").exists()


def test_a_file_that_changes_meanwhile_is_not_trusted(files, tmp_path, monkeypatch):
    before = {name: (status := read_status(name)) and list(status) for name in files}
    (tmp_path / "pip.conf").write_text("[global]\nretries = 1\n")
    keep_answer("python", "script", ANSWER, before)
    assert find() is None
    monkeypatch.setattr(answers, "_RECENT", 2)  # the next change may have the same time
    keep(files)
    assert find() is None


def test_relative_names_depend_on_the_directory(files, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    keep(["pip.conf"])
    assert find() is None


@pytest.mark.parametrize(
    "text",
    [
        *(b"", b"{", b"\xff", b"[]", b"null", b"{}", b'{"key": 1}', b"[" * 100_000),
        *(
            b'{"key": KEY}',
            b'{"key": KEY, "inputs": []}',
            b'{"key": KEY, "inputs": {"\\u0000": 1}}',
        ),
    ],
)
def test_a_damaged_file_is_ignored(files, tmp_path, text):
    keep(files)
    path = kept(tmp_path)
    key = json.dumps(json.loads(path.read_bytes())["key"])
    path.write_bytes(text.replace(b"KEY", key.encode()))
    assert find() is None
    keep(files)
    assert find() == ANSWER


@pytest.mark.parametrize("answer", ["text", {"unknown": 1}, ANSWER | {"timeout": "x"}, ANSWER | {}])
def test_a_damaged_answer_is_ignored(files, tmp_path, answer):
    keep(files)
    found = json.loads(kept(tmp_path).read_bytes())
    kept(tmp_path).write_text(json.dumps(found | {"answer": answer}))
    assert find() == (ANSWER if answer == ANSWER else None)


def test_a_file_that_others_may_write_is_ignored(files, tmp_path):
    keep(files)
    kept(tmp_path).chmod(0o620)
    assert find() is None
    kept(tmp_path).unlink()
    os.mkfifo(tmp_path / "cache/fifo")
    assert find() is None


def test_a_file_of_another_user_is_ignored(files, monkeypatch):
    keep(files)
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    assert find() is None


def test_without_a_place_nothing_is_kept(files, tmp_path, monkeypatch):
    (tmp_path / "cache").write_text("")
    keep(files)
    assert find() is None
    (tmp_path / "cache").unlink()
    monkeypatch.setattr(answers, "user_cache", lambda name: answers.Path("~/.cache"))
    monkeypatch.chdir(tmp_path)
    keep(files)
    assert not (tmp_path / "~").exists()
