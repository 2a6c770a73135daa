"""The archives of the projects in foreign_projects, and the same ones as other tools pack them.

The wheel that the backend builds of the same project decides what belongs on a board.
"""

from __future__ import annotations

import gzip
import io
import json
import os
import re
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from email.parser import BytesParser
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from sdist_upip.archive.writer import gzip_wrap
from support.foreign_projects import PROJECTS
from support.odd_archives import END, entry
from support.processes import run
from support.trees import write_tree

Members = dict[str, bytes]
"""{path below the top directory: content}, in the order of the archive."""

Write = Callable[[str, Members], bytes]
"""Returns a tar or an archive of a top directory and members."""

_BUILD = """
import importlib, json, os, sys, tarfile, warnings

warnings.simplefilter("ignore")
for directory, hooks in json.loads(sys.argv[1]):
    backend = importlib.import_module(hooks)
    os.chdir(directory + "/project")
    sdist = backend.build_sdist(directory)
    with tarfile.open(directory + "/" + sdist) as archive:
        archive.extractall(directory + "/unpacked")
    os.chdir(directory + "/unpacked/" + os.listdir(directory + "/unpacked")[0])
    backend.build_wheel(directory)
"""
_MTIME = 1_700_000_000
_COMPUTERS = (".pyi", "py.typed")
"""How the paths of files end that no board reads."""


@dataclass(frozen=True)
class Foreign:
    """An archive of `project` (normalized), and what an installer shall make of it.

    `files` are those of the wheel, without the ones for computers. `requires` are the requirements
    of the wheel without extras, as packaging spells them.
    """

    project: str
    filename: str
    data: bytes = field(repr=False)
    wheel: Path
    files: dict[str, bytes] = field(repr=False)
    requires: frozenset[str]


def build_population(directory: Path) -> dict[str, Foreign]:
    """Return {kind: archive}. A kind is in KINDS. The projects are built in `directory`, once."""
    if not directory.exists():
        _build_projects(directory)
    built = {name: _read_built(directory / name) for name in PROJECTS}
    shaped = {kind: _shape(built[base], shape) for kind, (base, shape) in _SHAPES.items()}
    return {**built, **shaped}


def _build_projects(directory: Path) -> None:
    jobs = []
    for project in PROJECTS.values():
        place = directory / project.name
        write_tree(place / "project", dict(project.files))
        jobs.append((str(place), project.hooks))
    scripts = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    done = run(sys.executable, "-c", _BUILD, json.dumps(jobs), cwd=directory, PATH=scripts)
    assert done.returncode == 0, done


def parse_requirements(lines: Iterable[str]) -> frozenset[str]:
    """Return requirements as packaging spells them, without those of extras."""
    parsed = map(Requirement, lines)
    return frozenset(str(one) for one in parsed if "extra" not in str(one.marker))


def read_files(archive: bytes) -> Members:
    """Return the regular files of an archive."""
    files = {}
    with tarfile.open(fileobj=io.BytesIO(archive)) as opened:
        for info in opened:
            if info.isreg():
                stream = opened.extractfile(info)
                assert stream is not None
                files[info.name.partition("/")[2]] = stream.read()
    return files


def read_wheel(wheel: Path) -> tuple[dict[str, bytes], frozenset[str]]:
    """Return the files of a wheel that are for boards, and its requirements."""
    files = {}
    requires: list[str] = []
    with zipfile.ZipFile(wheel) as opened:
        for path in opened.namelist():
            if path.endswith(".dist-info/METADATA"):
                metadata = BytesParser().parsebytes(opened.read(path))
                requires = metadata.get_all("Requires-Dist") or []
            elif ".dist-info/" not in path and not path.endswith(("/", *_COMPUTERS)):
                files[path] = opened.read(path)
    return files, parse_requirements(requires)


def _read_built(directory: Path) -> Foreign:
    (sdist,) = directory.glob("*.tar.gz")
    (wheel,) = directory.glob("*.whl")
    project = canonicalize_name(directory.name)
    return Foreign(project, sdist.name, sdist.read_bytes(), wheel, *read_wheel(wheel))


@dataclass(frozen=True)
class Shape:
    """How an archive is packed: by `pack` from its top directory and its members.

    `choose` selects and changes the members first. `rename` changes the name of the archive, which
    is the name of the top directory too.
    """

    pack: Write
    choose: Callable[[Foreign, Members], Members] = lambda foreign, members: members
    rename: Callable[[str], str] = lambda name: name


