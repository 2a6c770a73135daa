"""Every front end makes the same bytes of a project, and leaves the source tree as it was."""

import shutil
import tarfile
from importlib.metadata import version

import pytest

from support.paths import ROOT
from support.processes import run_python
from support.trees import read_members, read_tree, write_tree
from support.warm_python import run_warm

METADATA = """
    name="my-app",
    version="1.0",
    description="A page and a picture, served from a board",
    long_description=open("README.md").read(),
    long_description_content_type="text/markdown",
    packages=["my_app"],
    include_package_data=True,
"""
SETUP = f"from setuptools import setup\n\nsetup({METADATA})\n"
SETUP_WITH_OURS = (
    "from setuptools import setup\nimport sdist_upip\n\n"
    f'setup({METADATA}    cmdclass={{"sdist": sdist_upip.sdist}},\n)\n'
)
MINIMAL_SETUP = (
    "from setuptools import setup\nimport sdist_upip\n\n"
    'setup(cmdclass={"sdist": sdist_upip.sdist})\n'
)
PYPROJECT = (ROOT / "examples/my_app/pyproject.toml").read_text()
BUILD = ("-m", "build", "--sdist", "--no-isolation")


def build_system(backend):
    return f'[build-system]\nrequires = ["setuptools"]\nbuild-backend = "{backend}"\n'


def only(directory):
    (path,) = directory.iterdir()
    return path


def without_cmdclass(backend):
    text = PYPROJECT.replace('"setuptools.build_meta"', f'"{backend}"')
    return text[: text.index("[tool.setuptools.cmdclass]")]


# name: (files to add, files to remove, command, whether setuptools may leave its egg-info)
SCRIPT_FRONT_ENDS = {
    "setup.py sdist": ({"setup.py": SETUP_WITH_OURS}, ("setup.py", "sdist"), False),
    "build, legacy": ({"setup.py": SETUP_WITH_OURS}, BUILD, True),
    "build, our backend": (
        {"setup.py": SETUP, "pyproject.toml": build_system("sdist_upip.build_meta")},
        BUILD,
        False,
    ),
    "sdist-upip build": ({"setup.py": SETUP}, ("-m", "sdist_upip", "build"), False),
}
TOML_FRONT_ENDS = {
    "build, cmdclass": ({"pyproject.toml": PYPROJECT}, BUILD, True),
    "build, our backend": (
        {"pyproject.toml": without_cmdclass("sdist_upip.build_meta")},
        BUILD,
        False,
    ),
    "sdist-upip build": ({"pyproject.toml": PYPROJECT}, ("-m", "sdist_upip", "build"), False),
    "sdist-upip build, no cmdclass": (
        {"pyproject.toml": without_cmdclass("setuptools.build_meta")},
        ("-m", "sdist_upip", "build", "."),
        False,
    ),
    "setup.py sdist": (
        {"pyproject.toml": PYPROJECT, "setup.py": MINIMAL_SETUP},
        ("setup.py", "sdist"),
        False,
    ),
}


@pytest.mark.parametrize(
    ("front_ends", "start"),
    [(SCRIPT_FRONT_ENDS, run_python), (TOML_FRONT_ENDS, run_warm)],
    ids=["setup.py", "pyproject.toml"],
)
def test_all_front_ends_make_the_same_bytes(front_ends, start, tmp_path):
    archives = {}
    for number, (name, (files, command, litters)) in enumerate(front_ends.items()):
        directory = tmp_path / str(number) / "project"
        shutil.copytree(ROOT / "examples/my_app", directory)
        (directory / "pyproject.toml").unlink()
        write_tree(directory, files)
        before = read_tree(directory)
        result = start(*command, cwd=directory)
        assert result.returncode == 0, (name, result)
        archive = only(directory / "dist")
        assert archive.name == "my_app-1.0.tar.gz"
        archives[name] = archive.read_bytes()
        shutil.rmtree(directory / "dist")
        after = read_tree(directory)
        if litters:
            after = {path: data for path, data in after.items() if ".egg-info/" not in path}
        assert after == before, name
    assert len(set(archives.values())) == 1, {name: len(data) for name, data in archives.items()}


