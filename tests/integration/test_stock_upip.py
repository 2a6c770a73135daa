"""Stock upip, as published, on archives of ours; and our upip on legacy archives."""

import json
import shutil

import pytest

from micropython import Executable, WebAssembly, require_verified_tls
from sdist_upip.archive.reader import read_archive
from support.archives import make_release, pack
from support.paths import ROOT
from support.stock_upip import RUN
from support.upip_device import upip_files
from support.warm_python import run_warm

pytestmark = pytest.mark.network


def offer(files, release, data):
    """Add a release where each stock upip looks: JSON with one file a release, or a page."""
    archive = f"{release.root}.tar.gz"
    name = release.name.replace("_", "-")
    files[f"net/files/{archive}"] = data
    files[f"net/simple/{name}"] = f'<a href="http://x/files/{archive}#sha256=0">{archive}</a>\n'
    files[f"net/{name}/json"] = json.dumps(
        {
            "info": {"version": release.version},
            "releases": {release.version: [{"url": f"http://x/files/{archive}"}]},
        }
    )


def test_it_installs_what_we_build(stock, tmp_path):
    project = tmp_path / "my_app"
    shutil.copytree(ROOT / "examples" / "my_app", project)
    run_warm("-m", "sdist_upip", "build", project, "-o", tmp_path / "dist", cwd=tmp_path)
    (archive,) = (tmp_path / "dist").glob("*.tar.gz")
    release = read_archive(archive)
    files = dict(stock)
    offer(files, release, archive.read_bytes())
    outcome = WebAssembly("1.20").run(RUN.format(package="my-app"), files)
    assert "Installing my-app" in outcome.stdout, outcome.stdout + outcome.stderr
    assert "Error" not in outcome.stdout + outcome.stderr
    installed = {
        path.removeprefix("lib/"): data
        for path, data in outcome.files.items()
        if path.startswith("lib/")
    }
    expected = {
        member.path: member.data
        for member in release
        if member.path != "PKG-INFO" and ".egg-info" not in member.path
    }
    assert installed == expected
    assert "my_app/__main__.py" in installed


@pytest.mark.parametrize("name", ["a", "a" * 50])
def test_it_follows_requires_txt(name, stock):
    """The directory with requires.txt has the first letter of a long name only."""
    files = dict(stock)
    contents = {"a.py": "import b\n", "a.egg-info/requires.txt": "b\nc\n"}
    for project, inside in ((name, contents), ("b", None), ("c", None)):
        release = make_release(project, "1.0", inside)
        offer(files, release, pack(release))
    outcome = WebAssembly("1.20").run(RUN.format(package=name), files)
    installed = {path for path in outcome.files if path.startswith("lib/")}
    assert installed == {"lib/a.py", "lib/b.py", "lib/c.py"}, outcome.stdout + outcome.stderr


def test_ours_installs_a_legacy_package_from_the_registry(unix_port: Executable, registry):
    require_verified_tls(unix_port)
    url, root = registry
    code = "import sys; sys.path.append('.frozen'); import upip\n" + (
        f"upip.install('micropython-logging', 'lib', [{url!r}], cafile={root!r})\n"
        "print(upip.list('lib')[0][0])\n"
    )
    outcome = unix_port.run(code, upip_files())
    assert "lib/logging/__init__.py" in outcome.files
    assert outcome.lines[-1].startswith("micropython-")
