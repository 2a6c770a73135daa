"""The same project gives the same bytes, whatever the environment."""

from support.processes import run_python
from support.trees import write_tree


def test_the_environment_changes_no_byte(make_project, tmp_path):
    files = {"a/__init__.py": "", "a/page.html": "page"}
    pyproject = '[tool.setuptools]\npackages = ["a"]\npackage-data = { a = ["*"] }\n'
    project = make_project(files, pyproject)
    elsewhere = write_tree(tmp_path / "else where/é", {})
    results = []
    for number, (umask, seed) in enumerate([("022", "1"), ("077", "2")]):
        copy = elsewhere / str(number)
        copy.mkdir(parents=True)
        for path in sorted(project.rglob("*"), reverse=bool(number)):
            if path.is_file():
                write_tree(copy, {path.relative_to(project).as_posix(): path.read_bytes()})
        (copy / "a/page.html").chmod(0o600 if number else 0o755)
        code = (
            f"import os; os.umask(0o{umask})\nfrom sdist_upip.cli.main import main\nmain(['build'])"
        )
        result = run_python(
            *("-c", code), cwd=copy, PYTHONHASHSEED=seed, TZ=f"UTC+{number}", USER=f"u{number}"
        )
        assert result.returncode == 0, result
        results.append((copy / "dist/x-1.0.tar.gz").read_bytes())
    assert results[0] == results[1]