def test_the_command_is_whatever_cmdclass_says_and_ours_wins(tmp_path):
    """A project's own sdist command that does not derive from ours is replaced."""
    directory = shutil.copytree(ROOT / "examples/my_app", tmp_path / "project")
    (directory / "pyproject.toml").write_text(build_system("sdist_upip.build_meta"))
    other = 'class other(__import__("setuptools").Command):\n    user_options = []\n'
    setup = SETUP.replace("\nsetup(", other + "\nsetup(cmdclass={'sdist': other},")
    write_tree(directory, {"setup.py": setup})
    result = run_warm(*BUILD, cwd=directory)
    assert result.returncode == 0, result
    assert [path.name for path in (directory / "dist").iterdir()] == ["my_app-1.0.tar.gz"]


def test_a_command_derived_from_ours_is_kept(tmp_path):
    directory = shutil.copytree(ROOT / "examples/my_app", tmp_path / "project")
    (directory / "pyproject.toml").write_text(build_system("sdist_upip.build_meta"))
    mine = (
        "import sdist_upip\n\nclass mine(sdist_upip.sdist):\n"
        "    def run(self):\n        self.warn('mine runs')\n        super().run()\n"
    )
    setup = SETUP.replace("\nsetup(", mine + "\nsetup(cmdclass={'sdist': mine},")
    write_tree(directory, {"setup.py": setup})
    result = run_warm(*BUILD, cwd=directory)
    assert result.returncode == 0, result
    assert "mine runs" in result.stdout + result.stderr


@pytest.mark.parametrize("kind", ["wheel", "editable"])
def test_the_backend_leaves_wheels_and_editable_installs_to_setuptools(kind, tmp_path):
    directory = shutil.copytree(ROOT / "examples/my_app", tmp_path / "project")
    (directory / "pyproject.toml").write_text(without_cmdclass("sdist_upip.build_meta"))
    options = ["-e", "."] if kind == "editable" else ["."]
    target = tmp_path / "site"
    result = run_warm(
        *("-m", "pip", "install", "--no-deps", "--no-build-isolation", "--no-index"),
        *("--prefix", target, *options),
        cwd=directory,
    )
    assert result.returncode == 0, result
    names = {path.name for path in target.rglob("*")}
    assert names & {"my_app-1.0.dist-info", "my-app.egg-link"}
    assert ("page.html" in names) == (kind == "wheel")


def test_being_installed_changes_no_other_project(tmp_path):
    directory = shutil.copytree(ROOT / "examples/my_app", tmp_path / "project")
    (directory / "pyproject.toml").write_text(without_cmdclass("setuptools.build_meta"))
    result = run_warm(*BUILD, cwd=directory)
    assert result.returncode == 0, result
    with tarfile.open(only(directory / "dist")) as tar:
        assert [name for name in tar.getnames() if name.endswith("/pyproject.toml")]


def test_config_settings_reach_the_build_through_our_backend(tmp_path):
    directory = shutil.copytree(ROOT / "examples/my_app", tmp_path / "project")
    (directory / "pyproject.toml").write_text(without_cmdclass("sdist_upip.build_meta"))
    result = run_warm(
        *BUILD, "-Cresources=files", "-Cexclude=*/utils.py", "-Cexclude=*/nothing.py", cwd=directory
    )
    assert result.returncode == 0, result
    assert sorted(read_members(only(directory / "dist"))) == [
        "PKG-INFO",
        "my_app/__main__.py",
        "my_app/data/image.png",
        "my_app/data/page.html",
    ]
    result = run_warm(*BUILD, "-Cresorces=files", cwd=directory)
    assert result.returncode == 1
    assert "Did you mean 'resources'?" in result.stdout + result.stderr
    assert "Traceback" not in result.stdout + result.stderr


def test_settings_reach_the_command_through_setuptools_backend(tmp_path):
    """Since setuptools 64 its backend puts global options before the command."""
    works = int(version("setuptools").partition(".")[0]) >= 64
    directory = shutil.copytree(ROOT / "examples/my_app", tmp_path / "project")
    result = run_warm(*BUILD, "-C--global-option=sdist --resources=files", cwd=directory)
    assert (result.returncode == 0) == works, result
    if works:
        assert "my_app/R.py" not in read_members(only(directory / "dist"))


