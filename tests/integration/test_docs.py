"""Every command in README and docs is run, and every snippet is what it says."""

import ast
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from sdist_upip.config import SETTINGS, Config, read_config
from support.pages import blocks, commands
from support.paths import ROOT
from support.processes import run, run_python
from support.trees import write_tree
from support.warm_python import run_warm

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PAGES = [
    "docs/how-to/add-to-project.md",
    "docs/how-to/data-files.md",
    "docs/how-to/migrate.md",
    "docs/how-to/minify-and-compile.md",
    "docs/how-to/package-json.md",
    "docs/how-to/pip-and-tox.md",
    "docs/how-to/publish-on-pypi.md",
    "docs/reference/configuration.md",
]
"""The pages whose commands are run here, one after the other in one project."""
TESTED_ELSEWHERE = [
    "README.md",
    "docs/performance.md",
    "docs/how-to/convert.md",
    "docs/how-to/freeze.md",
    "docs/how-to/install-by-copy.md",
    "docs/how-to/install-on-a-board.md",
    "docs/how-to/install-with-upip.md",
    "docs/how-to/lock-and-offline.md",
    "docs/how-to/private-index.md",
    "docs/how-to/publish.md",
    "docs/how-to/romfs.md",
    "docs/reference/pkg-resources.md",
    "docs/reference/upip.md",
    "docs/tutorial/first-archive.md",
    "docs/tutorial/first-board.md",
]
"""Pages with commands that tests of their own run."""
EVERY_PAGE = [
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md"),
    *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "docs").rglob("*.md")),
]
NEED_MORE = ("mpremote ", "make ", "cd ports/", "idf.py ", "cp build-", ". $HOME/esp-idf/")
NEED_MORE += (
    "pip install ",
    "twine ",
    "python3 -m venv .venv",
    ".venv/bin/",
    "python -m build",
    "python -m twine",
)
"""How commands begin that need hardware, an account or a checkout of this repository."""


@pytest.mark.parametrize("page", EVERY_PAGE)
def test_every_snippet_is_valid(page):
    for block in blocks(page, "toml"):
        tomllib.loads(block)
    for block in blocks(page, "python"):
        ast.parse(block)


