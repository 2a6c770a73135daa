"""pip installs from a pip-compatible archive what upip installs, with the archive's metadata."""

import ast
import shutil
import sys
import tarfile

import pytest

from support.backends import EXAMPLES
from support.compatibility import installed_files, metadata_facts, upip_installs
from support.paths import ROOT
from support.processes import run_python
from support.trees import read_members, read_tree
from support.warm_python import run_warm

pytestmark = pytest.mark.filterwarnings("ignore::Warning:setuptools", "ignore::Warning:distutils")


ODD_PYPROJECT = """
description = "A summary with ü"
readme = "README.md"
license = { text = "MIT" }
requires-python = ">=3.4"
authors = [{ name = "Ä. B.", email = "a@example.org" }]
keywords = ["one", "two"]
classifiers = ["Programming Language :: Python :: Implementation :: MicroPython"]
dependencies = ["micropython-x; implementation_name == 'micropython'", "idna>=2"]
[project.urls]
Home = "https://example.org"
[project.optional-dependencies]
dev = ["mypy", "ruff>=0.1; python_version > '3.8' or os_name == 'x'"]
"Two.Names" = ["six"]
[project.scripts]
odd = "my_app:main"
[project.entry-points."x.y"]
k = "single"
[tool.setuptools]
packages = ["my_app", "my_app.sub"]
py-modules = ["single"]
[tool.setuptools.package-data]
my_app = ["data/*/*/*", "data/*", ".cfg", ".hid/*"]
[tool.sdist-upip]
include = ["www/**", "root.txt", "v2.0/**"]
license-files = "keep"
pip-compatible = true
"""


ODD_FILES = {
    "README.md": "Words of ü.\n\n# Heading\n\nFrom here on, more.\n",
    "LICENSE": "You may.\n",
    "my_app/__init__.py": "def main():\n    pass\n",
    "my_app/data/v1.0/deep/x.txt": "deep",
    "my_app/data/a[b].txt": "brackets",
    "my_app/.hid/f": "hidden directory",
    "my_app/.cfg": "hidden file",
    "my_app/sub/m.py": "",
    "single.py": "",
    "www/index.html": "page",
    "www/static/a.js": "script",
    "root.txt": "root",
    "v2.0/z.txt": "a directory that cannot be a package",
}


def pip_install(archive, target):
    result = run_warm(
        *("-m", "pip", "install", "--no-index", "--no-deps", "--no-build-isolation"),
        *(
            "--use-pep517",
            "--no-compile",
            "--disable-pip-version-check",
            "--target",
            target,
            archive,
        ),
        cwd=target.parent,
    )
    assert result.returncode == 0, result
    (record,) = target.glob("*.dist-info")
    return record


def build_odd(make_project, build):
    return build(make_project(ODD_FILES, ODD_PYPROJECT, name="Odd.App"))


def find_archive(directory):
    (archive,) = directory.glob("*.tar.gz")
    return archive


def test_pip_installs_what_upip_installs_of_an_odd_project(make_project, build, tmp_path):
    members = build_odd(make_project, build)
    assert "pyproject.toml" not in members
    record = pip_install(find_archive(tmp_path / "out"), tmp_path / "site")
    assert installed_files(tmp_path / "site") == upip_installs(members)
    assert metadata_facts((record / "METADATA").read_bytes()) == metadata_facts(members["PKG-INFO"])
    assert (record / "entry_points.txt").read_text().strip().split("\n\n") == [
        "[console_scripts]\nodd = my_app:main",
        "[x.y]\nk = single",
    ]
    # Before setuptools 77 and PEP 639 licenses lie flat in the directory.
    (found,) = {path.read_text() for path in record.rglob("LICENSE")}
    assert found == "You may.\n"


