"""Text from elsewhere, as every command and front end shows it: safe, short, without secrets."""

import hashlib
import json
import os
import pty
import sys
import warnings

import pytest

from sdist_upip.cli.main import main
from support.archives import header, make_archive, pack_tar
from support.index_server import Index
from support.processes import read_terminal, run_python
from support.projects import BACKEND
from support.trees import write_tree
from support.warm_python import run_warm

pytestmark = pytest.mark.usefixtures("own_pip", "own_network")

INLINE = "\x1b]0;x\x07\u202e\x9b31m\x7f"
"""Characters that a line of a file may contain."""
EVIL = f"{INLINE}\nerror: y\r\u2028error: y\x85error: y"
TOML = json.dumps(EVIL)
SECRET = "SECRET"


@pytest.fixture
def run(capsys, monkeypatch, tmp_path):
    """A function that runs a command in `tmp_path`; returns exit code, output and errors."""
    monkeypatch.chdir(tmp_path)

    def run_command(*arguments):
        capsys.readouterr()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            try:
                code = main(list(map(str, arguments)))
            except SystemExit as ending:  # Python prints a text
                code = ending.code
                if isinstance(code, str):
                    sys.stderr.write(f"{code}\n")
                    code = 1
        return code, *capsys.readouterr()

    return run_command


def assert_safe(*texts):
    for text in texts:
        assert text.replace("\n", "").isprintable(), text
        assert not any(line.startswith(("error: y", "warning: y")) for line in text.split("\n"))
        assert "Traceback" not in text
        assert SECRET not in text


def make_evil_archive(name=f"a-1.0/{INLINE}.py"):
    """Return an archive with a member of that name."""
    metadata = f"Metadata-Version: 2.1\nName: a\nVersion: 1.0\nRequires-Dist: b{INLINE}\n".encode()
    tar = b""
    for path, data in (("a-1.0/PKG-INFO", metadata), (name, b"x = 1\n")):
        tar += header(path.encode(), len(data)) + data.ljust(512, b"\0")
    return pack_tar(tar + bytes(1024))


def install_evil(lib):
    """Write the records of an installed package with such text, and of one that requires it."""
    digest = hashlib.sha256(b"").hexdigest()
    record = f"a 1.0{INLINE}\nfile {digest} {INLINE.replace(chr(127), '')}.py\nneeds b{INLINE}\n"
    other = f"b 1.0\nfile {digest} b.py\nneeds a ; '{INLINE}' == ''\n"
    return write_tree(lib, {".upip/a": record, ".upip/b": other})


@pytest.mark.parametrize("words", [(), ("--json",)])
@pytest.mark.parametrize("command", ["list", "show", "check"])
def test_commands_that_read(command, words, run, tmp_path):
    if command == "list":
        install_evil(tmp_path / "lib")
        code, out, err = run("list", *words)
    else:
        (tmp_path / f"a-1.0{INLINE}.tar.gz").write_bytes(make_evil_archive())
        code, out, err = run(command, *words, f"a-1.0{INLINE}.tar.gz", f"none{EVIL}.tar.gz")
    assert code in (0, 1)
    assert out or err
    assert_safe(out, err)
    if words and out:
        json.loads(out)


@pytest.mark.parametrize(
    "files",
    [
        {".upip/a": f"a 1.0{INLINE}\n"},
        {".upip/a": f"b{INLINE} 1.0\n"},
        {".upip/a": f"a 1.0\nfile 00 ../{INLINE}.py\n"},
        {f".upip/{EVIL}": "a 1.0\n"},
        {".upip/journal.txt": f"+a {EVIL}"},
        {".upip/journal.txt": "+a", ".upip/a.new": f"a 1.0\nfile 00 {INLINE}.py\n"},
        {".upip/journal.txt": "+a", f".upip/{INLINE}.new": ""},
    ],
)
def test_damaged_records_and_journals(files, tmp_path):
    write_tree(tmp_path / "lib", files)
    for command in (["list"], ["list"], ["list", "--json"], ["uninstall", "a"]):
        result = run_warm("-m", "sdist_upip", *command, cwd=tmp_path)
        assert result.returncode in (0, 1)
        assert_safe(result.stdout, result.stderr)


