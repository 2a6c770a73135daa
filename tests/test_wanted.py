"""Words of the command line and lists: what they name."""

from pathlib import Path

import pytest

from conftest import write_tree
from sdist_upip.errors import ConfigError, ResolutionError
from sdist_upip.requirements.arguments import Given, Named, Project, read_list, read_words

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
        *(Project(Path(directory)) for directory in ("my_app", "my_app", ".")),
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
        ("no/such/directory", "is no directory of a project"),
        ("app-1.0.zip", "devices read .tar.gz alone"),
        ("http://[::1/app-1.tar.gz", "Invalid IPv6 URL; write https://HOST/PATH"),
        ("file://server/app-1.tar.gz", "write file:///PATH"),
        ("~nobody-here/app-1.tar.gz", "this home directory is not known; write it out"),
        ("~nobody-here/app", "this home directory is not known; write it out"),
        ("a\0b-1.tar.gz", "has a NUL in it"),
    ],
)
def test_words_that_name_nothing(word, reason):
    with pytest.raises(ConfigError, match=reason):
        read_words([word])


@pytest.mark.parametrize(
    "word, reason",
    [
        ("app >=", "cannot read the requirement 'app >=': .*; it is written as NAME>=1.0,<2"),
        ("\u00e9", "it is written as NAME>=1.0,<2"),
        ("app==" + "9" * 5000, r"'app==9+\u2026' has 5005 characters; shorten it"),
    ],
)
def test_requirements_that_nobody_reads(word, reason):
    with pytest.raises(ResolutionError, match=reason):
        read_words([word])


@pytest.mark.parametrize(
    "word",
    [
        "https://user:secret@host/app-1.zip",
        "ftp://user:secret@host/app-1.tar.gz",
        "https://user:secret@[::1/app-1.tar.gz",
        "https://user:secret@host/app-1.tar.gz#md5=1",
        "app @ https://user:secret@host/app-1.tar.gz",
    ],
)
def test_no_message_has_a_password(word, tmp_path):
    with pytest.raises(ConfigError) as caught:
        read_words([word])
    assert "secret" not in str(caught.value)
    (tmp_path / "list.txt").write_text(f"app --extra-index-url={word}\n")
    with pytest.raises(ConfigError) as caught:
        read_list(tmp_path / "list.txt")
    assert "secret" not in str(caught.value)


def test_a_tilde_is_the_home_directory(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    write_tree(tmp_path, {"app/setup.py": "", "in/list.txt": "~/app\n~/app-1.tar.gz\n"})
    wanted = [Project(tmp_path / "app"), Given(tmp_path / "app-1.tar.gz", "app-1.tar.gz")]
    assert read_words(["~/app", "~/app-1.tar.gz"]) == wanted
    assert read_list(tmp_path / "in" / "list.txt") == wanted


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
        ("a --hash=sha256:00", "line 1: options are not taken from there; take '--hash' out"),
        ("a \\\nb", "line 1: it goes on in the next line"),
        ("\n./nothing", "list.txt, line 2: './nothing' is no directory"),
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