def _shape(base: Foreign, shape: Shape) -> Foreign:
    root = shape.rename(base.filename.removesuffix(".tar.gz"))
    data = shape.pack(root, shape.choose(base, read_files(base.data)))
    return Foreign(base.project, f"{root}.tar.gz", data, base.wheel, base.files, base.requires)


# Ways to write a tar


def _by_tarfile(
    format: int,
    *,
    mtime: float = _MTIME,
    pax: dict[str, str] | None = None,
    every: dict[str, str] | None = None,
    dot: str = "",
    directories: bool = False,
    links: dict[str, tuple[bytes, str]] | None = None,
) -> Write:
    """Return a function that writes a tar with tarfile.

    `pax` are the records of a global header, `every` those of each member. `dot` comes before each
    name. `links` maps paths to the type and the target of a link.
    """

    def write(root: str, members: Members) -> bytes:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w", format=format, pax_headers=pax) as opened:
            made = set()
            for path, data in members.items():
                name = f"{dot}{root}/{path}"
                for parent in reversed(Path(name).parents):
                    if directories and parent.as_posix() not in {".", *made}:
                        made.add(parent.as_posix())
                        info = tarfile.TarInfo(f"{dot}{parent.as_posix()}")
                        info.type = tarfile.DIRTYPE
                        opened.addfile(info)
                info = tarfile.TarInfo(name)
                info.size, info.mtime = len(data), mtime
                info.uid = info.gid = 1000
                info.uname = info.gname = "ann"
                info.pax_headers = dict(every or {})
                if path in (links or {}):
                    info.type, info.linkname = (links or {})[path]
                    info.size = 0
                opened.addfile(info, io.BytesIO(data))
        return buffer.getvalue()

    return write


def _by_entry(**fields: object) -> Write:
    """Return a function that writes headers with these fields of odd_archives.entry."""
    return lambda root, members: (
        b"".join(entry(f"{root}/{path}", data, **fields) for path, data in members.items()) + END
    )


def _base_256(root: str, members: Members) -> bytes:
    entries = [
        entry(f"{root}/{path}", data, size=b"\x80" + len(data).to_bytes(11, "big"))
        for path, data in members.items()
    ]
    return b"".join(entries) + END


# Ways to compress it


def _gzip(write: Write) -> Write:
    """Compress as Python's tarfile does: a file name in the header, and the largest window."""

    def pack(root: str, members: Members) -> bytes:
        buffer = io.BytesIO()
        with gzip.GzipFile(f"{root}.tar", "wb", 9, buffer) as stream:
            stream.write(write(root, members))
        return buffer.getvalue()

    return pack


def _nameless(write: Write, bits: int = 15) -> Write:
    """Compress with a window of 2 ** `bits` bytes, without a file name."""

    def pack(root: str, members: Members) -> bytes:
        content = write(root, members)
        compressor = zlib.compressobj(9, zlib.DEFLATED, -bits)
        return gzip_wrap(compressor.compress(content) + compressor.flush(), content)

    return pack


def _named(pack: Write) -> Write:
    """Put a file name into the header of the gzip file."""

    def pack_named(root: str, members: Members) -> bytes:
        data = pack(root, members)
        return data[:3] + b"\x08" + data[4:10] + f"{root}.tar\0".encode() + data[10:]

    return pack_named


# Ways to choose members


def _legacy(foreign: Foreign, members: Members) -> Members:
    """Keep what a copied sdist_upip.py keeps: the code, and two files of the metadata."""
    kept = re.compile(r"\w+/|.*\.egg-info/(PKG-INFO|requires\.txt)")
    return {
        path: data
        for path, data in members.items()
        if path in foreign.files or (".egg-info/" in path and kept.fullmatch(path))
    }


def _legacy_with_pyproject(foreign: Foreign, members: Members) -> Members:
    text = b"[build-system]\nrequires = ['setuptools']\n"
    return {"pyproject.toml": text, **_legacy(foreign, members)}


def _odd_documentation(foreign: Foreign, members: Members) -> Members:
    """Add names that no board can have, where nothing is installed."""
    return {**members, "docs/a:b.md": b"", "docs/A.md": b"", "docs/a.md": b"", "docs/con": b""}