@pytest.mark.parametrize("path", [EVIL, f"../{INLINE}", f".upip/{INLINE}"])
@pytest.mark.parametrize("key", ["put", "remove", "seal"])
def test_journals_of_generated_files(key, path, run, tmp_path):
    value = path if key == "seal" else [path]
    journal = {"put": [], "remove": [], "seal": "", key: value}
    write_tree(tmp_path / "dev", {".sdist-upip/journal.json": json.dumps(journal)})
    code, out, err = run("device", "-p", "dev", "--no-index")
    assert code == 1
    assert err.startswith("error: ")
    assert_safe(out, err)


@pytest.mark.parametrize(
    "command",
    [
        ("install", "-p", "lib", "--no-index", "a-1.0.tar.gz"),
        ("install", "-p", "lib", "--no-index", "--convert", "a-1.0.tar.gz"),
        ("install", "-p", "lib", "--freeze", "--no-index", "a-1.0.tar.gz"),
        ("freeze", "-p", f"fz{EVIL}", "a-1.0.tar.gz"),
        ("freeze", "-p", f"fz{EVIL}", "good-1.0.tar.gz"),
        ("repack", "a-1.0.tar.gz"),
        ("repack", "good-1.0.tar.gz", "-o", f"new{EVIL}.tar.gz"),
        ("repack", "--complete", "a-1.0.tar.gz"),
        ("repack", f"none{EVIL}.tar.gz"),
        ("res", f"none{EVIL}"),
        ("res", f"data{EVIL}"),
        ("migrate", f"none{EVIL}"),
        ("device", "-p", f"dev{EVIL}", "--no-index"),
        ("device", "-p", "dev", "-i", f"https://h/{EVIL}"),
        ("device", "-p", "dev", "--ca", EVIL, "-i", "https://h/"),
        ("device", "-p", "dev", "--no-index", "--mpy", EVIL),
        ("uninstall", "-p", "lib", EVIL),
        ("uninstall", "-p", f"lib{EVIL}", "a"),
        ("uninstall", "-p", "evil", "a"),
        ("list", "-p", f"lib{EVIL}"),
        ("build", f"none{EVIL}"),
        ("build", "-C", EVIL),
        ("build", "-C", f"{EVIL}=1"),
        ("check", "--ignore", EVIL, "x"),
        ("check", "--window", EVIL, "x"),
        (EVIL,),
        ("install", f"--{EVIL}"),
        ("install", "-p", "lib", "--no-index", EVIL),
        ("install", "-p", "lib", "--no-index", f"a;{EVIL}"),
        ("install", "-p", "lib", "--no-index", f"a[{EVIL}]"),
        ("install", "-p", "lib", "--no-index", f"./{EVIL}"),
        ("install", "-p", "lib", "--no-index", f"a-1.0{EVIL}.tar.gz"),
        ("install", "-p", "lib", "--no-index", "-r", f"none{EVIL}"),
        ("install", "-p", "lib", "--no-index", "-r", "evil.txt"),
        ("install", "-p", "lib", "-i", f"https://h/{EVIL}", "a"),
        ("install", "-p", "lib", "-i", f"none{EVIL}", "a"),
        ("install", "-p", "lib", "-f", f"https://h{EVIL}/x", "--no-index", "a"),
        ("install", "-p", "lib", "-i", "page", "a"),
        ("install", "-p", "lib", "--lock", f"{EVIL}.toml", "a"),
        ("install", "-p", "lib", "--lock", "pylock.toml"),
        ("install", "-p", "lib", "--mpy", EVIL, "a"),
        ("install", "-p", "lib", "--no-index", "--platform", EVIL, "--lock", "pylock.x.toml", "b"),
    ],
    ids=lambda words: " ".join(words).translate({ord(c): "?" for c in EVIL if not c.isprintable()}),
)
def test_commands(command, run, tmp_path):
    install_evil(tmp_path / "evil")
    lock = f'lock-version = "1.0"\ncreated-by = "x"\n[[packages]]\nname = {TOML}\nversion = "1"\n'
    page = f"<a href='a-1.0.tar.gz#sha256={INLINE}'>x</a><a href='a-{EVIL}.tar.gz'>x</a>"
    write_tree(
        tmp_path,
        {
            "a-1.0.tar.gz": make_evil_archive(),
            "good-1.0.tar.gz": make_archive("good", "1.0"),
            f"data{EVIL}": "data",
            "evil.txt": f"a\n{INLINE}\n",
            "pylock.toml": lock,
            "page/a/index.html": page,
        },
    )
    code, out, err = run(*command)
    assert code in (0, 1, 2)
    assert out or err
    assert_safe(out, err)


