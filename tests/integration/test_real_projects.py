"""Projects that exist on PyPI, rebuilt as device archives in fresh build environments."""

import os
import shutil
import tarfile

import pytest

from support.paths import ROOT
from support.processes import run_python
from support.trees import read_members

pytestmark = pytest.mark.network


@pytest.fixture(scope="session")
def wheelhouse(tmp_path_factory):
    """A directory with a wheel of this very sdist-upip, for build environments to find."""
    directory = tmp_path_factory.mktemp("wheelhouse")
    source = tmp_path_factory.mktemp("source") / "copy"
    ignored = {".venv", ".git", ".tox", "node_modules", "build", "dist"}
    shutil.copytree(ROOT, source, ignore=lambda _, names: ignored.intersection(names))
    result = run_python(
        *("-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", directory, source),
        cwd=directory,
    )
    assert result.returncode == 0, result
    return directory


@pytest.fixture
def fetch(tmp_path):
    """A function from a requirement to the directory of the unpacked sdist."""

    def fetch_sdist(requirement):
        result = run_python(
            *("-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"),
            *("--dest", tmp_path / "sdist", requirement),
            cwd=tmp_path,
        )
        assert result.returncode == 0, result
        (archive,) = (tmp_path / "sdist").iterdir()
        with tarfile.open(archive) as tar:
            tar.extractall(tmp_path / "project", filter="data")
        (directory,) = (tmp_path / "project").iterdir()
        return directory

    return fetch_sdist


def build(directory, wheelhouse):
    links = os.pathsep.join(filter(None, (str(wheelhouse), os.environ.get("PIP_FIND_LINKS"))))
    result = run_python(
        *("-m", "build", "--sdist"), cwd=directory, PIP_FIND_LINKS=links.replace(os.pathsep, " ")
    )
    assert result.returncode == 0, result
    (archive,) = (directory / "dist").iterdir()
    return archive


def require_ours(directory, after='requires = [\n    "setuptools'):
    path = directory / "pyproject.toml"
    text = path.read_text()
    assert after in text
    path.write_text(text.replace(after, after.replace("[", '[\n    "sdist-upip",')))
    return path


MICRODOT = [
    *("PKG-INFO", "microdot/__init__.py", "microdot/asgi.py", "microdot/auth.py"),
    *("microdot/cors.py", "microdot/csrf.py", "microdot/helpers.py", "microdot/jinja.py"),
    *("microdot/login.py", "microdot/microdot.py", "microdot/multipart.py", "microdot/session.py"),
    *("microdot/sse.py", "microdot/test_client.py", "microdot/utemplate.py"),
    *("microdot/websocket.py", "microdot/wsgi.py"),
]


@pytest.mark.parametrize("front_end", ["cmdclass", "backend"])
def test_microdot_has_a_src_layout(front_end, fetch, wheelhouse):
    directory = fetch("microdot==2.7.0")
    path = require_ours(directory)
    text = path.read_text()
    if front_end == "cmdclass":
        text += '\n[tool.setuptools.cmdclass]\nsdist = "sdist_upip.sdist"\n'
    else:
        text = text.replace('"setuptools.build_meta"', '"sdist_upip.build_meta"')
    path.write_text(text)
    archive = build(directory, wheelhouse)
    assert archive.name == "microdot-2.7.0.tar.gz"
    members = read_members(archive)
    assert sorted(members) == MICRODOT
    for name in MICRODOT[1:]:
        assert members[name] == (directory / "src" / name).read_bytes()
    assert b"thanks.dev" in members["PKG-INFO"]


def test_a_circuitpython_library_has_modules_and_takes_its_version_from_setuptools_scm(
    fetch, wheelhouse
):
    directory = fetch("adafruit-circuitpython-ticks==1.1.7")
    path = require_ours(directory)
    text = path.read_text()
    path.write_text(
        text.replace("[build-system]", '[build-system]\nbuild-backend = "sdist_upip.build_meta"')
    )
    archive = build(directory, wheelhouse)
    assert archive.name == "adafruit_circuitpython_ticks-1.1.7.tar.gz"
    members = read_members(archive)
    requires = "adafruit_circuitpython_ticks.egg-info/requires.txt"
    assert list(members) == ["PKG-INFO", requires, "adafruit_ticks.py"]
    assert members[requires] == b"Adafruit-Blinka\n"


def test_picozero_has_a_setup_script(fetch, wheelhouse):
    directory = fetch("picozero==0.6.1")
    script = directory / "setup.py"
    script.write_text(
        script.read_text().replace("setup(", 'setup(cmdclass={"sdist": sdist_upip.sdist},', 1)
    )
    script.write_text("import sdist_upip\n" + script.read_text())
    (directory / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["setuptools", "sdist-upip"]\n'
    )
    archive = build(directory, wheelhouse)
    assert archive.name == "picozero-0.6.1.tar.gz"
    assert list(read_members(archive)) == [
        "PKG-INFO",
        "picozero/__init__.py",
        "picozero/picozero.py",
    ]
