"""Projects that exist on PyPI, rebuilt as device archives in fresh build environments."""

import os
import tarfile

import pytest

from sdist_upip.index.pip_settings import ask_pip
from support.published import SRC, Published, download
from support.trees import read_members
from support.warm_python import run_warm

pytestmark = pytest.mark.network


@pytest.fixture
def fetch(tmp_path):
    """A function that downloads the sdist of a project, and returns its unpacked directory."""

    def fetch_sdist(name, archive):
        (tmp_path / "found").mkdir()
        download(Published(name, SRC, archive), tmp_path, ask_pip())
        with tarfile.open(tmp_path / "found" / archive) as tar:
            tar.extractall(tmp_path / "project", filter="data")
        (directory,) = (tmp_path / "project").iterdir()
        return directory

    return fetch_sdist


def build(directory, distribution, installer="uv"):
    links = f"{distribution} {os.environ.get('PIP_FIND_LINKS', '')}"
    result = run_warm(
        *("-m", "build", "--sdist", "--installer", installer),
        cwd=directory,
        PIP_FIND_LINKS=links,
        UV_FIND_LINKS=str(distribution),
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


@pytest.mark.parametrize(("front_end", "installer"), [("cmdclass", "pip"), ("backend", "uv")])
def test_microdot_has_a_src_layout(front_end, installer, fetch, distribution):
    directory = fetch("microdot", "microdot-2.7.0.tar.gz")
    path = require_ours(directory)
    text = path.read_text()
    if front_end == "cmdclass":
        text += '\n[tool.setuptools.cmdclass]\nsdist = "sdist_upip.sdist"\n'
    else:
        text = text.replace('"setuptools.build_meta"', '"sdist_upip.build_meta"')
    path.write_text(text)
    archive = build(directory, distribution, installer)
    assert archive.name == "microdot-2.7.0.tar.gz"
    members = read_members(archive)
    assert sorted(members) == MICRODOT
    for name in MICRODOT[1:]:
        assert members[name] == (directory / "src" / name).read_bytes()
    assert b"thanks.dev" in members["PKG-INFO"]


def test_a_circuitpython_library_has_modules_and_takes_its_version_from_setuptools_scm(
    fetch, distribution
):
    directory = fetch("adafruit-circuitpython-ticks", "adafruit_circuitpython_ticks-1.1.7.tar.gz")
    path = require_ours(directory)
    text = path.read_text()
    path.write_text(
        text.replace("[build-system]", '[build-system]\nbuild-backend = "sdist_upip.build_meta"')
    )
    archive = build(directory, distribution)
    assert archive.name == "adafruit_circuitpython_ticks-1.1.7.tar.gz"
    members = read_members(archive)
    requires = "adafruit_circuitpython_ticks.egg-info/requires.txt"
    assert list(members) == ["PKG-INFO", requires, "adafruit_ticks.py"]
    assert members[requires] == b"Adafruit-Blinka\n"


def test_picozero_has_a_setup_script(fetch, distribution):
    directory = fetch("picozero", "picozero-0.6.1.tar.gz")
    script = directory / "setup.py"
    script.write_text(
        script.read_text().replace("setup(", 'setup(cmdclass={"sdist": sdist_upip.sdist},', 1)
    )
    script.write_text("import sdist_upip\n" + script.read_text())
    (directory / "pyproject.toml").write_text(
        '[build-system]\nrequires = ["setuptools", "sdist-upip"]\n'
    )
    archive = build(directory, distribution)
    assert archive.name == "picozero-0.6.1.tar.gz"
    assert list(read_members(archive)) == [
        "PKG-INFO",
        "picozero/__init__.py",
        "picozero/picozero.py",
    ]
