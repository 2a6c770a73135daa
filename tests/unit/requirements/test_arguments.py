"""Arguments of the command line and lines of requirement files."""

from pathlib import Path

import pytest
from packaging.requirements import Requirement

from sdist_upip.errors import ConfigError, ResolutionError
from sdist_upip.index.link import Link
from sdist_upip.requirements.arguments import parse_requirements, read_requirements_file
from support.hostile_names import HOSTILE_PARTS, HOSTILE_WHEELS
from support.trees import write_tree

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
    *plain, remote, local = parse_requirements(words)
    assert plain == [
        Requirement("my_app"),
        Requirement("logging[x]>=1.0,<2"),
        *(Path(directory) for directory in ("my_app", "my_app", ".")),
        Link("my_app-1.0.tar.gz", "dist/my_app-1.0.tar.gz"),
    ]
    assert (remote.filename, remote.hashes) == ("b+-1.0.tar.gz", {"sha256": SHA})
    assert str(remote) == "https://host/a/b%2B-1.0.tar.gz"
    assert local == Link("c d-1.whl", str(tmp_path / "c d-1.whl"))
    assert (remote.path, local.path) == (None, tmp_path / "c d-1.whl")


@pytest.mark.parametrize(
    "word, reason",
    [
        ("", "An empty argument names no package"),
        ("app @ https://host/app-1.tar.gz", "Pass the URL alone"),
        ("https://host/app-1.zip", "ends in neither .tar.gz nor .whl"),
        ("ftp://host/app-1.tar.gz", "Use https://, http:// or file://"),
        ("git+https://host/app-1.tar.gz", "Use https://, http:// or file://"),
        ("app-1.tar.gz#sha256=12", "is not sha256= with 64 hexadecimal digits"),
        ("app-1.tar.gz#md5=12", "is not sha256= with 64 hexadecimal digits"),
        ("no/such/directory", "is neither a project directory nor an archive"),
        ("app-1.0.zip", "devices read .tar.gz only"),
        ("http://[::1/app-1.tar.gz", "Invalid IPv6 URL. Write https://HOST/PATH"),
        ("file://server/app-1.tar.gz", "Write file:///PATH"),
        ("~nobody-here/app-1.tar.gz", "this home directory is not known. Write the path out"),
        ("~nobody-here/app", "this home directory is not known. Write the path out"),
        ("a\0b-1.tar.gz", "has a NUL character"),
        ("SDIST_UPIP.pkg-resources>=1", "is part of sdist-upip, and no index has it"),
    ],
)
def test_words_that_name_nothing(word, reason):
    with pytest.raises(ConfigError, match=reason):
        parse_requirements([word])


@pytest.mark.parametrize("base", ["https://host/a/", "file:///tmp/"])
@pytest.mark.parametrize(("part", "defect"), [*HOSTILE_PARTS.items(), *HOSTILE_WHEELS.items()])
def test_urls_whose_last_part_is_not_one_file_name(tmp_path, base, part, defect):
    (tmp_path / "list.txt").write_text(f"{base}{part}\n")
    for read, source in (
        (parse_requirements, [base + part]),
        (read_requirements_file, tmp_path / "list.txt"),
    ):
        with pytest.raises(ConfigError, match=r"the file name .* Pass the URL") as caught:
            read(source)
        assert defect in str(caught.value)


@pytest.mark.parametrize(
    "word, reason",
    [
        ("app >=", "Invalid requirement 'app >=': .*Write it like NAME>=1.0,<2"),
        ("\u00e9", "Write it like NAME>=1.0,<2"),
        ("app==" + "9" * 5000, r"'app==9+\u2026' has 5005 characters\. Shorten it"),
    ],
)
def test_requirements_that_are_not_supported(word, reason):
    with pytest.raises(ResolutionError, match=reason):
        parse_requirements([word])


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
        parse_requirements([word])
    assert "secret" not in str(caught.value)
    (tmp_path / "list.txt").write_text(f"app --extra-index-url={word}\n")
    with pytest.raises(ConfigError) as caught:
        read_requirements_file(tmp_path / "list.txt")
    assert "secret" not in str(caught.value)


def test_a_tilde_is_the_home_directory(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    write_tree(tmp_path, {"app/setup.py": "", "in/list.txt": "~/app\n~/app-1.tar.gz\n"})
    roots = [tmp_path / "app", Link("app-1.tar.gz", str(tmp_path / "app-1.tar.gz"))]
    assert parse_requirements(["~/app", "~/app-1.tar.gz"]) == roots
    assert read_requirements_file(tmp_path / "in" / "list.txt") == roots


def test_a_list(tmp_path):
    write_tree(
        tmp_path / "in",
        {
            "list.txt": "\ufeff# comment\n\nlogging>=1  # why\r\n"
            f"dist/app-1.tar.gz#sha256={SHA}\n  ./app\n",
            "app/setup.py": "",
        },
    )
    found = read_requirements_file(tmp_path / "in" / "list.txt")
    assert found == [
        Requirement("logging>=1"),
        Link("app-1.tar.gz", str(tmp_path / "in/dist/app-1.tar.gz"), {"sha256": SHA}),
        tmp_path / "in/app",
    ]


@pytest.mark.parametrize(
    "text, reason",
    [
        ("a\n-i https://host", "list.txt, line 2: options are not supported in requirement files"),
        (
            "a --hash=sha256:00",
            "line 1: options are not supported in requirement files. Remove '--hash'",
        ),
        ("a \\\nb", "line 1: line continuations are not supported"),
        ("\n./nothing", "list.txt, line 2: './nothing' is neither a project directory"),
        (b"\xff", "is not UTF-8"),
    ],
)
def test_lists_with_mistakes(tmp_path, text, reason):
    write_tree(tmp_path, {"list.txt": text})
    with pytest.raises(ConfigError, match=reason):
        read_requirements_file(tmp_path / "list.txt")


def test_no_list(tmp_path):
    with pytest.raises(ConfigError, match=r"No such file or directory\. Pass a file"):
        read_requirements_file(tmp_path / "list.txt")
