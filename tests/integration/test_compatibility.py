"""The page on compatibility says what a run yields."""

import shutil

import pytest

from support import compatibility
from support.paths import ROOT
from support.warm_python import run_warm


@pytest.mark.network
def test_the_table_of_the_page_is_the_result_of_a_run(tmp_path):
    table = compatibility.make_table(tmp_path)
    page = compatibility.PAGE.read_text(encoding="utf-8")
    _, _, rest = page.partition(compatibility.START)
    written, _, _ = rest.partition(compatibility.END)
    assert written.strip() == compatibility.render_table(table).strip()
    assert all(cell for cells in table.values() for cell in cells.values()), table


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (
            ("pip", "install", "--no-index", "--no-deps", "--target", "site", "ARCHIVE"),
            "does not appear to be a Python project: neither 'setup.py' nor 'pyproject.toml' found",
        ),
        (
            ("uv", "pip", "install", "--offline", "--no-deps", "--target", "site", "ARCHIVE"),
            "neither `pyproject.toml` nor `setup.py` are present in the directory",
        ),
        (
            ("build", "--no-isolation", "PROJECT"),
            "does not appear to be a Python project: no pyproject.toml or setup.py",
        ),
    ],
)
def test_the_errors_of_the_page_are_those_that_people_get(command, message, tmp_path):
    project = shutil.copytree(ROOT / "examples/my_app", tmp_path / "my_app")
    result = run_warm("-m", "sdist_upip", "build", project, cwd=tmp_path)
    assert result.returncode == 0, result
    (archive,) = (project / "dist").iterdir()
    names = {"ARCHIVE": archive, "PROJECT": project}
    result = run_warm("-m", *(names.get(word, word) for word in command), cwd=tmp_path)
    assert result.returncode != 0
    assert message in " ".join((result.stdout + result.stderr).split())
    assert message in compatibility.PAGE.read_text(encoding="utf-8")


def test_the_tox_settings_of_the_page_are_those_of_the_example():
    page = compatibility.PAGE.read_text(encoding="utf-8")
    _, _, rest = page.partition("```ini\n")
    block, _, _ = rest.partition("```")
    example = (ROOT / "examples/tox_job/tox.ini").read_text(encoding="utf-8").splitlines()
    assert [line for line in block.splitlines() if line not in example] == []
