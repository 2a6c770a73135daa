"""Bad input: one clear error, exit code 1, dist/ and the source tree untouched."""

import os
import resource
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from support.trees import read_members, read_tree, write_tree
from support.warm_python import run_warm

PACKAGE = {"a/__init__.py": "", "a/page.html": "page"}
DECLARED = '[tool.setuptools]\npackages = ["a"]\npackage-data = { a = ["*.html"] }\n'


@pytest.fixture
def project(make_project):
    return make_project(PACKAGE, DECLARED)


def configure(project, text):
    path = project / "pyproject.toml"
    path.write_text(path.read_text() + text)


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ('resorces = "both"', "unknown key 'resorces'. Did you mean 'resources'?"),
        ("license_files = 1", "unknown key 'license_files'. Did you mean 'license-files'?"),
        ("quite-other = 1", "unknown key 'quite-other'. Known keys: steps, include"),
        (
            'window = "4096"',
            "expected a window of 512, 1024, 2048, 4096, 8192, 16384 or 32768 bytes, got '4096'",
        ),
        ("window = 4000", "or 32768 bytes, got 4000"),
        ("window = true", "or 32768 bytes, got True"),
        ('description = "yes"', "expected true or false, got 'yes'"),
        ('resources = "modules"', "expected both, module or files, got 'modules'. Did you mean"),
        ("resources = 1", "expected both, module or files, got 1"),
        ('include = "www/**"', "expected an array of strings, got 'www/**'"),
        ("include = [1]", "expected an array of strings"),
        ('exclude = ["/a/b"]', "Invalid pattern '/a/b'."),
        (r'exclude = ["a\\b"]', "Invalid pattern 'a\\\\b'. Use a relative path with '/'"),
        ('include = ["nothing/**"]', "'nothing/**' matches no file of the project"),
        ('steps = ["resources", "resources"]', "'resources' occurs twice. Remove one of them."),
        (
            'steps = ["resource"]',
            "steps: unknown step 'resource' (installed steps: compile, metadata, minify, ",
        ),
        ("step = 1", "expected tables of options"),
        ("[tool.sdist-upip.step.resurces]", "does not run it. Did you mean 'resources'?"),
        ("[tool.sdist-upip.step.other]", "does not run it. Add it to steps."),
        ("[tool.sdist-upip.step.metadata]\nx = 1", "step 'metadata' has no options of its own"),
        ("window =", "is not valid TOML"),
    ],
)
def test_configuration(table, expected, project, fail):
    configure(project, f"[tool.sdist-upip]\n{table}\n")
    assert expected in fail(project)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--window", "1000"], "error: Setting window: expected a window of 512"),
        (
            ["--window", "512", "--window", "1024"],
            "error: Setting window: passed 2 times. Pass it once.",
        ),
        (["-C", "window"], "-C 'window': expected KEY=VALUE"),
        (["-C", "windw=512"], "Settings: unknown key 'windw'. Did you mean 'window'?"),
        (["-C", "step=x"], "Setting step: a table cannot be a setting. Put it in pyproject.toml"),
        (["--description", "maybe"], "Setting description: expected true or false, got 'maybe'"),
    ],
)
def test_settings(arguments, expected, project, fail):
    assert expected in fail(project, *arguments)


def test_a_value_that_is_not_a_table(make_project, fail):
    project = make_project(PACKAGE, DECLARED + '[tool]\nsdist-upip = "x"\n')
    assert "expected a table, got 'x'" in fail(project)


