"""No package brings files into the places of records and of interrupted changes."""

import pytest

from sdist_upip.cli.main import main
from support.archives import header, member, raw_archive
from support.trees import read_tree
from support.wheels import FILES, make_wheel

pytestmark = pytest.mark.usefixtures("own_pip")

JOURNAL = b'{"put": ["boot.py"], "remove": ["main.py"], "seal": ""}'
PLACES = (
    ".sdist-upip/journal.json",
    ".SDIST-UPIP/journal.json",
    ".sdist-upip./journal.json",
    ".sdist-upip /journal.json",
    "SDIST-~1/journal.json",
    ".sdist-upip.0123abcd/journal.json",
    ".sdist-upip.lock",
    ".sdist-upip",
    ".upip/journal.txt",
    ".Upip/x",
    ".upip./owned.new",
    ".upip /owned.new",
    "UPIP~1/owned.new",
)
INFO = b"Metadata-Version: 2.1\nName: x\nVersion: 1.0\n"


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    """Runs a command beside an installed package; returns its exit code and its error."""
    monkeypatch.chdir(tmp_path)

    def call(*words):
        code = main(list(map(str, words)))
        error = capsys.readouterr().err
        assert "Traceback" not in error
        return code, error

    return call


def archive(path):
    return raw_archive(
        member("x-1.0/PKG-INFO", INFO),
        member("x-1.0/x.py", b"1"),
        member(f"x-1.0/{path}", JOURNAL),
        member("x-1.0/.sdist-upip/0", b"evil") if path[:12] == ".sdist-upip/" else b"",
    )


@pytest.mark.parametrize("path", PLACES)
@pytest.mark.parametrize("options", [(), ("--convert",), ("--freeze", "-p", "modules")])
def test_an_archive(call, tmp_path, path, options):
    (tmp_path / "x-1.0.tar.gz").write_bytes(archive(path))
    before = read_tree(tmp_path)
    code, error = call("install", "--no-index", "./x-1.0.tar.gz", *options)
    assert code == 1
    assert error.startswith("error: x 1.0: ")
    assert read_tree(tmp_path) == before


@pytest.mark.parametrize("path", PLACES)
def test_a_wheel(call, tmp_path, path):
    files = {**FILES, f"x-1.0.data/data/{path}": JOURNAL.decode()}
    make_wheel(tmp_path, files, "x-1.0-py3-none-any.whl")
    before = read_tree(tmp_path)
    assert call("install", "--no-index", "--convert", "./x-1.0-py3-none-any.whl")[0] == 1
    assert read_tree(tmp_path) == before


@pytest.mark.parametrize("path", PLACES)
def test_an_archive_with_other_headers(call, tmp_path, path):
    """`--convert` packs such an archive again."""
    pax = header(b"x-1.0/PaxHeader", 8, b"x") + b"8 a=bcd\n".ljust(512, b"\0")
    data = raw_archive(pax, member("x-1.0/x.py", b"1"), member(f"x-1.0/{path}", JOURNAL))
    (tmp_path / "x-1.0.tar.gz").write_bytes(data)
    before = read_tree(tmp_path)
    assert call("install", "--no-index", "--convert", "./x-1.0.tar.gz")[0] == 1
    assert read_tree(tmp_path) == before


@pytest.mark.parametrize("path", PLACES)
def test_frozen_packages(call, tmp_path, path):
    """Data files become resources; a journal is never written."""
    (tmp_path / "x-1.0.tar.gz").write_bytes(archive(path))
    call("freeze", "-p", "modules", "x-1.0.tar.gz")
    assert set(read_tree(tmp_path)) <= {
        *("x-1.0.tar.gz", "modules/x.py", "modules/R.py", "modules/manifest.py"),
        "modules/pkg_resources.py",
    }
