"""Archives as legacy tools wrote them, with all metadata of tar."""

from __future__ import annotations

import io
import tarfile

from support.samples import TEXT

FUNCTIONS = TEXT.split(b"\n\n")
FILES = {
    "x.egg-info/PKG-INFO": b"Name: x\n",
    "pkg/__init__.py": b"\n\n".join(FUNCTIONS[:45]) + b"\n",
    "pkg/empty.py": b"",
    "pkg/caf\u00e9.py": b"\n\n".join(FUNCTIONS[15:30]) + b"\n",
    "PKG-INFO": b"Name: x\n",
    "x.egg-info/requires.txt": b"y\n",
}


def legacy_archive(files=FILES, root="x-1", format=tarfile.GNU_FORMAT, extra=(), prefix=""):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz", format=format) as tar:
        directory = tarfile.TarInfo(prefix + root)
        directory.type = tarfile.DIRTYPE
        tar.addfile(directory)
        for path, data in files.items():
            info = tarfile.TarInfo(f"{prefix}{root}/{path}")
            info.size = len(data)
            info.mtime = 1_700_000_000.5
            info.uid = info.gid = 1000
            info.uname = info.gname = "paul"
            info.mode = 0o664
            tar.addfile(info, io.BytesIO(data))
        for info in extra:
            tar.addfile(info)
    return buffer.getvalue()