def test_what_an_index_sends(run, tmp_path):
    with Index() as index:
        index.add("a-1.0.tar.gz", make_evil_archive())
        code, out, err = run("install", "-p", "lib", "-i", index.simple, "a")
        assert code == 1
        assert_safe(out, err)
        path = index.add("b-1.0.tar.gz", b"x")
        index.replies[path].status = 302
        index.replies[path].headers["Location"] = f"ftp://user:{SECRET}@h/\x9b\x1b[2J"
        code, out, err = run("install", "-p", "lib", "-i", index.simple, "b")
        assert code == 1
        assert_safe(out, err)


def test_migrate(run, tmp_path):
    copy = "def gzip_4k(): pass\ndef filter_tar(): pass\n"
    name = f"{EVIL.replace(chr(13), '')}.py"
    write_tree(tmp_path / "p", {name: copy, "setup.py": "import setuptools\n"})
    code, out, err = run("migrate", "p")
    assert code == 0
    assert_safe(out, err)
    assert '--- "a/\\033]0;x\\007\\342\\200\\256' in out


EVIL_TABLES = (
    f"{TOML} = 1",
    f"resources = {TOML}",
    f"include = [{TOML}]",
    f"exclude = [{TOML}, '/x']",
    f"steps = [{TOML}]",
    f"steps = ['minify']\nstep.minify = {{ {TOML} = 1 }}",
    f"step = {TOML}",
    f"compression = {'x' * 20_000!r}",
)


@pytest.mark.parametrize("table", EVIL_TABLES, ids=range(len(EVIL_TABLES)))
def test_configuration(table, make_project, run):
    project = make_project({"x.py": ""}, f"[tool.sdist-upip]\n{table}\n")
    code, out, err = run("build", project)
    assert code == 1
    assert_safe(out, err)
    errors = [line for line in err.splitlines() if line.startswith("error: ")]
    assert len(errors) == 1
    assert len(errors[0]) <= 1000


FRONT_ENDS = {
    "setup.py": ("setup.py", "-q", "sdist"),
    "build_sdist": ("-c", "from sdist_upip import build_meta as b; b.build_sdist('dist')"),
    "get_requires": ("-c", "from sdist_upip import build_meta as b; "
                     "b.get_requires_for_build_sdist(); b.build_sdist('dist')"),
}  # fmt: skip


@pytest.mark.parametrize("name", FRONT_ENDS)
def test_front_ends(name, make_project):
    files = {"x.py": "", "setup.py": "import setuptools, sdist_upip\n"
             "setuptools.setup(cmdclass={'sdist': sdist_upip.sdist})\n"}  # fmt: skip
    project = make_project(files, f"[tool.sdist-upip]\n{TOML} = 'https://u:{SECRET}@h'\n")
    result = run_python(*FRONT_ENDS[name], cwd=project)
    assert result.returncode == 1
    assert_safe(result.stderr)
    assert "unknown key '\\x1b]0;x\\x07\\u202e" in result.stderr


