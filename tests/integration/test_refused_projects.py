"""Every front end refuses a project whose archive `install` would refuse, and says what to do."""

import pytest

from sdist_upip.cli.main import main
from support.archives import make_release, pack
from support.odd_archives import CLEAN, archive, entry, tar
from support.odd_archives import pack as pack_raw
from support.trees import read_tree
from support.warm_python import run_warm
from support.wheels import FILES, INFO, METADATA, make_wheel

PACKAGE = '[tool.setuptools]\npackages = ["x"]\n'
CODE = {"x/__init__.py": ""}


def data_files(directory, name):
    return f'{PACKAGE}[tool.setuptools.data-files]\n"{directory}" = ["{name}"]\n'


PROJECTS = {
    "records": (
        {"y": ""},
        data_files(".upip", "y"),
        "name-reserved",
        "Rename or exclude the file.",
    ),
    "records in other case": ({"y": ""}, data_files(".UPIP", "y"), "name-reserved", "exclude"),
    "journal": (
        {"journal.json": "{}"},
        data_files(".sdist-upip", "journal.json"),
        "name-reserved",
        "exclude",
    ),
    "settings of upip": (
        {"upip_settings.py": ""},
        data_files(".", "upip_settings.py"),
        "name-reserved",
        "in the place of upip itself",
    ),
    "upip": (
        {"upip.py": ""},
        '[tool.setuptools]\npy-modules = ["upip"]\n',
        "name-reserved",
        "upip",
    ),
    "src": ({"y.txt": ""}, data_files("src", "y.txt"), "src-layout", "rename the directory."),
    "include all": (
        {},
        f'{PACKAGE}[tool.sdist-upip]\ninclude = ["**"]\n',
        "for-computers",
        "Exclude",
    ),
    "too large": (
        {"zeros.bin": bytes(16 << 20)},
        data_files("data", "zeros.bin"),
        "too-large",
        "Installers read at most 16,777,216 bytes. Split the package, or exclude files.",
    ),
    "case": ({"x/A.py": "", "x/a.py": ""}, PACKAGE, "name-case", "Rename one of them."),
    "case of directories": (
        {"x/D/a.txt": "", "x/d/b.txt": ""},
        PACKAGE + '[tool.setuptools.package-data]\nx = ["*/*.txt"]\n',
        "name-case",
        "Rename one of them.",
    ),
    "syntax": ({"x/old.py": "print 1\n"}, PACKAGE, "syntax", "Fix the source."),
}


@pytest.mark.parametrize("name", PROJECTS)
def test_projects(name, make_project, fail):
    files, pyproject, code, advice = PROJECTS[name]
    error = fail(make_project({**CODE, **files}, pyproject))
    assert error.startswith("error: x-1.0.tar.gz does not pass the check. ")
    assert f" {code}: " in error
    assert advice in error


def test_many_requirements(make_project, fail):
    lines = ", ".join(f'"a{number}"' for number in range(501))
    error = fail(make_project(CODE, f"dependencies = [{lines}]\n{PACKAGE}"))
    assert "requires-count: x-1.0/PKG-INFO: The archive has 501 requirements." in error


def test_names_that_fat_refuses(make_project, fail):
    error = fail(make_project({**CODE, "x/a~1.py": ""}, PACKAGE))
    assert error == (
        "error: Member 'x/a~1.py': the path has the segment 'a~1.py', which contains '~1', as the "
        "short names of FAT do. Rename the file."
    )


SETUP = (
    "from setuptools import setup\nimport sdist_upip\n\n"
    'setup(cmdclass={"sdist": sdist_upip.sdist})\n'
)


