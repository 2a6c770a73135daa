"""Stock upip as it was published, for MicroPython 1.20 in Node, and where it is downloaded from."""

from __future__ import annotations

import io
import ssl
import tarfile
from pathlib import Path
from urllib.parse import urlsplit

from micropython.installation import skip_or_fail
from sdist_upip.board.device_settings import find_index_urls
from sdist_upip.board.root_certificates import find_bundle, find_root, read_certificates
from sdist_upip.errors import ConfigError
from support.upip_device import import_module

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


def find_registry(directory: Path) -> tuple[str, str]:
    """Return the index that pip uses here, and a file with its root certificate in `directory`.

    The running test is skipped if there is none within reach.
    """
    url = find_index_urls()[0]
    host = urlsplit(url).hostname
    bundles = [find_bundle(), Path(ssl.get_default_verify_paths().cafile or "")]
    for bundle in bundles:
        try:
            root = find_root(host, 443, read_certificates(bundle))
        except ConfigError as error:
            reason = str(error)
            continue
        path = directory / "upip_ca.der"
        path.write_bytes(root)
        return url, str(path)
    return skip_or_fail(f"no registry within reach: {reason}")


def fetch_stock_upip(name: str, registry: tuple[str, str]) -> dict[str, bytes]:
    """Return the files of the stock upip `name`, from its archive: ours installs no other upip."""
    url, root = registry
    index = import_module("upip_index")

    def fetch(link):
        return import_module("upip_http").open_url(link, [root], False, 60)

    body = fetch(index.find(fetch, [url], name, "", "you")[1])
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