def test_a_build_shows_the_output_of_scripts_escaped(make_project):
    script = f"print({EVIL!r})\nimport sys, setuptools\nsys.stderr.write({INLINE!r})\n"
    script += "setuptools.setup()\n"
    project = make_project({"x.py": "", "setup.py": script})
    result = run_python("-m", "sdist_upip", "build", cwd=project)
    assert result.returncode == 0, result
    assert (result.stdout + result.stderr).replace("\n", "").isprintable()


def test_a_document_on_a_terminal(tmp_path):
    """`res` writes the exact bytes to a file, and escapes them on a terminal."""
    (tmp_path / "é\u202e").write_bytes(b"x")
    parent, child = pty.openpty()
    process = run_python_on(child, "-m", "sdist_upip", "res", "é\u202e", cwd=tmp_path)
    os.close(child)
    shown = read_terminal(parent)
    assert process.wait() == 0
    assert_safe(shown.decode().replace("\r\n", "\n"))


def run_python_on(terminal, *arguments, cwd):
    import subprocess

    return subprocess.Popen([sys.executable, *arguments], cwd=cwd, stdout=terminal, close_fds=True)


LEAKS = (
    "//user:SECRET@127.0.0.1:9/a-1.0.tar.gz",
    "http//user:SECRET@127.0.0.1/a-1.0.tar.gz",
    "http:/user:SECRET@h/a-1.0.tar.gz",
    "https:user:SECRET@h/a-1.0.tar.gz",
    "https://user:SECRET@127.0.0.1:9/a-1.0.tar.gz",
    "https://user:SE/SECRET@127.0.0.1:9/a-1.0.tar.gz",
    "https://user:1/SECRET@127.0.0.1:9/a-1.0.tar.gz",
    "https://user:SECRET@127.0.0.1:port/a-1.0.tar.gz",
    "http//user:my SECRET@127.0.0.1:9/a-1.0.tar.gz",
    "https://user:my SECRET@127.0.0.1:9/a-1.0.tar.gz",
    "https://user:SECRET@[::1/a-1.0.tar.gz",
    "https://SECRET@127.0.0.1:9/a-1.0.tar.gz",
    "ftp://user:SECRET@h/a-1.0.tar.gz",
    "git+https://user:SECRET@h/a-1.0.tar.gz",
    "file://user:SECRET@h/a-1.0.tar.gz",
    "user:SECRET@h/a-1.0.tar.gz",
    "SECRET@h/a-1.0.tar.gz",
    "a @ https://user:SECRET@h/a-1.0.tar.gz",
    "a@https://user:SECRET@h/a-1.0.tar.gz",
    "https://user:SECRET@h/a-1.0.zip",
    "https://user:SECRET@127.0.0.1:9/a-1.0.tar.gz#sha256=x",
    "https://127.0.0.1:9/a-1.0.tar.gz?token=SECRET",
    "https://127.0.0.1:9/x?token=SECRET",
    "http:/127.0.0.1:9/a-1.0.tar.gz?token=SECRET",
)


