"""Links in wheels and source distributions, and old sdists that cannot be built: every command."""

import io
import tarfile

import pytest

from sdist_upip.builders.convert import convert_for_install
from sdist_upip.cli.main import main
from support.trees import read_members, read_tree
from support.wheels import FILES, INFO, METADATA, make_wheel

SETUP = "from setuptools import setup\nsetup(name='x', version='1.0', packages=['x'])\n"
SDIST = {
    "PKG-INFO": METADATA.replace("2.4", "2.1"),
    "setup.py": SETUP,
    "x/__init__.py": "from x.a import A\n",
    "x/a.py": "A = 1\n",
    "x.egg-info/SOURCES.txt": "",
    "x.egg-info/top_level.txt": "x\n",
}


def write_sdist(path, files, links=(), kind=tarfile.SYMTYPE):
    with tarfile.open(path, "w:gz") as tar:
        for name, text in files.items():
            info = tarfile.TarInfo(f"x-1.0/{name}")
            info.size = len(text.encode())
            tar.addfile(info, io.BytesIO(text.encode()))
        for name, target in links:
            info = tarfile.TarInfo(f"x-1.0/{name}")
            info.type, info.linkname = kind, target
            tar.addfile(info)
    return str(path)


def commands(tmp_path, source):
    """Run each command on `source`. Yield its exit code, and a function that lists the modules."""
    lib, modules, out = (tmp_path / name for name in ("lib", "modules", "out"))
    yield (
        main(["install", "--no-index", "--convert", "--path", str(lib), source]),
        lambda: {path for path in read_tree(lib) if not path.startswith(".upip")},
    )
    yield (
        main(["freeze", "--path", str(modules), source]),
        lambda: read_tree(modules).keys() - {"manifest.py"},
    )
    yield (
        main(["repack", "-o", f"{out}/", "--no-isolation", source]),
        lambda: {path for path in read_members(out / "x-1.0.tar.gz") if path != "PKG-INFO"},
    )


HOST_LINKS = (("README", "../README"), ("LICENSE", "/usr/share/x"), ("docs/a.md", "gone"))


@pytest.fixture(autouse=True)
def _no_isolation(monkeypatch):
    """Builds run in this environment, so that nothing is fetched."""
    monkeypatch.setattr(
        "sdist_upip.builders.convert.convert_for_install",
        lambda path, directory, settings: convert_for_install(
            path, directory, settings, isolated=False
        ),
    )


def test_links_for_people_in_an_sdist(tmp_path):
    source = write_sdist(tmp_path / "x-1.0.tar.gz", SDIST, HOST_LINKS)
    for code, listed in commands(tmp_path, source):
        assert code == 0
        assert listed() == {"x/__init__.py", "x/a.py"}


def test_links_for_people_in_a_wheel(tmp_path):
    files = {
        "x/__init__.py": "",
        "README": "../README",
        f"{INFO}/METADATA": METADATA,
        f"{INFO}/WHEEL": FILES[f"{INFO}/WHEEL"],
    }
    source = str(make_wheel(tmp_path, files, links={"README"}))
    for code, listed in commands(tmp_path, source):
        assert code == 0
        assert listed() == {"x/__init__.py"}


def test_a_link_among_the_code_of_a_wheel(tmp_path, capsys):
    info = {f"{INFO}/METADATA": METADATA, f"{INFO}/WHEEL": FILES[f"{INFO}/WHEEL"]}
    files = {"x/a.py": "A = 1\n", "x/b.py": "a.py", **info}
    source = str(make_wheel(tmp_path, files, links={"x/b.py"}))
    for code, listed in commands(tmp_path, source):
        assert code == 0
        assert listed() == {"x/a.py", "x/b.py"}
    assert (tmp_path / "lib/x/b.py").read_text() == "A = 1\n"
    broken = str(make_wheel(tmp_path, {**files, "x/b.py": "c.py"}, links={"x/b.py"}))
    for code, _ in commands(tmp_path / "broken", broken):
        assert code == 1
        assert "the link 'x/b.py' leads to 'c.py', which is not a" in capsys.readouterr().err


def test_a_link_in_code_that_leads_nowhere(tmp_path, capsys):
    source = write_sdist(tmp_path / "x-1.0.tar.gz", SDIST, [("x/b.py", "../../b.py")])
    for code, _ in commands(tmp_path, source):
        assert code == 1
        error = capsys.readouterr().err
        assert "link" in error
        assert "x-1.0/x/b.py" in error
        assert "uild it again" not in error


@pytest.mark.parametrize(
    "setup",
    [
        "from setuptools import setup\nfrom sdist_upip_ import sdist\nsetup(name='x')\n",
        "import sys\nsys.path.append('.')\nimport sdist_upip_\nimport setuptools\n",
        "print 'x'\nimport setuptools\n",
    ],
)
def test_old_sdists_that_cannot_be_built(setup, tmp_path, caplog):
    source = write_sdist(tmp_path / "x-1.0.tar.gz", {**SDIST, "setup.py": setup})
    for code, listed in commands(tmp_path, source):
        assert code == 0
        assert listed() == {"x/__init__.py", "x/a.py"}
    assert "x-1.0.tar.gz is converted without a build, because its setup.py" in caplog.text
    assert main(["check", "--strict", f"{tmp_path}/out/x-1.0.tar.gz"]) == 0
