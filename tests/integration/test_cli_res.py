"""`sdist-upip res`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sdist_upip.cli.main import main
from sdist_upip.resources.module import read_resource_module
from support.processes import run_python
from support.trees import write_tree


@pytest.fixture
def directory(tmp_path, monkeypatch):
    files = {"data/page.html": "<p>", "data/image.png": bytes(range(256)), "größe": ""}
    monkeypatch.chdir(write_tree(tmp_path, files))
    return tmp_path


def fail(capsys, *arguments: object) -> str:
    assert main(["res", *map(str, arguments)]) == 1
    output, error = capsys.readouterr()
    assert output == ""
    return error.removeprefix("error: ").strip()


def test_module_is_printed_with_names_as_passed(directory, capsysbinary):
    assert main(["res", "data/page.html", "./data/image.png", "größe"]) == 0
    output = capsysbinary.readouterr().out
    assert read_resource_module(output) == {
        "data/page.html": b"<p>",
        "data/image.png": bytes(range(256)),
        "größe": b"",
    }
    assert output.startswith(b"R={'data/image.png':b")


def test_names_start_from_root(directory, capsysbinary):
    assert main(["res", str(directory / "data/page.html"), "--root", "data"]) == 0
    assert capsysbinary.readouterr().out == b"R={'page.html':b'<p>'}\n"


def test_output_is_written_and_replaced_only_if_it_is_a_resource_module(directory, capsys):
    for _ in range(2):
        assert main(["res", "data/page.html", "-o", "new/R.py"]) == 0
    assert Path("new/R.py").read_bytes() == b"R={'data/page.html':b'<p>'}\n"
    assert capsys.readouterr().out == ""
    Path("R.py").write_text("print(1)")
    assert "is not a resource module. Remove the file" in fail(
        capsys, "data/page.html", "-o", "R.py"
    )
    assert Path("R.py").read_text() == "print(1)"
    assert "is a directory" in fail(capsys, "data/page.html", "-o", "data")
    assert "is both input and output" in fail(capsys, "new/R.py", "-o", directory / "new/R.py")


def test_a_file_that_is_missing(directory, capsys):
    assert fail(capsys, "none") == "none does not exist. Check the path."


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such names")
def test_name_beyond_utf_8(directory):
    name = os.fsdecode(b"\xff")
    Path(name).touch()
    result = run_python("-m", "sdist_upip", "res", name, cwd=directory)
    assert result.returncode == 1
    assert "is not valid UTF-8. Run" in result.stderr


def test_no_file_is_a_usage_error(capsys):
    with pytest.raises(SystemExit) as ending:
        main(["res"])
    assert ending.value.code == 2