@pytest.mark.parametrize("url", LEAKS)
@pytest.mark.parametrize("kind", ["argument", "-r", "quoted -r", "-i", "-f", "device", "lock"])
def test_secrets_in_addresses(kind, url, run, own_pip, tmp_path):
    own_pip.write_text("[global]\nretries = 0\n")
    files = {
        "-r": url,
        "quoted -r": f'"{url}" --hash=sha256:0',
        "lock": 'lock-version = "1.0"\ncreated-by = "x"\n[[packages]]\nname = "a"\n'
        f'vcs = {{ type = "git", url = "{url}", commit-id = "0" }}\n',
    }
    commands = {
        "argument": (url,),
        "-r": ("-r", "pylock.toml"),
        "quoted -r": ("-r", "pylock.toml"),
        "-i": ("-i", url.replace("/a-1.0.tar.gz", "/simple"), "a"),
        "-f": ("-f", url, "a"),
        "lock": ("--lock", "pylock.toml"),
    }
    (tmp_path / "pylock.toml").write_text(files.get(kind, ""))
    if kind == "device":
        code, out, err = run("device", "-p", "dev", "-i", url.split("?")[0])
    else:
        code, out, err = run("install", "-p", "lib", "--no-index", *commands[kind])
    assert_safe(out, err)
    assert code == 1 or (kind == "device" and SECRET not in url.split("?")[0]) or err


SETTINGS = (
    ("trusted-host", "user:SECRET@h:x"),
    ("trusted-host", "SECRET@["),
    ("trusted-host", "https://user:SECRET@h:x/"),
    ("proxy", "http://user:SECRET@127.0.0.1:9"),
    ("proxy", "user:SECRET@127.0.0.1:9"),
    ("proxy", "http//user:SECRET@127.0.0.1:9"),
    ("proxy", "http://user:SE/SECRET@127.0.0.1:9"),
    ("proxy", "http://user:SECRET@127.0.0.1:x"),
    ("proxy", "other://user:SECRET@127.0.0.1"),
    ("timeout", "https://user:SECRET@h"),
    ("timeout", "SECRET@["),
    ("retries", "user:SECRET@h"),
    ("index-url", "//user:SECRET@h"),
    ("index-url", "SECRET@h/simple"),
    ("find-links", "http//user:SECRET@h/x.html"),
    ("no such line", "https://user:SECRET@h"),
)


@pytest.mark.parametrize(("name", "value"), SETTINGS)
def test_secrets_in_settings_of_pip(name, value, run, own_pip):
    line = f"{name} = {value}" if name != "no such line" else value
    index = "" if name == "index-url" else "index-url = https://127.0.0.1:9/\n"
    retries = "" if name == "retries" else "retries = 0\n"
    own_pip.write_text(f"[global]\n{index}{retries}{line}\n")
    code, out, err = run("install", "-p", "lib", "a")
    assert code == 1
    assert_safe(out, err)


def test_secrets_in_netrc(run, own_pip, tmp_path):
    own_pip.write_text("[global]\nretries = 0\n")
    (tmp_path / "netrc").write_text(f"machine 127.0.0.1 login u password my {SECRET}\n")
    code, out, err = run("install", "-p", "lib", "-i", "https://127.0.0.1:9/", "a")
    assert code == 1
    assert_safe(out, err)


