"""What the board and the computer read in the same bytes.

Each target raises AssertionError if that differs. Its result is the verdict: accepted, refused, or
outside for a known difference (README.md). The modules of the board must be importable. They run on
CPython.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
import zlib
from html import unescape
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from sdist_upip.errors import ArchiveError, ConfigError, ResolutionError
from sdist_upip.filenames import read_archive_name
from sdist_upip.index.pages import IndexPage, PageError, parse_index_page
from sdist_upip.installed.device_archive import read_device_archive
from sdist_upip.requirements.requirement import evaluate_requirement, parse_requirement
from sdist_upip.requirements.target import Target
from support.hostile_pages import BAD, URL, PageBody
from support.upip_device import unpack_archive

ACCEPTED = "accepted"
REFUSED = "refused"
OUTSIDE = "outside"

TARGET = Target("rp2", "1.27.0")
_BOARD = SimpleNamespace(
    implementation=SimpleNamespace(name="micropython", version=(1, 27, 0)),
    platform="rp2",
    version_info=(3, 4, 0),
)
"""The `sys` of the board TARGET."""
_LONGEST_LINE = 1024
"""Bytes of a line of metadata. Of longer ones the board keeps the start."""
_ODD_PAGE = re.compile(
    rb"=\s*=|[\s/]=|=\s+[\"']|--!>|--\s+>|<!--?-?>|<!\[|[\0\x0b\x1c-\x1f\x80-\xff]|//[^/]*[][]"
    rb"|[/@]:|@[^\"'> ]*\?|&#(?![0-9]+;|[xX][0-9A-Fa-f]+;)"
)
_REFERENCE = re.compile(rb"&(#?[A-Za-z0-9]+;?)")
_READ_BY_BOARD = re.compile(
    rb"(amp|lt|gt|quot|#0*(9|10|13|3[2-9]|[4-9]\d|1[01]\d|12[0-6])"
    rb"|#[xX]0*([9aAdD]|[2-6]\w|7[0-9a-eA-E]));"
)
_ODD_LINE = re.compile(
    r"[^ -~]|===|[0-9.][^,;0-9.!][^,;]*\.\*|\[ +\]|[A-Za-z0-9._-]{99}|;.*(\(|not *[<>=!~]|[<>]=?)"
    r"|;.*[a-z_] *[=!~]=+ *[a-z_]|;.*['\"] *([=!~]=+|in) *['\"]"
    r"|platform_(?!python_implementation *[^a-z_ ])|\bpython_implementation"
)


def compare_archive(data: bytes, project: str = "x") -> str:
    """Assert that the archive `data` is refused by both, or that both install the same."""
    try:
        archive = read_device_archive(data, project)
        expected = [list(archive.files), list(archive.requires)]
    except ArchiveError:
        expected = None
    found = _unpack(data, project)
    if expected != found and _is_odd_archive(data):
        return OUTSIDE
    assert expected == found, f"computer {expected!r:.300}, board {found!r:.300}"
    return REFUSED if found is None else ACCEPTED


def compare_page(page: bytes) -> str:
    """Assert that the page of the project `a` has the same archives for both."""
    expected, found = _read_by_computer(page), _read_by_board(page)
    if expected != found and _is_odd_page(page):
        return OUTSIDE
    assert expected == found, f"computer {expected!r:.600}, board {found!r:.600}"
    return ACCEPTED if found else REFUSED


def compare_requirement(line: str) -> str:
    """Assert that a line of requirements means the same for both, on the board TARGET."""
    expected, found = _evaluate_by_computer(line), _evaluate_by_board(line)
    if expected != found and _ODD_LINE.search(line):
        return OUTSIDE
    assert expected == found, f"computer {expected!r:.300}, board {found!r:.300}"
    return REFUSED if found is None else ACCEPTED


def _unpack(data, project):
    """Return [files, requirements] as the board installs them, or None if it refuses them."""
    root = Path(tempfile.mkdtemp())
    base = root / ".upip"
    base.mkdir()
    import_module("upip_survey").print = lambda *_: None
    try:
        unpack_archive(data, base, project, "1.0")
        import_module("upip_check").check(str(root), [project])
        files, requires = [], []
        lines = (base / f"{project}.new").read_bytes().decode().removesuffix("\n").split("\n")
        for line in lines[1:]:
            kind, _, text = line.partition(" ")
            if kind == "needs":
                requires.append(text)
                continue
            digest, _, path = text.partition(" ")
            content = (base / f"{project}.{len(files)}").read_bytes()
            assert digest == hashlib.sha256(content).hexdigest()
            files.append((path, content))
        return [files, requires]
    except ValueError:
        return None
    finally:
        shutil.rmtree(root)


def _is_odd_archive(data):
    tar = zlib.decompressobj(31).decompress(data)
    return any(len(line) > _LONGEST_LINE for line in tar.replace(b"\0", b"\n").split(b"\n"))


def _is_odd_page(page):
    return _ODD_PAGE.search(page) or any(
        not _READ_BY_BOARD.fullmatch(name) and unescape(f"&{name.decode()}") != f"&{name.decode()}"
        for name in _REFERENCE.findall(page)
    )


def _read_by_board(page):
    archive_name = import_module("upip_index").archive_name
    found = []
    try:
        for url, sha, yanked in import_module("upip_page").links(PageBody(page)):
            try:
                name, version, _ = archive_name(url, "a")
            except ValueError:
                continue
            if name == "a":
                found.append((url, version, sha, yanked))
    except ValueError:
        return None
    return found


def _read_by_computer(page):
    found = []
    try:
        for link, _ in parse_index_page(IndexPage(URL, page), ""):
            archive = read_archive_name(link.filename)
            if archive and archive[0] == "a":
                digest = link.hashes.get("sha256", "")
                is_hash = not digest or re.fullmatch("[0-9a-f]{64}", digest)
                found.append((link.url, archive[1], digest if is_hash else BAD, link.yanked))
    except PageError:
        return None
    return found


def _evaluate_by_board(line):
    marker_module = import_module("upip_marker")
    marker_module.sys = _BOARD
    try:
        name, extras, specs, marker = import_module("upip_spec").requirement(line)
        if marker and not marker_module.applies(marker, [""]):
            return "does not apply"
    except ValueError:
        return None
    extras = sorted(filter(None, set(extras)))
    try:
        return name, extras, SpecifierSet(specs)
    except InvalidSpecifier:
        return name, extras, specs


def _evaluate_by_computer(line):
    try:
        found = evaluate_requirement(parse_requirement(line), TARGET)
    except (ConfigError, ResolutionError):
        return None
    if found is None:
        return "does not apply"
    return found.name, list(found.extras), found.specifier
