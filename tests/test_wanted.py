"""Words of the command line and lists: what they name."""

from pathlib import Path

import pytest

from conftest import write_tree
from sdist_upip.errors import ConfigError
from sdist_upip.wanted import Given, Named, Project, read_list, read_words

SHA = "0123456789abcdef" * 4


def test_words(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my_app").mkdir()
    words = [
        "my_app",
        "logging[x] >=1.0, <2",
        "./my_app",
        "my_app/",
        ".",
        "dist/my_app-1.0.tar.gz",
        f"https://user:secret@host/a/b%2B-1.0.tar.gz#sha256={SHA.upper()}",
        (tmp_path / "c d-1.whl").as_uri(),
    ]
    *plain, remote, local = read_words(words)
    assert plain == [
        Named("my_app"),
        Named("logging[x] >=1.0, <2"),
        *(Project(Path(folder)) for folder in ("my_app", "my_app", ".")),
        Given(Path("dist/my_app-1.0.tar.gz"), "my_app-1.0.tar.gz"),
    ]
    assert (remote.filename, remote.hashes) == ("b+-1.0.tar.gz", {"sha256": SHA})
    assert remote.shown == "https://host/a/b%2B-1.0.tar.gz"
    assert local == Given(tmp_path / "c d-1.whl", "c d-1.whl")


@pytest.mark.parametrize(
    "word, reason",
    [
        ("", "an empty word"),
        ("app @ https://host/app-1.tar.gz", "give the address alone"),
        ("https://host/app-1.zip", "ends in neither .tar.gz nor .whl"),
        ("ftp://host/app-1.tar.gz", "begins with https://, http:// or file://"),
        ("git+https://host/app-1.tar.gz", "begins with https://, http:// or file://"),
        ("app-1.tar.gz#sha256=12", "no sha256=… of 64 digits"),
        ("app-1.tar.gz#md5=12", "no sha256=… of 64 digits"),
        ("no/such/folder", "is no folder of a project"),
    ],
)
def test_words_that_name_nothing(word, reason):
    with pytest.raises(ConfigError, match=reason):
        read_words([word])


def test_a_list(tmp_path):
    write_tree(
        tmp_path / "in",
        {
            "list.txt": "\ufeff# comment\n\nlogging>=1  # why\r\n"
            f"dist/app-1.tar.gz#sha256={SHA}\n  ./app\n",
            "app/setup.py": "",
        },
    )
    found = read_list(tmp_path / "in" / "list.txt")
    assert found == [
        Named("logging>=1"),
        Given(tmp_path / "in/dist/app-1.tar.gz", "app-1.tar.gz", {"sha256": SHA}),
        Project(tmp_path / "in/app"),
    ]


@pytest.mark.parametrize(
    "text, reason",
    [
        ("a\n-i https://host", "list.txt, line 2: options are not taken from there"),
        ("\n./nothing", "list.txt, line 2: './nothing' is no folder"),
        (b"\xff", "is not UTF-8"),
    ],
)
def test_lists_with_mistakes(tmp_path, text, reason):
    write_tree(tmp_path, {"list.txt": text})
    with pytest.raises(ConfigError, match=reason):
        read_list(tmp_path / "list.txt")


def test_no_list(tmp_path):
    with pytest.raises(ConfigError, match="No such file or directory; name a file"):
        read_list(tmp_path / "list.txt")