DIGITS = "9" * 5000
PROJECT = '[project]\nname = "a"\nversion = "1.0"\n'
OTHER = '[build-system]\nrequires = []\nbuild-backend = "x"\n'
REFUSED = {
    "nested": (f"{BACKEND}{PROJECT}[tool.x]\nx = {'[' * 900}{']' * 900}\n", "levels deep"),
    "tables": (f"{BACKEND}{PROJECT}[tool{'.x' * 900}]\n", "levels deep"),
    "BOM": (f"\ufeff{BACKEND}{PROJECT}", "byte order mark"),
    "UTF-16": (f"{BACKEND}{PROJECT}".encode("utf-16"), "UTF-16"),
    "NUL": (f"{BACKEND}{PROJECT}\0", "is not valid TOML"),
    "window": (f"{BACKEND}{PROJECT}[tool.sdist-upip]\nwindow = {DIGITS}\n", "more than 64 bits"),
    "hex": (f"{BACKEND}{PROJECT}[tool.sdist-upip]\nwindow = 0x{DIGITS}\n", "more than 64 bits"),
    "version": (f'{BACKEND}[project]\nname = "a"\nversion = "{DIGITS}"\n', "characters"),
    "name": (f'{BACKEND}[project]\nname = "{"a" * 5000}"\nversion = "1"\n', "characters"),
    "key": (f"{BACKEND}{PROJECT}foo = 1\n", "setuptools cannot read"),
    "type": (f"{BACKEND}{PROJECT}classifiers = 1\n", "setuptools cannot read"),
    "dynamic": (f'{BACKEND}{PROJECT}dynamic = ["foo"]\n', "setuptools cannot read"),
    "find": (f'{BACKEND}{PROJECT}[tool.setuptools.packages.find]\nwhere = ["\\u0000"]\n', ""),
    "not a table": (f"{BACKEND}{PROJECT}[tool]\nsetuptools = 1\n", "setuptools cannot read"),
    "attr": (
        f'{BACKEND}[project]\nname = "a"\ndynamic = ["version"]\n'
        f'[tool.setuptools.dynamic]\nversion = {{ attr = "a.no\\u001b" }}\n',
        "setuptools cannot read",
    ),
    "above": (f'{OTHER}backend-path = [".."]\n', "backend-path: '..' is not a directory of the"),
    "absolute": (f'{OTHER}backend-path = ["/etc"]\n', "backend-path: '/etc' is not"),
    "NUL path": (f'{OTHER}backend-path = ["\\u0000"]\n', "backend-path: '\\x00' is not"),
    "text": (f'{OTHER}backend-path = "x"\n', "expected an array of strings"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_projects_that_nothing_can_read(name, fail, tmp_path):
    text, message = REFUSED[name]
    project = write_tree(tmp_path / "project", {"pyproject.toml": text, "a.py": ""})
    error = fail(project, "--no-isolation")
    assert message in error
    assert_safe(error)


@pytest.mark.parametrize("name", ["key", "dynamic", "attr"])
def test_front_ends_refuse_them_too(name, tmp_path):
    files = {"pyproject.toml": REFUSED[name][0], "a.py": ""}
    project = write_tree(tmp_path / "project", files)
    result = run_python(*FRONT_ENDS["get_requires"], cwd=project)
    assert result.returncode == 1
    assert "error: setuptools cannot read" in result.stderr
    assert_safe(result.stderr)


HASH = "a" * 64
LOCK = 'lock-version = "1.0"\ncreated-by = "x"\n'
PACKAGE = f'{LOCK}[[packages]]\nname = "a"\nversion = "1"\n'
LOCKS = {
    "nested": (f"{LOCK}packages = []\n[tool.x]\nx = {'[' * 900}{']' * 900}", "levels deep"),
    "number": (f"{PACKAGE}sdist = {{ size = {DIGITS} }}\n", "more than 64 bits"),
    "BOM": (f"\ufeff{LOCK}packages = []\n", "byte order mark"),
    "UTF-16": (f"{LOCK}packages = []\n".encode("utf-16"), "UTF-16"),
    "version": (f'{LOCK}[[packages]]\nname = "a"\nversion = "{DIGITS}"\n', ""),
    "URL": (f'{PACKAGE}archive = {{ url = "https://[/a-1.tar.gz", hashes = {{ sha256 = "{HASH}" }}'
            " }\n", "invalid URL"),
    "NUL in URL": (f'{PACKAGE}sdist = {{ name = "a-1.tar.gz", url = "https://h/\\u0000/a-1.tar.gz"'
                   f', hashes = {{ sha256 = "{HASH}" }} }}\n', "invalid or unsupported URL"),
    "path": (f'{PACKAGE}sdist = {{ name = "a-1.tar.gz", path = "\\u0000/a-1.tar.gz", hashes = '
             f'{{ sha256 = "{HASH}" }} }}\n', "NUL"),
    "directory": (f'{LOCK}[[packages]]\nname = "a"\ndirectory = {{ path = "\\u0000" }}\n', "NUL"),
}  # fmt: skip


@pytest.mark.parametrize("name", LOCKS)
def test_locks_that_nothing_can_read(name, run, tmp_path):
    text, message = LOCKS[name]
    write_tree(tmp_path, {"pylock.toml": text})
    code, out, err = run("install", "-p", "lib", "--no-index", "--lock", "pylock.toml")
    assert code == 1
    assert message in err
    assert err.count("\n") == 1
    assert_safe(out, err)


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (("build", "-C", f"window={DIGITS}"), 1),
        (("build", "--window", DIGITS), 1),
        (("check", "--window", DIGITS, "x"), 2),
        (("repack", "--window", DIGITS, "x"), 2),
        (("install", "--mpy", f"1.{DIGITS}", "a"), 1),
        (("install", "--no-index", f"a=={DIGITS}"), 1),
        (("install", "--no-index", f"a-{DIGITS}.tar.gz"), 1),
        (("install", "--no-index", f"https://127.0.0.1:{DIGITS}/a-1.tar.gz"), 1),
        (("install", "--no-index", f"https://{'h' * 5000}/a-1.tar.gz"), 1),
        (("install", "--no-index", "https://a..b/a-1.tar.gz"), 1),
        (("install", "--no-index", "file:///%00/a-1.tar.gz"), 1),
        (("install", "-i", "file:///%00/", "a"), 1),
        (("install", "-i", "https://h/\n/", "a"), 1),
        (("install", "-i", "https://h\u202eh/", "a"), 1),
        (("install", "-f", "https://h/\x1b/", "--no-index", "a"), 1),
        (("install", "--no-index", "-r", "utf16.txt"), 1),
        (("install", "--no-index", "-r", "nul.txt"), 1),
        (("device", "-p", "d", "-i", "https://h/\n"), 1),
        (("device", "-p", "d", "-i", "https://user:SE/SECRET@h/"), 1),
        (("device", "-p", "d", "--ca", f"h:{DIGITS}", "-i", "https://h/"), 1),
    ],
    ids=str,
)
def test_arguments_that_nothing_can_read(command, expected, run, make_project, tmp_path):
    write_tree(tmp_path, {"utf16.txt": "a\n".encode("utf-16"), "nul.txt": "./a\0b\n"})
    if command[0] == "build":
        command = (*command, make_project({"x.py": ""}))
    code, out, err = run(*command)
    assert code == expected
    assert_safe(out, err)
    assert all(len(line) <= 1100 for line in err.splitlines())
    if code == 1:
        assert [line for line in err.splitlines() if line.startswith("error: ")]