@pytest.mark.parametrize("order", [("sdist", "bdist_wheel"), ("bdist_wheel", "sdist")])
def test_other_commands_of_the_same_run(order, tmp_path):
    directory = shutil.copytree(ROOT / "examples/my_app", tmp_path / "project")
    write_tree(directory, {"setup.py": SETUP_WITH_OURS})
    (directory / "pyproject.toml").unlink()
    result = run_warm("setup.py", "-q", *order, cwd=directory)
    assert result.returncode == 0, result
    assert sorted(path.name for path in (directory / "dist").iterdir()) == [
        "my_app-1.0-py3-none-any.whl",
        "my_app-1.0.tar.gz",
    ]


@pytest.mark.parametrize(
    ("options", "place"),
    [
        (("egg_info", "--egg-base", "info", "sdist"), "info/my_app.egg-info"),
        (("egg_info", "-b.dev3", "sdist"), None),
    ],
)
def test_options_of_egg_info(options, place, tmp_path):
    directory = shutil.copytree(ROOT / "examples/my_app", tmp_path / "project")
    write_tree(directory, {"setup.py": SETUP_WITH_OURS, "info/x": ""})
    (directory / "pyproject.toml").unlink()
    result = run_warm("setup.py", "-q", *options, cwd=directory)
    assert result.returncode == 0, result
    assert (place is None) or (directory / place / "PKG-INFO").is_file()
    name = "my_app-1.0.tar.gz" if place else "my_app-1.0.dev3.tar.gz"
    assert only(directory / "dist").name == name


def test_the_account_survives_a_terminal_without_unicode(tmp_path):
    directory = shutil.copytree(ROOT / "examples/my_app", tmp_path / "project")
    (directory / "my_app/data/caf\u00e9\u2192.html").write_text("x")
    result = run_python("-m", "sdist_upip", "build", cwd=directory, PYTHONIOENCODING="ascii")
    assert result.returncode == 0, result
    assert "my_app/data/caf\\xe9\\u2192.html" in result.stdout
    result = run_python("-m", "sdist_upip", "build", "-h", cwd=directory, PYTHONIOENCODING="ascii")
    assert result.returncode == 0, result


ROOT_PACKAGE = """
from setuptools import setup
import sdist_upip

setup(
    name="x",
    version="1.0",
    packages=["", "a/"],
    package_data={"": ["**/*"]},
    cmdclass={"sdist": sdist_upip.sdist},
)
"""
BACKENDS = ("setuptools.build_meta", "setuptools.build_meta:__legacy__", "sdist_upip.build_meta")
ROOT_FRONT_ENDS = [
    ("", ("setup.py", "sdist")),
    ("", ("-m", "sdist_upip", "build")),
    *((build_system(backend), BUILD) for backend in BACKENDS),
    (build_system(BACKENDS[0]), ("-m", "sdist_upip", "build")),
]


def test_the_script_is_never_a_module_of_the_root_package(tmp_path):
    """The backend of setuptools does not know its script, and takes it for a module."""
    archives = set()
    for number, (pyproject, command) in enumerate(ROOT_FRONT_ENDS):
        files = {"m.py": "", "conftest.py": "", "setup.cfg": "", "a/__init__.py": "", "a/t.txt": ""}
        files |= {"setup.py": ROOT_PACKAGE, "dist/x-0.9.tar.gz": "old"}
        files |= {"pyproject.toml": pyproject} if pyproject else {}
        directory = write_tree(tmp_path / str(number), files)
        result = run_warm(*command, cwd=directory)
        assert result.returncode == 0, (command, result)
        archive = directory / "dist/x-1.0.tar.gz"
        assert sorted(read_members(archive)) == [
            *("PKG-INFO", "a/R.py", "a/__init__.py", "a/t.txt", "m.py")
        ]
        archives.add(archive.read_bytes())
    assert len(archives) == 1
    result = run_warm("-m", "sdist_upip", "check", "--strict", archive, cwd=tmp_path)
    assert result.returncode == 0, result
