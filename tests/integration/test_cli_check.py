"""`sdist-upip check` and `sdist-upip show` as people and scripts call them."""

import json
import os
import pty
import re
import shutil
import subprocess
import sys

import pytest

from sdist_upip.cli.main import main
from support.odd_archives import CLEAN, DEFECTS, FILENAME, archive, entry, with_files
from support.paths import ROOT
from support.processes import read_terminal, run, run_python
from support.warm_python import run_warm

WARNING = with_files({"tox.ini": "[tox]\n"})
FOR_PIP = with_files({"pyproject.toml": "[project]\n"})
ERROR = DEFECTS["gzip-crc"][1]


@pytest.fixture
def directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, data in (("clean", archive()), ("warning", WARNING), ("error", ERROR)):
        (tmp_path / name).mkdir()
        (tmp_path / name / FILENAME).write_bytes(data)
    return tmp_path


def check(*arguments):
    return main(["check", *(f"{a}/{FILENAME}" if a.isalpha() else a for a in arguments)])


def test_exit_codes(directory, capsys):
    assert check("clean") == 0
    assert check("warning") == 0
    assert check("--strict", "warning") == 1
    assert check("error") == 1
    assert check("clean", "error", "clean") == 1
    assert check("--ignore", "gzip-crc", "error") == 0
    assert check("--strict", "--ignore", "gzip-crc,unneeded", "error", "warning") == 0
    assert check("--strict", "--ignore=unneeded", "--ignore=gzip-crc", "error", "warning") == 0
    assert check("missing", "clean") == 1
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ([], "ARCHIVE"),
        (["--ignore", "gzip-crk", "clean"], "unknown code 'gzip-crk'. Did you mean gzip-crc?"),
        (["--ignore", "zzz", "clean"], "Known codes: builtin-module, filename, for-computers"),
        (["--window", "1000", "clean"], "--window"),
        (["--window", "big", "clean"], "--window"),
    ],
)
def test_wrong_usage(directory, capsys, arguments, error):
    with pytest.raises(SystemExit) as caught:
        check(*arguments)
    assert caught.value.code == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert error in output.err


def test_people_read_it_grouped_by_archive(directory, capsys):
    check("clean", "error", "warning")
    lines = capsys.readouterr().out.splitlines()
    assert re.fullmatch(
        r"clean/x-1\.0\.tar\.gz: clean \(largest distance [\d,]+ bytes, needs a window of "
        r"4,096 bytes\)",
        lines[0],
    )
    assert lines[1].startswith("error/x-1.0.tar.gz: 1 error (largest distance")
    assert lines[2].startswith("  error gzip-crc: CRC mismatch: expected ")
    assert lines[3].startswith("warning/x-1.0.tar.gz: 1 warning (largest distance")
    assert lines[4].startswith("  warning unneeded: x-1.0/tox.ini: Stock upip installs")
    assert lines[5:] == ["3 archives: 1 error, 1 warning"]


def test_people_see_the_first_problems_of_a_code(directory, capsys):
    files = {f"tests/test_{number}.py": "" for number in range(8)}
    (directory / FILENAME).write_bytes(with_files(files))
    check(f"./{FILENAME}")
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 1 + 5 + 1
    assert lines[-1] == "  … and 3 more of unneeded. Use --json to list them."
    check("--json", f"./{FILENAME}")
    assert len(json.loads(capsys.readouterr().out)["archives"][0]["problems"]) == 8


def test_the_window_of_the_devices(directory, capsys):
    (directory / "far").mkdir()
    (directory / "far" / FILENAME).write_bytes(DEFECTS["window"][1])
    assert check("far") == 1
    assert check("--window", "8192", "far") == 0
    assert check("--window", "512", "clean") == 1
    assert "Compress the archive with a window of 512 bytes." in capsys.readouterr().out