@pytest.mark.parametrize(
    "line",
    [
        "index-url = /x\0y",
        "index-url = https://h/\x1b/",
        f"index-url = https://127.0.0.1:9/\ntimeout = {DIGITS}",
        "index-url = https://127.0.0.1:9/\ntimeout = nan",
        f"index-url = https://127.0.0.1:9/\nproxy = {DIGITS}",
        "index-url = https://127.0.0.1:9/\ncert = /x\0y",
        "index-url = https://127.0.0.1:9/\nclient-cert = /x\0y",
        f"index-url = https://127.0.0.1:9/\nretries = {DIGITS}",
        "index-url = %(index-url)s",
    ],
)
def test_settings_of_pip_that_nothing_can_read(line, run, own_pip):
    retries = "" if "retries" in line else "retries = 0\n"
    own_pip.write_text(f"[global]\n{retries}{line}\n")
    code, out, err = run("install", "-p", "lib", "a")
    assert code == 1
    assert err.startswith("error: ")
    assert_safe(out, err)


def test_columns_of_thousands_of_digits(run, monkeypatch, tmp_path):
    monkeypatch.setenv("COLUMNS", DIGITS)
    (tmp_path / "a-1.0.tar.gz").write_bytes(make_archive("a", "1.0"))
    assert run("install", "-p", "lib", "--no-index", "a-1.0.tar.gz")[0] == 0
