"""A directory with an index of made-up packages, each as a device archive and as a wheel."""

from __future__ import annotations

import hashlib
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))

from support.archives import make_release, pack
from support.wheels import pure_wheel


def write_index(directory: Path, packages: int, files: int, size: int) -> None:
    """Write simple/ with device archives and wheels/ with wheels of the same packages.

    p0 requires p1, p1 requires p2, and so on, and each one or two more that come later.
    """
    random.seed(8)
    (directory / "files").mkdir(parents=True)
    for number in range(packages):
        name = f"p{number}"
        contents = {
            f"{name}/m{file}.py": f"x = {random.randbytes(size // 2).hex()!r}\n"
            for file in range(files)
        }
        more = {random.randrange(number + 1, packages + 1) for _ in range(2)}
        requires = [f"p{other}>=1.0,<2" for other in {number + 1, *more} if other < packages]
        archive = pack(make_release(name, "1.0", contents, requires))
        _write_page(directory, "simple", name, f"{name}-1.0.tar.gz", archive)
        filename = f"{name}-1.0-py3-none-any.whl"
        _write_page(
            directory, "wheels", name, filename, pure_wheel(name, "1.0", contents, requires)
        )
        lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0"]
        lines += [f"Requires-Dist: {requirement}" for requirement in requires]
        (directory / "files" / f"{filename}.metadata").write_text("\n".join([*lines, ""]))


def _write_page(directory: Path, kind: str, name: str, filename: str, data: bytes) -> None:
    """Write a file, and the page of its project; that of a wheel names its metadata (PEP 658)."""
    (directory / "files" / filename).write_bytes(data)
    page = directory / kind / name / "index.html"
    page.parent.mkdir(parents=True)
    metadata = ' data-core-metadata="true"' if filename.endswith(".whl") else ""
    digest = hashlib.sha256(data).hexdigest()
    page.write_text(
        f'<!DOCTYPE html><a href="../../files/{filename}#sha256={digest}"{metadata}>{filename}</a>'
    )