@pytest.mark.network
@pytest.mark.parametrize("version", ["61.0.0", "69.5.1", "84.0.0"])
def test_setuptools_of_any_age_makes_the_same_wheel(version, make_project, build, tmp_path):
    members = build_odd(make_project, build)
    tools = tmp_path / "tools"
    result = run_python(
        *("-m", "uv", "pip", "install", "-q", "--python", sys.executable, "--target", tools),
        *(f"setuptools=={version}", "wheel<0.46"),
        cwd=tmp_path,
    )
    assert result.returncode == 0, result
    with tarfile.open(find_archive(tmp_path / "out")) as tar:
        tar.extractall(tmp_path / "unpacked", filter="data")
    script = (
        "from setuptools import build_meta, __version__; build_meta.build_wheel('../..')"
        "; print('setuptools', __version__)"
    )
    result = run_python(
        *("-c", script), cwd=tmp_path / "unpacked/odd_app-1.0", PYTHONPATH=str(tools)
    )
    assert f"setuptools {version}" in result.stdout, result
    assert result.returncode == 0, result
    (wheel,) = tmp_path.glob("*.whl")
    shutil.unpack_archive(wheel, tmp_path / "site", "zip")
    assert installed_files(tmp_path / "site") == upip_installs(members)
    (record,) = (tmp_path / "site").glob("*.dist-info")
    assert metadata_facts((record / "METADATA").read_bytes()) == metadata_facts(members["PKG-INFO"])


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_install_alike_and_cost_little(name, build, tmp_path):
    project = shutil.copytree(ROOT / "examples" / name, tmp_path / name)
    plain = build(project)
    size = find_archive(tmp_path / "out").stat().st_size
    members = build(project, "--pip-compatible")
    archive = find_archive(tmp_path / "out")
    assert set(members) - set(plain) == {"setup.py"}
    assert archive.stat().st_size - size <= 400
    pip_install(archive, tmp_path / "site")
    assert installed_files(tmp_path / "site") == upip_installs(plain)


def test_the_default_holds_no_script_and_the_build_says_so(make_project, tmp_path):
    project = make_project({"a/__init__.py": ""}, '[project.scripts]\na = "a:b"\n')
    result = run_warm("-m", "sdist_upip", "build", project, cwd=tmp_path)
    assert "setup.py" not in result.stdout
    assert "hint: upip can install this archive, but pip and tox cannot" in result.stderr
    assert sorted(read_members(find_archive(project / "dist"))) == ["PKG-INFO", "a/__init__.py"]
    result = run_warm("-m", "sdist_upip", "build", project, "--pip-compatible", cwd=tmp_path)
    assert "added setup.py" in result.stdout
    assert "hint" not in result.stderr


@pytest.mark.parametrize("setting", ["-Cpip-compatible=true", "-Cpip-compatible=yes"])
def test_the_setting_reaches_the_backend(setting, make_project):
    project = make_project({"a/__init__.py": ""})
    result = run_warm("-m", "build", "--sdist", "--no-isolation", setting, cwd=project)
    assert result.returncode == 0, result
    script = read_members(find_archive(project / "dist"))["setup.py"]
    call = ast.parse(script).body[-1].value
    literals = {item.arg: ast.literal_eval(item.value) for item in call.keywords}
    assert literals == {"name": "x", "version": "1.0", "packages": ["a"]}


@pytest.mark.parametrize("name", ["pyproject.toml", "setup.cfg", "setup.py", "MANIFEST.in"])
def test_a_file_that_would_change_pips_build_is_refused(name, make_project, fail):
    files = {"a/__init__.py": "", "MANIFEST.in": "", "setup.cfg": ""}
    files["setup.py"] = "import setuptools\nsetuptools.setup()\n"
    project = make_project(files, f'[tool.sdist-upip]\ninclude = ["{name}"]\n')
    error = fail(project, "--pip-compatible")
    assert f"Step 'pip-compatible': {name!r} in the archive would change the build by pip" in error


def test_build_makes_the_wheel_of_the_sdist_and_a_second_sdist_of_it(make_project, tmp_path):
    project = make_project(ODD_FILES, ODD_PYPROJECT, name="Odd.App")
    result = run_warm("-m", "build", "--no-isolation", cwd=project)
    assert result.returncode == 0, result
    members = read_members(find_archive(project / "dist"))
    with tarfile.open(find_archive(project / "dist")) as tar:
        tar.extractall(tmp_path / "unpacked", filter="data")
    again = tmp_path / "unpacked/odd_app-1.0"
    result = run_warm("-m", "build", "--no-isolation", cwd=again)
    assert result.returncode == 0, result
    for directory in (project, again):
        (wheel,) = (directory / "dist").glob("*.whl")
        target = tmp_path / f"site-{directory.name}"
        shutil.unpack_archive(wheel, target, "zip")
        assert installed_files(target) == upip_installs(members)


def test_our_upip_installs_a_pip_compatible_archive(upip, build, tmp_path):
    members = build(shutil.copytree(ROOT / "examples/my_app", tmp_path / "p"), "--pip-compatible")
    (tmp_path / "lib").mkdir()
    upip.install(str(find_archive(tmp_path / "out")), str(tmp_path / "lib"))
    tree = read_tree(tmp_path / "lib")
    assert {path: data for path, data in tree.items() if not path.startswith(".upip/")} == (
        upip_installs(members)
    )