def test_scripts_read_json(directory, capsys):
    assert check("--json", "clean", "warning", "missing") == 1
    output = json.loads(capsys.readouterr().out)
    assert output.keys() == {"schema", "archives", "errors", "warnings"}
    assert (output["schema"], output["errors"], output["warnings"]) == (1, 1, 1)
    clean, warning, missing = output["archives"]
    assert clean.keys() == {"archive", "ok", "distance", "window", "problems"}
    assert clean["archive"] == f"clean/{FILENAME}" and clean["ok"] and clean["problems"] == []
    assert 0 < clean["distance"] <= clean["window"] == 4096
    assert warning["ok"]
    (problem,) = warning["problems"]
    assert problem.pop("message").startswith("Stock upip installs this file")
    assert problem == {"code": "unneeded", "severity": "warning", "path": "x-1.0/tox.ini"}
    assert missing["distance"] is missing["window"] is missing["problems"][0]["path"] is None
    assert not missing["ok"]
    check("--json", "--strict", "warning")
    assert not json.loads(capsys.readouterr().out)["archives"][0]["ok"]


def test_docs_name_every_key_of_the_json(directory, capsys):
    docs = read_json_section("check")
    check("--json", "error")
    for line in capsys.readouterr().out.splitlines():
        key = re.match(r'\s*"(\w+)": [^\[]', line)
        assert not key or re.search(rf"`(archives\[\]\.(problems\[\]\.)?)?{key[1]}`", docs), line


def on_a_terminal(*arguments, **environ):
    """Return what the command prints when its standard output is a terminal."""
    parent, child = pty.openpty()
    command = [sys.executable, "-m", "sdist_upip", *arguments]
    process = os.posix_spawn(
        sys.executable,
        command,
        {**os.environ, "TERM": "xterm", "PYTHONIOENCODING": "utf-8", **environ},
        file_actions=[(os.POSIX_SPAWN_DUP2, child, 1)],
    )
    os.close(child)
    output = read_terminal(parent)
    os.waitpid(process, 0)
    return output.decode()


def test_colors_on_a_terminal_and_nowhere_else(directory, capsys):
    name = f"error/{FILENAME}"
    assert "\x1b[31m" in on_a_terminal("check", name, NO_COLOR="")
    assert "\x1b" not in on_a_terminal("check", name, NO_COLOR="1")
    assert "\x1b" not in on_a_terminal("check", name, NO_COLOR="", TERM="dumb")
    assert "\x1b[" in on_a_terminal("show", f"clean/{FILENAME}", NO_COLOR="")
    check("error")
    assert "\x1b" not in capsys.readouterr().out


def test_names_cannot_speak_to_the_terminal(directory, capsys):
    evil = archive(CLEAN, entry("x-1.0/x/\x1b]0;evil\x07\x9b31m.py"))
    (directory / FILENAME).write_bytes(evil)
    assert check("./" + FILENAME) == 1
    assert main(["show", FILENAME]) == 0
    output = capsys.readouterr().out
    assert output.replace("\n", "").isprintable()
    assert "\\x1b]0;evil\\x07" in output


def test_output_to_a_stream_that_lacks_the_letters(directory):
    (directory / FILENAME).write_bytes(with_files({"x/d\u00e9j\u00e0:vu": "x"}))
    for command in ("check", "show"):
        result = run_python(
            "-m", "sdist_upip", command, FILENAME, cwd=directory, PYTHONIOENCODING="ascii"
        )
        assert "Traceback" not in result.stderr
        assert "d\\xe9j\\xe0:vu" in result.stdout


