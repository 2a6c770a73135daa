"""URLs, lines and locks whose last part would choose where a file is written."""

import hashlib
import re

import pytest

from sdist_upip.cli.main import main
from support.archives import make_archive
from support.hostile_names import HOSTILE_PARTS
from support.index_server import Reply
from support.trees import read_tree

ARCHIVE = make_archive("evil", "1.0")
SHA256 = hashlib.sha256(ARCHIVE).hexdigest()
OUTSIDE = "%2e%2e%2f%2e%2e%2f%2e%2e%2foutside%2fevil-1.0.tar.gz"


@pytest.fixture
def run(tmp_path, monkeypatch, own_pip, own_network, capsys):
    """A function that installs to `lib`, and returns the exit code and the error."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "outside").mkdir()
    own_pip.write_text("[global]\nno-index = true\n")

    def run(*arguments):
        code = main(["install", "-p", "lib", "--cache-dir", "cache", *map(str, arguments)])
        return code, capsys.readouterr().err

    return run


@pytest.mark.parametrize("part", [OUTSIDE, *HOSTILE_PARTS])
def test_no_url_writes_a_file(part, index, run, tmp_path):
    absolute = f"%2f{str(tmp_path / 'outside').lstrip('/').replace('/', '%2f')}%2fevil-1.0.tar.gz"
    for name in (part, absolute):
        url = index.url(f"/a/{name}")
        index.replies[f"/a/{name}"] = Reply(ARCHIVE)
        (tmp_path / "list.txt").write_text(f"{url}\n")
        before = read_tree(tmp_path)
        for arguments in ([url], ["-r", "list.txt"], [f"{url}#sha256={SHA256}"]):
            code, error = run(*arguments)
            assert code == 1
            assert "the file name" in error
        assert read_tree(tmp_path) == before
        assert run("--lock", "pylock.toml", url)[0] == 1
        assert read_tree(tmp_path) == before


def test_a_lock_writes_no_file_elsewhere(index, run, tmp_path):
    index.replies[f"/{OUTSIDE}"] = Reply(ARCHIVE)
    (tmp_path / "pylock.toml").write_text(
        'lock-version = "1.0"\ncreated-by = "someone"\n[[packages]]\nname = "evil"\n'
        f'archive = {{url = "{index.url(f"/{OUTSIDE}")}", hashes = {{sha256 = "{SHA256}"}}}}\n'
    )
    before = read_tree(tmp_path)
    code, error = run("--lock", "pylock.toml")
    assert code == 1
    assert "the file name" in error
    assert read_tree(tmp_path) == before


def test_a_redirect_does_not_name_the_file(index, run, tmp_path):
    index.replies["/evil-1.0.tar.gz"] = Reply(
        status=302,
        headers={
            "Location": f"/{OUTSIDE}",
            "Content-Disposition": 'attachment; filename="../../outside/evil-1.0.tar.gz"',
        },
    )
    index.replies[f"/{OUTSIDE}"] = Reply(
        ARCHIVE, headers={"Content-Disposition": 'attachment; filename="../../outside/x.tar.gz"'}
    )
    code, error = run(index.url("/evil-1.0.tar.gz"))
    assert (code, error) == (0, "")
    assert read_tree(tmp_path / "outside") == {}
    assert [path.name for path in (tmp_path / "cache").rglob("*.gz")] == ["evil-1.0.tar.gz"]


LOCK = """
lock-version = "1.0"
created-by = "someone"
[[packages]]
name = "evil"
archive = {{url = "{url}", size = {size}, hashes = {{sha256 = "{sha256}"}}}}
"""


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, ""),
        ({"size": len(ARCHIVE) + 1}, "size mismatch: expected "),
        ({"size": 0}, "size mismatch: expected 0 bytes"),
        ({"sha256": SHA256[:-1]}, "but no sha256 of 64 digits"),
        ({"sha256": ""}, "is not a valid lock file|but no sha256 of 64 digits"),
        ({"sha256": SHA256[::-1]}, "hash mismatch"),
        ({"url": "file://host/{path}"}, "file: URLs of other hosts"),
        ({"url": "file:////host/{path}"}, "file: URLs of other hosts"),
        ({"url": "file://{path}"}, ""),
    ],
)
def test_a_lock_is_taken_at_its_word(index, run, tmp_path, change, reason):
    (tmp_path / "evil-1.0.tar.gz").write_bytes(ARCHIVE)
    url = index.url(index.add("evil-1.0.tar.gz", ARCHIVE))
    values = {"url": url, "size": len(ARCHIVE), "sha256": SHA256, **change}
    values["url"] = values["url"].format(path=tmp_path / "evil-1.0.tar.gz")
    (tmp_path / "pylock.toml").write_text(LOCK.format(**values))
    code, error = run("--lock", "pylock.toml")
    assert code == (1 if reason else 0)
    assert re.search(reason, error)
    assert (tmp_path / "lib").exists() is not bool(reason)