STEPS = {
    "raises": ("def factory(options):\n    def step(release):\n        1 / 0\n    return step\n",
               "Step 'raises' failed at", "ZeroDivisionError"),
    "returns": ("def factory(options):\n    return lambda release: None\n",
                "Step 'returns': expected a Release, got NoneType"),
    "renames": ("from sdist_upip import Release\ndef factory(options):\n"
                "    return lambda release: Release('y', release.version, release.members)\n",
                "Step 'renames' changed the release from x-1.0 to y-1.0"),
    "doubles": ("def factory(options):\n"
                "    return lambda release: release.with_members(release.members * 2)\n",
                "Step 'doubles': Member", "occurs twice"),
    "lengthens": ("from sdist_upip import Member\ndef factory(options):\n"
                  "    return lambda release: release.with_members("
                  "(*release, Member('a' * 95, b'')))\n",
                  "Step 'lengthens': Member", "the name has 101 bytes"),
    "escapes": ("from sdist_upip import Member\ndef factory(options):\n"
                "    return lambda release: release.with_members("
                "(*release, Member('../x.py', b'')))\n",
                "Step 'escapes': Member '../x.py': the path has a '.' or '..' segment"),
    "garbles": ("from sdist_upip import Member\ndef factory(options):\n"
                "    return lambda release: release.with_members("
                "(*release, Member('x.py', b'(')))\n",
                "Step 'garbles' made 'x.py' invalid Python"),
    "strips": ("def factory(options):\n    return lambda release: release.with_members(())\n",
               "Step 'strips' removed PKG-INFO"),
    "unpicky": ("def factory(options):\n    return options['size']\n",
                "Step 'unpicky' refused its options: KeyError('size')"),
    "nothing": ("def factory(options):\n    return 1\n",
                "Step 'nothing': expected a callable from the factory, got 1"),
    "missing": ("", "Step 'missing' cannot be imported from"),
}  # fmt: skip


@pytest.mark.parametrize("name", STEPS)
def test_steps_that_break_the_rules(name, project, fail, tmp_path):
    source, *expected = STEPS[name]
    plug_in = register_step(tmp_path / "plug-in", name, f"{name}_step", source)
    configure(project, f'[tool.sdist-upip]\nsteps = ["resources", "{name}", "metadata"]\n')
    error = fail(project, PYTHONPATH=str(plug_in))
    for text in expected:
        assert text in error


def test_two_steps_of_one_name(project, fail, tmp_path):
    source = "def factory(options):\n    return lambda release: release\n"
    one = register_step(tmp_path / "one", "same", "one_step", source)
    two = register_step(tmp_path / "two", "same", "two_step", source)
    configure(project, '[tool.sdist-upip]\nsteps = ["same"]\n')
    error = fail(project, PYTHONPATH=os.pathsep.join(map(str, (one, two))))
    assert "Step 'same' is registered by one_step, two_step. Uninstall all but one" in error


def register_step(directory, name, module, source):
    return write_tree(
        directory,
        {
            f"{module}.py": source,
            f"{module}-1.dist-info/METADATA": (
                f"Metadata-Version: 2.1\nName: {module}\nVersion: 1\n"
            ),
            f"{module}-1.dist-info/entry_points.txt": (
                f"[sdist_upip.steps]\n{name} = {module}:factory\n"
            ),
        },
    )


def test_a_name_over_100_bytes(make_project, fail):
    name = "b" * (101 - len("x-1.0/a/.py")) + ".py"
    project = make_project({**PACKAGE, f"a/{name}": ""}, DECLARED)
    assert "the name has 101 bytes, but devices read only 100." in fail(project)


def test_a_file_name_that_is_not_utf_8(project, fail):
    (project / os.fsdecode(b"a/caf\xe9.html")).write_text("")
    # In a process of its own, because pytest-xdist cannot send the name that setuptools logs.
    assert "the file name is not valid UTF-8" in fail(project, PYTHONUTF8="1")


def test_a_symlink_that_leaves_the_project(project, fail, tmp_path):
    (tmp_path / "outside.html").write_text("")
    (project / "a/link.html").symlink_to(tmp_path / "outside.html")
    assert "'a/link.html' is outside the project" in fail(project)


@pytest.mark.parametrize("name", ["module.py", "link.html"])
def test_a_dangling_symlink(name, project, fail):
    (project / "a" / name).symlink_to("nowhere")
    assert f"'a/{name}' is a symlink to 'nowhere', which does not exist" in fail(project)


@pytest.mark.parametrize("name", ["module.py", "pipe.html"])
def test_a_fifo(name, project, fail):
    os.mkfifo(project / "a" / name)
    assert f"'a/{name}': expected a regular file, got a FIFO" in fail(project)


def test_a_socket(project, fail, monkeypatch):
    monkeypatch.chdir(project)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("a/socket.html")
        assert "'a/socket.html': expected a regular file, got a socket" in fail(project)