@pytest.mark.parametrize("page", EVERY_PAGE)
def test_every_link_leads_somewhere(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if target.startswith("https://"):
            continue
        path, _, anchor = target.partition("#")
        linked = ((ROOT / page).parent / path) if path else ROOT / page
        assert linked.exists(), target
        if anchor:
            titles = re.findall(r"^#+ (.+)$", linked.read_text(encoding="utf-8"), re.MULTILINE)
            slugs = [re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles]
            assert anchor in slugs


@pytest.mark.parametrize("page", EVERY_PAGE)
def test_no_page_is_longer_than_1200_words(page):
    words = (ROOT / page).read_text(encoding="utf-8").split()
    assert sum(any(map(str.isalnum, word)) for word in words) <= 1200


def test_the_commands_of_every_page_are_run():
    with_commands = [page for page in EVERY_PAGE if commands(page)]
    assert with_commands == sorted({*PAGES, *TESTED_ELSEWHERE}, key=EVERY_PAGE.index)


def test_commands_that_are_not_run_need_hardware_or_are_run_on_another_page():
    run_somewhere = {line for page in EVERY_PAGE for line in commands(page)}
    for page in EVERY_PAGE:
        lines = "".join(blocks(page, "console")).splitlines()
        for line in (line[2:] for line in lines if line.startswith("$ ")):
            if page.startswith("docs/reference/") and line.startswith("sdist-upip "):
                continue  # with its output, which test_cli_check compares
            assert line in run_somewhere or line == "make" or line.startswith(NEED_MORE), line


@pytest.fixture
def checkout(tmp_path):
    """A directory with the examples and a project that every command of the docs can build."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    shutil.copytree(ROOT / "examples/my_app/my_app/data", tmp_path / "data")
    build = ("-m", "sdist_upip", "build", "examples/my_app", "-o", "dist")
    assert run_warm(*build, cwd=tmp_path).returncode == 0
    write_tree(
        tmp_path,
        {
            "setup.py": "from setuptools import setup\nimport sdist_upip\n"
            "setup(cmdclass={'sdist': sdist_upip.sdist})\n",
            "pyproject.toml": "[build-system]\n"
            'requires = ["setuptools"]\nbuild-backend = "sdist_upip.build_meta"\n'
            '[project]\nname = "x"\nversion = "1"\n[tool.setuptools]\npackages = ["my_app"]\n',
            "my_app/__init__.py": "",
        },
    )
    return tmp_path


def test_the_commands_of_the_pages(checkout):
    done = []
    for page in PAGES:
        for line in commands(page):
            command = shlex.split(line)
            if command[0] == "sdist-upip":
                command[:1] = ["python", "-m", "sdist_upip"]
            if command[:3] == ["python", "-m", "build"]:
                command.append("--no-isolation")
            assert command.pop(0) == "python", line
            result = run_warm(*command, cwd=checkout)
            assert result.returncode == 0, (line, result)
            done.append(line)
            for path in ("MANIFEST", "my_app/R.py"):  # what other pages do not expect
                (checkout / path).unlink(missing_ok=True)
    assert len(done) >= 16


def test_the_commands_of_the_benchmarks_print_their_tables():
    page = "docs/performance.md"
    install, delayed, others, build = commands(page)
    assert others == "pip install flit_core hatchling"  # the test extra has them
    assert delayed == f"{install} --packages 20 --delay 25"
    shown = re.findall(r"^\| (\w[^|]*) \|", (ROOT / page).read_text(encoding="utf-8"), re.MULTILINE)
    few = ("--packages", "1", "--files", "1", "--runs", "1")
    for command, options, count in (
        (install, few, 12),
        (delayed, few, 12),
        (build, ("--runs", "1"), 10),
    ):
        result = run_python(*shlex.split(command)[1:], *options, cwd=ROOT)
        assert result.returncode == 0, result
        rows = re.findall(r"^\| (\w[^|]*) \|(?! least)", result.stdout, re.MULTILINE)
        assert len(rows) == count
        assert set(rows) <= {*shown}


def test_the_keys_of_the_configuration_are_documented_with_their_defaults(tmp_path):
    page = (ROOT / "docs/reference/configuration.md").read_text(encoding="utf-8")
    rows = dict(re.findall(r"^\| `([a-z-]+)` \|.*?\| (.+?) \|", page, re.MULTILINE))
    assert list(rows) == list(SETTINGS)
    (example,) = blocks("docs/reference/configuration.md", "toml")
    write_tree(tmp_path, {"pyproject.toml": example})
    shown, default = read_config(tmp_path), Config()
    for key in rows:
        if key not in {"include", "exclude", "targets", "ignore"}:
            assert getattr(shown, key.replace("-", "_")) == getattr(default, key.replace("-", "_"))


def test_the_step_of_the_page_works(tmp_path):
    (source,) = blocks("docs/reference/steps.md", "python")
    *_, registration, use = blocks("docs/reference/steps.md", "toml")
    (point,) = tomllib.loads(registration)["project"]["entry-points"]["sdist_upip.steps"].items()
    plug_in = write_tree(
        tmp_path / "plug-in",
        {
            "my_steps.py": source,
            "my_steps-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: my-steps\nVersion: 1\n",
            "my_steps-1.dist-info/entry_points.txt": (
                f"[sdist_upip.steps]\n{point[0]} = {point[1]}\n"
            ),
        },
    )
    project = write_tree(
        tmp_path / "project",
        {
            "pyproject.toml": '[project]\nname = "x"\nversion = "1"\n' + use,
            "m.py": "x = 1\n",
        },
    )
    result = run_warm("-m", "sdist_upip", "build", cwd=project, PYTHONPATH=str(plug_in))
    assert result.returncode == 0, result
    assert "stamp: " in result.stdout


def test_the_migration_page_works_on_a_project_with_a_copy(tmp_path):
    project = write_tree(
        tmp_path,
        {
            "sdist_upip.py": "raise SystemExit('the copy was imported')\n",
            "setup.py": "from setuptools import setup\nimport sdist_upip\n"
            "setup(name='x', version='1', py_modules=['m'],\n"
            "      cmdclass={'sdist': sdist_upip.sdist})\n",
            "m.py": "",
        },
    )
    build = ("-m", "build", "--sdist", "--no-isolation")
    assert run_python(*build, cwd=project).returncode == 1
    (project / "sdist_upip.py").unlink()
    write_tree(project, {"pyproject.toml": next(blocks("docs/how-to/migrate.md", "toml"))})
    result = run_python("setup.py", "sdist", cwd=project)
    assert result.returncode == 0, result
    assert [path.name for path in (project / "dist").iterdir()] == ["x-1.tar.gz"]


@pytest.fixture(scope="session")
def clone(tmp_path_factory):
    """What a new user gets: the files under version control, and those about to be."""
    directory = tmp_path_factory.mktemp("clone")
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", cwd=ROOT)
    for name in filter(None, listed.stdout.split("\0")):
        target = directory / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    return directory


@pytest.mark.network
def test_the_first_command_of_the_readme(clone):
    show, _ = commands("README.md")
    path = f"{Path(sys.executable).parent}:{Path(sys.base_prefix) / 'bin'}:/usr/bin:/bin"
    result = run("sh", "-c", show, cwd=clone, PATH=path)
    assert result.returncode == 0, result
    assert "my_app/data/image.png" in result.stdout
    assert "excluded" in result.stdout


def test_the_second_command_of_the_readme_is_what_ci_runs():
    """It runs this very test."""
    _, test = commands("README.md")
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    (pattern,) = re.findall(r'^eval "\$\(grep -m1 \'(.*)\' README.md\)"', script, re.MULTILINE)
    readme = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert next(line for line in readme if pattern in line) == test
