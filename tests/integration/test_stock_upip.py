"""Stock upip, as published, on archives of ours; and our upip on legacy archives."""

import io
import json
import shutil
import ssl
import tarfile
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from micropython import Executable, WebAssembly, require_verified_tls
from micropython.installation import skip_or_fail
from sdist_upip.archive.reader import read_archive
from sdist_upip.board.device_settings import find_index_urls
from sdist_upip.board.root_certificates import find_bundle, find_root, read_certificates
from sdist_upip.errors import ConfigError
from support.archives import make_release, pack
from support.paths import ROOT
from support.processes import run_python
from support.upip_device import import_module, upip_files

pytestmark = pytest.mark.network

# The stock code runs as it is. Around it: the modules that WebAssembly lacks, the errno number
# of its mkdir, the third argument that Pycopy gave to DecompIO, and files for the network.
RUN = """
import os, sys

class ussl:
    class SSLContext:
        pass

sys.modules["ussl"] = sys.modules["usocket"] = ussl
sys.path.append("frozen")
import upip
import uzlib as real

def mkdir(path):
    try:
        os.mkdir(path)
    except OSError as e:
        raise OSError(17 if e.args[0] == 20 else e.args[0])

class uos:
    mkdir = staticmethod(mkdir)

class uzlib:
    DecompIO = staticmethod(lambda stream, window, buffer=None: real.DecompIO(stream, window))

def url_open(url):
    try:
        return open("/".join(["net"] + url.rstrip("/").split("/")[-2:]), "rb")
    except OSError:
        raise upip.NotFoundError("Package not found")

upip.os = uos
upip.uzlib = uzlib
upip.url_open = url_open
upip.install({package!r}, "lib")
"""


@pytest.fixture(scope="module")
def registry(tmp_path_factory):
    """The index that pip uses here, and a file with its root, where a computer finds one."""
    url = find_index_urls()[0]
    host = urlsplit(url).hostname
    bundles = [find_bundle(), Path(ssl.get_default_verify_paths().cafile or "")]
    for bundle in bundles:
        try:
            root = find_root(host, 443, read_certificates(bundle))
        except ConfigError as error:
            reason = str(error)
            continue
        path = tmp_path_factory.mktemp("root") / "upip_ca.der"
        path.write_bytes(root)
        return url, str(path)
    return skip_or_fail(f"no registry within reach: {reason}")


@pytest.fixture(params=["micropython-upip", "pycopy-upip"])
def stock(request, upip, registry):
    """The files of a stock upip, from its archive at the registry: ours installs no other upip."""
    url, root = registry
    index = import_module("upip_index")

    def fetch(link):
        return import_module("upip_http").open_url(link, [root], False, 60)

    body = fetch(index.find(fetch, [url], request.param, "", "you")[1])
    data = b"".join(iter(body.read, b""))
    body.close()
    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        files = {
            member.name.partition("/")[2]: tar.extractfile(member).read()
            for member in tar
            if member.isfile() and member.name.endswith(".py")
        }
    assert {"upip.py", "upip_utarfile.py"} <= set(files)
    return {f"frozen/{path}": data for path, data in files.items() if path != "setup.py"}


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
    run_python("-m", "sdist_upip", "build", project, "-o", tmp_path / "dist", cwd=tmp_path)
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
