"""Names and versions that are none never reach a record, by whatever way they come."""

import hashlib
import html
import re
from urllib.parse import quote

import pytest

from sdist_upip.cli.main import main
from support.archives import make_archive
from support.index_server import Reply
from support.trees import read_tree
from support.wheels import FILES, make_wheel

pytestmark = pytest.mark.usefixtures("own_pip")

ARCHIVE = make_archive("good", "1.0")
STEMS = (
    "good-1.0\n",
    "good-1.0+x\nfile 00 boot.py",
    "good-1.0\x1b[2J",
    "good-1.0 ",
    "good-1.0+\u017f",
    "go od-1.0",
    "go\x1bod-1.0",
    "go\nod-1.0",
    "go\x85od-1.0",
    "go\u202eod-1.0",
    "..-1.0",
    ".good-1.0",
    "_good-1.0",
    "good_-1.0",
    " good-1.0",
    "good;-1.0",
    "go~od-1.0",
)
"""File names without their suffix, each with a name or a version that is none."""


@pytest.fixture
def refuse(tmp_path, monkeypatch, capsys):
    """Runs install in an empty directory, which refuses and writes nothing; returns the error."""
    monkeypatch.chdir(tmp_path)

    def refuse(*words):
        before = read_tree(tmp_path)
        assert main(["install", "--no-index", *words]) == 1
        shown = capsys.readouterr()
        assert "Traceback" not in shown.err
        assert shown.err.startswith("error: ")
        assert read_tree(tmp_path) == before
        return shown.err

    return refuse


@pytest.mark.parametrize("stem", STEMS)
def test_a_file(refuse, tmp_path, stem):
    (tmp_path / f"{stem}.tar.gz").write_bytes(ARCHIVE)
    error = refuse(f"./{stem}.tar.gz")
    assert re.search(r"is not named NAME-VERSION\.tar\.gz|: the file name ", error)


@pytest.mark.parametrize("convert", [(), ("--convert",)])
@pytest.mark.parametrize("stem", STEMS)
def test_a_wheel(refuse, tmp_path, stem, convert):
    path = make_wheel(tmp_path, FILES, f"{stem}-py3-none-any.whl")
    assert re.search("Invalid |: the file name ", refuse(f"./{path.name}", *convert))


@pytest.mark.parametrize("stem", STEMS)
def test_a_url(refuse, index, stem):
    name = quote(f"{stem}.tar.gz")
    index.replies[f"/files/{name}"] = Reply(ARCHIVE)
    refuse(index.url(f"/files/{name}"))
    assert index.requests == []


@pytest.mark.parametrize("field", ["url", "path", "sdist"])
@pytest.mark.parametrize("stem", STEMS)
def test_an_entry_of_a_lock(refuse, tmp_path, index, stem, field):
    filename = f"{stem}.tar.gz"
    (tmp_path / filename).write_bytes(ARCHIVE)
    text = "".join(f"\\u{ord(letter):04x}" for letter in filename)
    place = f'url = "{index.url("/" + quote(filename))}"' if field == "url" else f'path = "{text}"'
    sha256 = hashlib.sha256(ARCHIVE).hexdigest()
    file = f'{place}, hashes = {{sha256 = "{sha256}"}}'
    entry = f"archive = {{{file}}}"
    if field == "sdist":
        entry = f'version = "1.0"\nsdist = {{name = "{text}", {file}}}'
    (tmp_path / "pylock.toml").write_text(
        'lock-version = "1.0"\ncreated-by = "x"\n[[packages]]\nname = "good"\n' + entry
    )
    refuse("--lock", "pylock.toml")


@pytest.mark.parametrize("stem", STEMS)
@pytest.mark.parametrize("json", [False, True])
def test_a_link_of_a_page(tmp_path, monkeypatch, capsys, index, stem, json):
    name = quote(f"{stem}.tar.gz")
    monkeypatch.chdir(tmp_path)
    page = f'<a href="/files/{html.escape(name)}">{html.escape(stem)}</a>'.encode()
    headers = {"Content-Type": "text/html"}
    if json:
        text = "".join(f"\\u{ord(letter):04x}" for letter in f"{stem}.tar.gz")
        page = f'{{"files": [{{"filename": "{text}", "url": "/files/{name}", "hashes": {{}}}}]}}'
        headers = {"Content-Type": "application/vnd.pypi.simple.v1+json"}
        page = page.encode()
    index.replies["/simple/good/"] = Reply(page, 200, headers)
    index.replies[f"/files/{name}"] = Reply(ARCHIVE)
    code = main(["install", "-i", index.simple, "good"])
    assert "Traceback" not in capsys.readouterr().err
    if json:
        assert code == 1
        assert index.requests == ["/simple/good/"]
    if code == 0:  # letters that file names do not have are replaced
        record = (tmp_path / "lib/.upip/good").read_text().splitlines()
        assert re.fullmatch(r"good 1\.0(\+[a-z0-9._]+)?", record[0])
        assert [line.split()[2] for line in record[1:]] == ["good.py"]
    else:
        assert list(tmp_path.iterdir()) == []
