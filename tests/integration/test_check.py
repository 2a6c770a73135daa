"""Real builds, with the problems that a check finds in them."""

from sdist_upip.check.archive import check_archive
from support.odd_archives import FILENAME
from support.projects import BACKEND
from support.trees import write_tree
from support.warm_python import run_warm


def test_an_ordinary_sdist_of_setuptools(tmp_path):
    write_tree(
        tmp_path,
        {
            "pyproject.toml": BACKEND.replace("sdist_upip", "setuptools")
            + '[project]\nname = "x"\nversion = "1.0"\n'
            + 'dependencies = ["y>=1"]\nreadme = "README.md"\n',
            "src/x/__init__.py": "",
            "README.md": "",
            "tests/test_x.py": "",
        },
    )
    command = ("-m", "build", "--sdist", "--no-isolation")
    result = run_warm(*command, cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    report = check_archive(tmp_path / "dist" / FILENAME)
    found = {problem.code for problem in report.problems}
    expected = {"gzip-flags", "tar-pax", "tar-folder", "src-layout", "requires-line"}
    expected.add("for-computers")
    # New setuptools archive the tests, too.
    assert found - {"window", "unneeded"} == expected


def test_a_build_with_an_error_is_refused_and_leaves_everything_as_it_was(make_project, fail):
    files = {
        "x/__init__.py": "",
        "x/data.txt": "text",
        "x/A.py": "",
        "x/a.py": "",
        "MANIFEST.in": "include x/*.txt\n",
    }
    project = make_project(files, '[tool.setuptools]\npackages = ["x"]\n')
    assert fail(project).startswith(
        "error: x-1.0.tar.gz does not pass the check. name-case: x-1.0/x/a.py: "
    )