@pytest.mark.parametrize(
    ("files", "pyproject", "expected"),
    [
        ({}, '[tool.setuptools]\npackages = ["a", "b"]\n', "the package 'b' has no directory"),
        (
            {},
            '[tool.setuptools]\npackages = ["a"]\npackage-data = { a = ["gone.html"] }\n',
            "package_data of 'a': file 'a/gone.html' not found",
        ),
        (
            {"MANIFEST.in": "include a/gone.html\n"},
            DECLARED,
            "MANIFEST.in: file 'a/gone.html' not found",
        ),
        (
            {
                "setup.py": "from setuptools import setup\n"
                "setup(packages=['a'], data_files=[('www', ['gone.html'])])\n"
            },
            "",
            "'gone.html' is declared but does not exist",
        ),
    ],
)
def test_declared_but_missing(files, pyproject, expected, make_project, fail):
    assert expected in fail(make_project({**PACKAGE, **files}, pyproject))


def test_two_files_for_one_path(make_project, fail):
    setup = "from setuptools import setup\nsetup(packages=['a'], data_files=[('q', ['o/c.txt'])])\n"
    others = {"o/c.txt": "1", "q/c.txt": "3", "setup.py": setup}
    project = make_project({**PACKAGE, **others}, '[tool.sdist-upip]\ninclude = ["q/*"]\n')
    assert "have the same install path" in fail(project)


@pytest.mark.parametrize("name", ["MANIFEST", "MANIFEST.in"])
def test_a_manifest_that_is_not_utf_8(name, make_project, fail):
    project = make_project({**PACKAGE, name: b"include caf\xe9\n"}, DECLARED)
    assert f"{name} is not UTF-8" in fail(project)


def test_a_command_that_changes_the_release_tree(make_project, fail):
    """As versioneer's does, to write the version into a module."""
    setup = (
        "from setuptools import setup\nimport sdist_upip\n"
        "class sdist(sdist_upip.sdist):\n    def make_release_tree(self, *args): pass\n"
        "setup(packages=['a'], cmdclass={'sdist': sdist})\n"
    )
    assert "overrides make_release_tree" in fail(make_project({**PACKAGE, "setup.py": setup}))


EXTENSION = (
    "from setuptools import Extension, setup\n"
    "setup(packages=['a'], ext_modules=[Extension('a.fast', ['a/fast.c'])])\n"
)


def test_extension_modules(make_project, fail, build):
    project = make_project({**PACKAGE, "a/fast.c": "", "setup.py": EXTENSION})
    assert "Extension module 'a.fast' cannot run on a device" in fail(project)
    assert "a/__init__.py" in build(project, "--exclude", "a/fast.*")


def test_url_requirements(make_project, fail):
    project = make_project(PACKAGE, DECLARED)
    text = (project / "pyproject.toml").read_text()
    (project / "pyproject.toml").write_text(
        text.replace("[project]\n", '[project]\ndependencies = ["y @ https://example.com/y.zip"]\n')
    )
    assert "points to a URL, which neither PyPI nor upip accepts" in fail(project)


def test_a_module_of_the_project_named_r(make_project, fail):
    project = make_project({**PACKAGE, "a/R.py": "R = 8.314\n"}, DECLARED)
    assert "'a/R.py' is a module of the project" in fail(project)


def test_nothing_for_a_device(make_project, fail):
    project = make_project({}, "[tool.setuptools]\npackages = []\n")
    assert "the project has no files for a device" in fail(project)


def test_no_project(tmp_path, fail):
    directory = write_tree(tmp_path / "empty", {"readme.txt": ""})
    assert "is not a project" in fail(directory)


def test_no_name_and_no_version(tmp_path, fail):
    setup = "from setuptools import setup\nsetup({}py_modules=['m', 'n'])\n"
    directory = write_tree(tmp_path / "p", {"m.py": "", "n.py": "", "setup.py": setup.format("")})
    assert "The project has no name" in fail(directory)
    write_tree(directory, {"setup.py": setup.format("name='x', ")})
    assert "The project has no version" in fail(directory)