def _old_metadata(foreign: Foreign, members: Members) -> Members:
    """Take the requirements from PKG-INFO, as setuptools before 68.3 does not write them."""
    return {
        path: re.sub(rb"Requires-Dist: .*\n", b"", data) if path.endswith("PKG-INFO") else data
        for path, data in members.items()
    }


def _sort(key: Callable[[str], object]) -> Callable[[Foreign, Members], Members]:
    return lambda foreign, members: {path: members[path] for path in sorted(members, key=key)}


_PAX, _GNU, _USTAR = tarfile.PAX_FORMAT, tarfile.GNU_FORMAT, tarfile.USTAR_FORMAT
_TIMED = _nameless(_by_tarfile(_PAX, mtime=_MTIME + 0.25), 12)
"""As the copied sdist_upip.py writes it on Python 3.8 or later."""
_GIT = {"comment": "0123456789abcdef0123456789abcdef01234567"}
_BSD = {"atime": "1700000001.5", "LIBARCHIVE.creationtime": "1700000000", "SCHILY.dev": "66306"}
_LINKS = {
    "README.md": (tarfile.SYMTYPE, "docs/index.md"),
    "docs/conf.py": (tarfile.LNKTYPE, "lamp/docs/index.md"),
    "LICENSE": (tarfile.SYMTYPE, "../LICENSE"),
}


def _readme(foreign: Foreign, members: Members) -> Members:
    return {"README.md": b"", **_legacy(foreign, members)}


_SHAPES: dict[str, tuple[str, Shape]] = {
    "legacy": ("lamp-legacy", Shape(_TIMED, _legacy)),
    "legacy with pyproject.toml": ("lamp-legacy", Shape(_TIMED, _legacy_with_pyproject)),
    "legacy with a file name": ("lamp-legacy", Shape(_named(_TIMED), _legacy)),
    "legacy with a linked README": (
        "lamp-legacy",
        Shape(_nameless(_by_tarfile(_GNU, links=_LINKS), 12), _readme),
    ),
    "post-release": (
        "lamp-legacy",
        Shape(_nameless(_by_tarfile(_GNU), 12), _legacy, lambda name: f"{name}-2"),
    ),
    "git archive": ("flit-flat", Shape(_gzip(_by_tarfile(_PAX, pax=_GIT, directories=True)))),
    "bsdtar": ("hatch-src", Shape(_gzip(_by_tarfile(_PAX, every=_BSD, directories=True)))),
    "GNU tar": ("lamp-long", Shape(_gzip(_by_tarfile(_GNU, directories=True)))),
    "GNU tar of a directory": (
        "hatch-flat",
        Shape(_gzip(_by_tarfile(_GNU, dot="./", directories=True))),
    ),
    "prefix": ("lamp-long", Shape(_gzip(_by_tarfile(_USTAR)))),
    "Unix V7": ("lamp-setup", Shape(_gzip(_by_entry(magic=b"", kind=b"\0")))),
    "sizes in base 256": ("lamp-setup", Shape(_gzip(_base_256))),
    "links and odd names in the documentation": (
        "lamp-setup",
        Shape(_gzip(_by_tarfile(_PAX, links=_LINKS)), _odd_documentation),
    ),
    "far without a file name": ("lamp-far", Shape(_nameless(_by_tarfile(_USTAR)))),
    "top_level.txt first": (
        "lamp-middle",
        Shape(_gzip(_by_tarfile(_USTAR)), _sort(lambda path: "top_level" not in path)),
    ),
    "top_level.txt last": (
        "lamp-tools",
        Shape(_gzip(_by_tarfile(_USTAR)), _sort(lambda path: ".egg-info/" in path)),
    ),
    "name as spelled": (
        "Lamp.Src",
        Shape(_gzip(_by_tarfile(_PAX)), rename=lambda name: "Lamp-Src-1.0"),
    ),
    "setuptools before 68.3": ("lamp-flat", Shape(_gzip(_by_tarfile(_PAX)), _old_metadata)),
}
"""{kind: (name of the project, shape)}."""

KINDS = (*PROJECTS, *_SHAPES)
"""The names of projects, and of other shapes of some."""

DEVICE_ARCHIVES = tuple(kind for kind in _SHAPES if _SHAPES[kind][0] == "lamp-legacy")
"""The kinds of archives that were made for boards."""

assert len({*KINDS}) == len(KINDS)
