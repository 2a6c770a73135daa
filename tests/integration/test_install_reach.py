"""`sdist-upip install` of packages as authors publish them: any archive, wheels, odd names."""

import os
import shutil

import pytest

from sdist_upip.cli.main import main
from support.archives import make_archive
from support.trees import read_tree, write_tree
from support.wheels import pure_wheel

pytestmark = pytest.mark.usefixtures("own_pip")

SDIST = {
    "pyproject.toml": "",
    "setup.py": "raise SystemExit('this runs')",
    "tests/test_x.py": "",
    "x.py": "sdist",
    "x.egg-info/SOURCES.txt": "",
}


@pytest.fixture
def install(run_install):
    """Runs install; returns the lines that it prints, or the error."""

    def install(*words, code=0, **options):
        shown = run_install(*words, code=code, **options)
        if code:
            return shown.err.removeprefix("error: ").strip()
        return [*shown.out.splitlines(), *shown.err.splitlines()]

    return install


def files(lib):
    """Return the files of the packages, without records."""
    tree = read_tree(lib) if lib.exists() else {}
    return {path: data.decode() for path, data in tree.items() if not path.startswith(".upip/")}


DEVICE = make_archive("x", "1.0", {"x.py": "device"})
ORDINARY = make_archive("x", "1.0", SDIST, ["y"])
UNCLEAR = make_archive("x", "1.0", {"pyproject.toml": "", "a.py": "", "b.py": ""})
WHEEL = pure_wheel("x", "1.0", {"x.py": "wheel", "x.pyi": ""}, ["y"])
COMPILED = "x-1.0-cp311-cp311-linux_x86_64.whl"


@pytest.mark.parametrize(
    ("archive", "wheel", "expected"),
    [
        (DEVICE, WHEEL, "device"),
        (ORDINARY, WHEEL, "wheel"),
        (ORDINARY, None, "sdist"),
        (UNCLEAR, WHEEL, "wheel"),
        (None, WHEEL, "wheel"),
    ],
)
def test_the_order_of_the_files_of_a_release(install, index, offer, lib, archive, wheel, expected):
    offer("y", "1.0", files={"y.py": ""})
    if archive:
        index.add("x-1.0.tar.gz", archive)
    if wheel:
        index.add("x-1.0-py3-none-any.whl", wheel, name="x")
    index.add(COMPILED, b"", name="x")
    names = ["installed x 1.0"] if expected == "device" else ["installed x 1.0", "installed y 1.0"]
    assert install("x") == names
    found = files(lib)
    found.pop("y.py", None)
    assert found == {"x.py": expected}
    frozen = lib.parent / "frozen"
    install("--freeze", "-p", frozen, "x")
    assert (frozen / "x.py").read_text() == expected


def test_a_long_name_is_installed_and_frozen(install, index, lib, tmp_path):
    path = f"x/{'long/' * 30}__init__.py"
    index.add("x-1.0-py3-none-any.whl", pure_wheel("x", "1.0", {path: "1"}), name="x")
    assert install("x") == ["installed x 1.0"]
    assert files(lib) == {path: "1"}
    install("--freeze", "-p", "frozen", "x")
    assert (tmp_path / "frozen" / path).read_text() == "1"


def test_a_newer_release_with_only_a_wheel(install, index, offer, lib):
    offer("x", "1.0")
    wheel = pure_wheel("x", "2.0", {"x.py": "wheel"})
    index.add("x-2.0-py3-none-any.whl", wheel, name="x")
    index.add("x-3.0-cp311-cp311-win32.whl", b"", name="x")
    assert install("x", "--lock", "pylock.toml") == ["installed x 2.0"]
    before = read_tree(lib)
    shutil.rmtree(lib)
    assert install("--lock", "pylock.toml") == ["installed x 2.0"]
    assert read_tree(lib) == before


def test_a_lock_keeps_an_ordinary_sdist(install, index, offer, lib, tmp_path):
    index.add("x-1.0.tar.gz", ORDINARY)
    offer("y", "1.0", files={"y.py": ""})
    install("x", "--lock", "pylock.toml")
    index.add("x-1.0-py3-none-any.whl", WHEEL, name="x")
    shutil.rmtree(lib)
    install("--lock", "pylock.toml")
    assert files(lib) == {"x.py": "sdist", "y.py": ""}


POST = make_archive("micropython-cmd", "3.4.0-2", {"cmd.py": "post"})
PLACES = ["index", "find-links page", "directory", "find-links directory", "path", "URL"]