@pytest.mark.parametrize("command", [("check", "--json"), ("show",)])
def test_a_reader_that_has_had_enough(directory, command):
    (directory / FILENAME).write_bytes(archive(CLEAN, *(entry(f"/{i}") for i in range(2000))))
    process = subprocess.Popen(
        [sys.executable, "-m", "sdist_upip", *command, FILENAME],
        cwd=directory,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.read(10)
    process.stdout.close()
    assert process.stderr.read() == b""
    process.stderr.close()
    assert process.wait() == 1


def test_paths_that_are_not_files(directory, capsys):
    os.mkfifo(directory / "fifo")
    (directory / "secret").write_bytes(b"")
    assert check("./fifo", "./clean", "./secret") == 1
    output = capsys.readouterr().out
    assert "fifo: 1 error" in output and "Cannot read the file: Not a regular file." in output
    assert "clean: 1 error" in output and "Cannot read the file: Is a directory." in output
    assert "not-gzip" in output


def test_show_prints_a_table(directory, capsys):
    (directory / FILENAME).write_bytes(FOR_PIP)
    assert main(["show", FILENAME]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == FILENAME
    assert lines[1] == f"x 1.0: {len(FOR_PIP)} bytes, 8,192 unpacked, 7 members"
    assert lines[3].split() == ["member", "bytes", "packed", "share", "stock", "upip"]
    rows = {line.split()[0]: line for line in lines[4:11]}
    assert rows["x-1.0/PKG-INFO"].endswith("  skip")
    assert rows["x-1.0/x.egg-info/requires.txt"].endswith("  skip, read as dependencies")
    assert rows["x-1.0/x/sub.py"].endswith("  install")
    assert "█" in rows["x-1.0/PKG-INFO"]
    assert lines[-5] == "depends on  y==2.0"
    assert re.fullmatch(
        r"window      4,096 bytes of RAM in one piece \(largest distance \d,\d+ bytes\)", lines[-4]
    )
    assert lines[-3] == "upip        installs 5 files, 112 bytes of flash"
    assert lines[-2] == "mip         cannot install archives"
    assert lines[-1] == "pip         builds and installs it with pyproject.toml"


def test_show_names_the_kinds_of_members(directory, capsys):
    (directory / FILENAME).write_bytes(DEFECTS["tar-folder"][1])
    assert main(["show", FILENAME]) == 0
    assert "\nx-1.0/x/sub/ (directory) " in capsys.readouterr().out
    (directory / FILENAME).write_bytes(DEFECTS["tar-link"][1])
    assert main(["show", FILENAME]) == 0
    assert "\nx-1.0/x/link.py (symbolic link) " in capsys.readouterr().out


def test_show_goes_on_after_an_error(directory, capsys):
    (directory / "text").write_bytes(b"text")
    assert main(["show", "text", f"clean/{FILENAME}", "missing"]) == 1
    output = capsys.readouterr()
    assert "x-1.0/x/sub.py" in output.out
    first, second = output.err.splitlines()
    assert first.startswith(
        "error: Cannot read text. Not a gzip file: expected the first bytes 1f 8b"
    )
    error = "Cannot read missing: No such file or directory. Pass the path of an archive."
    assert second == f"error: {error}"


def test_show_prints_json(directory, capsys):
    assert main(["show", "--json", f"clean/{FILENAME}"]) == 0
    (shown,) = json.loads(capsys.readouterr().out)["archives"]
    assert sum(member["packed"] for member in shown["members"]) + shown["overhead"] == shown["size"]
    assert shown["installers"] == {"upip": {"installs": 4, "bytes": 102}, "mip": None, "pip": None}
    docs = read_json_section("show")
    keys = {*shown, *(f"members[].{key}" for key in shown["members"][0])}
    keys |= {"installers.upip.installs", "installers.upip.bytes", "installers.mip"}
    for key in (keys | {"installers.pip"}) - {"members", "installers"}:
        assert f"`archives[].{key}`" in docs, key


@pytest.fixture(scope="module")
def example(tmp_path_factory):
    """The directory of examples/my_app with its archive in dist/."""
    project = tmp_path_factory.mktemp("docs") / "my_app"
    shutil.copytree(ROOT / "examples/my_app", project)
    result = run_warm("-m", "sdist_upip", "build", cwd=project)
    assert result.returncode == 0, result.stderr
    return project


def read_json_section(command):
    """Return what the page about JSON says of `command`."""
    page = (ROOT / "docs/reference/json.md").read_text(encoding="utf-8")
    return page.partition(f"\n## {command}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("page", ["check-codes/index", "json"])
def test_the_commands_in_the_docs_print_what_they_show(example, page):
    docs = (ROOT / f"docs/reference/{page}.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```console\n\$ sdist-upip (.*)\n((?:.*\n)*?)```", docs)
    assert blocks
    for command, shown in blocks:
        result = run(
            *(sys.executable, "-m", "sdist_upip", *command.split()),
            cwd=example,
            PYTHONIOENCODING="utf-8",
        )
        assert (result.returncode, result.stderr) == (0, "")
        assert without_numbers(result.stdout) == without_numbers(shown)


def without_numbers(text):
    """Forget sizes and bars, which change with the compression, but nothing else."""
    return [
        re.sub(r"\s+", " ", re.sub(r"[\d,.]*\d%?|[█▏▎▍▌▋▊▉]", "", line)).strip()
        for line in text.splitlines()
    ]