def test_a_setup_script_without_setup(tmp_path, fail):
    directory = write_tree(tmp_path / "p", {"setup.py": "print('hello')\n"})
    assert "setup.py did not call setup()" in fail(directory)


def test_a_backend_that_does_not_exist(tmp_path, fail):
    backend = '[build-system]\nrequires = []\nbuild-backend = "nobodys.backend"\n'
    directory = write_tree(tmp_path / "p", {"pyproject.toml": backend})
    error = fail(directory, "--no-isolation")
    assert "'nobodys.backend' could not build a wheel" in error
    assert "'nobodys.backend' is not available" in error


def test_a_build_requirement_that_is_missing(project, fail):
    path = project / "pyproject.toml"
    path.write_text(path.read_text().replace('["setuptools"]', '["setuptools", "no-such-one>=3"]'))
    assert "The build requires no-such-one>=3, which is not installed" in fail(project)


def test_other_formats(project, tmp_path):
    write_tree(
        project,
        {
            "setup.py": "from setuptools import setup\nimport sdist_upip\n"
            "setup(cmdclass={'sdist': sdist_upip.sdist})\n"
        },
    )
    before = read_tree(project)
    for formats in ("zip", "gztar,zip"):
        result = run_warm("setup.py", "sdist", f"--formats={formats}", cwd=project)
        assert result.returncode == 1
        assert f"error: --formats={formats}: a device archive is always gztar" in result.stderr
        assert "Traceback" not in result.stderr
    assert read_tree(project) == before


@pytest.mark.parametrize("value", ["now", "-1", "1.5", str(8**11), "9" * 5000])
def test_source_date_epoch(value, project, fail):
    assert "SOURCE_DATE_EPOCH" in fail(project, SOURCE_DATE_EPOCH=value)


def test_dist_is_a_file(project, fail):
    (project / "dist").write_text("not a directory")
    assert "Cannot write" in fail(project)


WRITE = """
import os, sys
from pathlib import Path
from sdist_upip import Member, Release, SdistUpipError
from sdist_upip.archive.writer import write_archive
if os.geteuid() == 0:  # root may write anywhere
    os.setgid(65534)
    os.setuid(65534)
release = Release("x", "1", [Member("m.py", os.urandom(100000))])
try:
    write_archive(release, Path(sys.argv[1]), window=4096, compression="fast")
except SdistUpipError as error:
    sys.exit(f"error: {error}")
"""


def write_in_child(directory, **options):
    """Write an archive to `directory` in a child process with fewer rights."""
    return subprocess.run(
        [sys.executable, "-c", WRITE, str(directory)],
        capture_output=True,
        encoding="utf-8",
        check=False,
        **options,
    )


def test_a_read_only_dist():
    with tempfile.TemporaryDirectory() as name:
        directory = Path(name)
        directory.chmod(0o555)
        result = write_in_child(directory)
        assert not list(directory.iterdir())
    assert result.returncode == 1
    assert result.stderr.startswith("error: Cannot write")
    assert "Permission denied" in result.stderr


@pytest.mark.parametrize("exists", [True, False])
def test_a_full_disk(exists):
    """A limit on the size of files makes the very write fail, after it has begun."""
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        top.chmod(0o777)
        directory = top / "new" / "dist"
        if exists:
            write_tree(directory, {"x-1.tar.gz": "old", "other.txt": ""})
            directory.chmod(0o777)
        before = read_tree(top)
        limit = (2000, 2000)
        result = write_in_child(
            directory, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        )
        assert read_tree(top) == before
    assert result.returncode == 1
    assert result.stderr.startswith("error: Cannot write")
    assert "File too large" in result.stderr


def test_two_builds_at_the_same_time_end_with_a_whole_archive(project, tmp_path):
    write_tree(project, {f"a/m{number}.py": f"x = {number}\n" * 50 for number in range(50)})
    out = tmp_path / "out"
    command = [sys.executable, "-m", "sdist_upip", "build", str(project), "-o", str(out)]
    children = [
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    for child in children:
        errors = child.communicate()[1]
        assert child.returncode == 0, errors
    assert [path.name for path in out.iterdir()] == ["x-1.0.tar.gz"]
    assert len(read_members(out / "x-1.0.tar.gz")) == 54