@pytest.mark.parametrize("name", ["micropython-cmd-3.4.0-2", "Micropython_CMD-3.4.0-2"])
@pytest.mark.parametrize("place", PLACES)
def test_a_post_release_with_a_hyphen(install, index, lib, tmp_path, place, name):
    filename = f"{name}.tar.gz"
    older = make_archive("micropython-cmd", "3.4.0.post1", {"cmd.py": "older"})
    index.add("micropython-cmd-3.4.0.post1.tar.gz", older, name="micropython-cmd")
    url = index.url(index.add(filename, POST, name="micropython-cmd"))
    archives = tmp_path / "archives"
    write_tree(archives, {filename: POST, "micropython-cmd-3.4.0.post1.tar.gz": older})
    words, source = {
        "index": (["micropython.cmd"], ("-i", index.simple)),
        "find-links page": (
            ["micropython-cmd"],
            ("--no-index", "-f", f"{index.simple.rstrip('/')}/micropython-cmd/"),
        ),
        "directory": (["micropython-cmd>=3.4"], ("-i", archives)),
        "find-links directory": (["micropython-cmd"], ("--no-index", "-f", archives)),
        "path": ([archives / filename], ("--no-index",)),
        "URL": ([url], ("--no-index",)),
    }[place]
    assert install(*words, "--lock", "pylock.toml", source=tuple(map(str, source))) == [
        "installed micropython-cmd 3.4.0-2"
    ]
    assert files(lib) == {"cmd.py": "post"}
    assert (lib / ".upip/micropython-cmd").read_text().startswith("micropython-cmd 3.4.0-2\n")
    before = read_tree(lib)
    assert install("micropython-cmd==3.4.0.post2") == ["micropython-cmd 3.4.0-2 is installed"]
    shutil.rmtree(lib)
    assert install("--lock", "pylock.toml", source=()) == ["installed micropython-cmd 3.4.0-2"]
    assert read_tree(lib) == before


def test_check_and_show_read_a_post_release_with_a_hyphen(tmp_path, capsys):
    path = tmp_path / "upip-3.4.0-2.tar.gz"
    path.write_bytes(make_archive("upip", "3.4.0-2", {"upip.py": ""}))
    assert main(["check", str(path)]) == 1
    shown = capsys.readouterr().out
    assert "Rename it to upip-3.4.0.post2.tar.gz" in shown
    assert "name-reserved" not in shown
    assert "pkg-info-mismatch" not in shown
    assert main(["show", str(path)]) == 0
    assert main(["repack", str(path), "-o", f"{tmp_path}{os.sep}new.tar.gz"]) == 0


def test_dependencies_that_the_board_has(install, offer, lib, tmp_path, capsys):
    offer("app", "1.0", "micropython-os", "dep")
    offer("dep", "1.0", "gone; sys_platform == 'rp2'")
    error = install("app", code=1)
    assert error.startswith("micropython-os (required by app 1.0): No .tar.gz archive and no wheel")
    assert error.endswith(
        "If the board has it, pass --without micropython-os, or --no-deps to install no "
        "dependencies."
    )
    without = ("--without", "Micropython.OS", "--without", "gone")
    assert install("app", *without) == ["installed app 1.0", "installed dep 1.0"]
    (tmp_path / "names.txt").write_text("app\n")
    lines = install("-r", "names.txt", *without, "--lock", "pylock.toml")
    assert lines == ["app 1.0 is installed", "dep 1.0 is installed"]
    assert main(["list", "-p", str(lib)]) == 0
    assert capsys.readouterr() == ("app 1.0\ndep 1.0\n", "")
    shutil.rmtree(lib)
    install("--lock", "pylock.toml")
    assert files(lib).keys() == {"app.py", "dep.py"}
    shutil.rmtree(lib)
    assert install("--lock", "pylock.toml", "--without", "dep") == ["installed app 1.0"]
    install("--freeze", "-p", "frozen", "app", *without)
    assert {"app.py", "dep.py"} <= read_tree(tmp_path / "frozen").keys()


def test_no_dependencies(install, offer, lib, tmp_path):
    offer("app", "1.0", "gone")
    assert install("app", "--no-deps", "--lock", "pylock.toml") == ["installed app 1.0"]
    shutil.rmtree(lib)
    assert install("--lock", "pylock.toml") == ["installed app 1.0"]
    install("--freeze", "-p", "frozen", "--no-deps", "app")
    assert (tmp_path / "frozen/app.py").exists()


def test_an_upgrade_of_all_leaves_out_what_the_board_has(install, offer):
    for version in ("1.0", "2.0"):
        offer("a", version)
        offer("b", version)
        if version == "1.0":
            install("a", "b")
    assert install("-U", "--without", "b") == ["installed a 2.0, which replaces 1.0"]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["app", "--without", "APP"], "APP cannot be both a package to install and in --without"),
        (["./app-1.0-2.tar.gz", "--without", "app"], "app cannot be both a package to install"),
        (["app>=1", "--without", "app>=1"], "--without 'app>=1' is not the name of a package"),
        (["app", "--without", ""], "--without '' is not the name of a package"),
        (["-r", "names.txt", "--without", "app"], "app cannot be both a package to install"),
        (["--lock", "pylock.toml", "--no-deps"], "--lock without packages installs the packages"),
    ],
)
def test_wrong_usage(words, reason, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "names.txt").write_text("app[x]>1\n")
    with pytest.raises(SystemExit) as caught:
        main(["install", "--no-index", *words])
    assert caught.value.code == 2
    assert reason in capsys.readouterr().err