@pytest.mark.parametrize(
    "command",
    [
        ("setup.py", "sdist", "-d", "out"),
        ("-m", "build", "--sdist", "--no-isolation", "-o", "out"),
        ("-m", "sdist_upip", "build", "-o", "out"),
    ],
    ids=["setup.py", "backend", "command line"],
)
def test_front_ends(command, make_project):
    files = {**CODE, "y": "", "setup.py": SETUP}
    project = make_project(files, data_files(".sdist-upip", "y"))
    result = run_warm(*command, cwd=project)
    assert result.returncode != 0
    assert "name-reserved: x-1.0/.sdist-upip/y: The file would be in the place" in result.stderr
    assert not [path for path in read_tree(project) if path.endswith(".tar.gz")]


PLUG_IN = """
from sdist_upip import Member

def make(options):
    def add(release):
        return release.with_members([*release, Member("setup.py", b"import setuptools\\n")])
    return add
"""


def test_a_step_that_adds_a_setup_script(make_project, tmp_path, fail):
    plug_ins = tmp_path / "plug-ins"
    info = plug_ins / "adder-1.dist-info"
    info.mkdir(parents=True)
    (plug_ins / "adder.py").write_text(PLUG_IN)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: adder\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[sdist_upip.steps]\nadder = adder:make\n")
    project = make_project(CODE, f'{PACKAGE}[tool.sdist-upip]\nsteps = ["adder"]\n')
    error = fail(project, PYTHONPATH=str(plug_ins))
    assert "for-computers: x-1.0/setup.py: The archive has a setup.py that is not from" in error


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({".upip/y": ""}, "in the place of the records of packages"),
        ({"src/y.py": ""}, "it has src"),
        (
            {"pyproject.toml": "", "x.egg-info/PKG-INFO": ""},
            "--complete makes a new archive from it",
        ),
        ({"a:b.py": ""}, "contains ':'"),
        ({"X/SUB.py": ""}, "which are one name on FAT"),
        ({"x.egg-info/requires.txt": "y\n" * 501}, "more than 500 requirements"),
    ],
)
def test_repack(files, message, tmp_path, capsys):
    path = tmp_path / "x-1.0.tar.gz"
    path.write_bytes(archive({**CLEAN, **files}))
    before = path.read_bytes()
    assert main(["repack", str(path)]) == 1
    assert message in capsys.readouterr().err
    assert read_tree(tmp_path) == {path.name: before}


def test_repack_accepts_what_only_the_form_makes_odd(tmp_path):
    path = tmp_path / "x-1.0.tar.gz"
    path.write_bytes(pack_raw(tar(CLEAN, entry("x-1.0/x/d/", kind=b"5"))) + bytes(512))
    assert main(["repack", str(path)]) == 0
    assert main(["check", "--strict", str(path)]) == 0


WHEEL = {f"{INFO}/METADATA": METADATA, f"{INFO}/WHEEL": FILES[f"{INFO}/WHEEL"]}


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({".upip/y": "", "x.py": ""}, "name-reserved"),
        ({"src/__init__.py": ""}, "src-layout"),
        ({"x.py": "", "X.py": ""}, "name-case"),
        ({"x.py": "print 1\n"}, "syntax"),
    ],
)
def test_conversion_of_a_wheel(files, code, tmp_path, capsys):
    wheel = make_wheel(tmp_path, {**files, **WHEEL})
    assert main(["repack", str(wheel)]) == 1
    assert f" {code}: " in capsys.readouterr().err
    assert read_tree(tmp_path).keys() == {wheel.name}


def test_install_converts_a_wheel_with_a_module_of_python_2(tmp_path):
    wheel = make_wheel(tmp_path, {"x/__init__.py": "", "x/old.py": "print 1\n", **WHEEL})
    target = tmp_path / "lib"
    assert main(["install", "--no-index", "--convert", "--path", str(target), str(wheel)]) == 0
    assert (target / "x/old.py").read_text() == "print 1\n"


def test_upip_brings_its_own_files(tmp_path):
    path = tmp_path / "upip-1.0.tar.gz"
    path.write_bytes(pack(make_release("upip", "1.0", {"upip.py": "", "upip_ca.der": ""})))
    assert main(["repack", str(path)]) == 0
