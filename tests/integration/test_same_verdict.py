"""Build and check have the same verdict on the same content: codes and paths."""

import gzip
import zlib
from types import MappingProxyType

import pytest

from sdist_upip import Member, Release
from sdist_upip.builders.builder import build
from sdist_upip.check.archive import check_bytes
from sdist_upip.check.problem import CODES, ERROR
from sdist_upip.check.release import check_release
from sdist_upip.check.tar_scan import scan_tar
from sdist_upip.config import Config
from sdist_upip.errors import ProjectError
from sdist_upip.filenames import split_release
from sdist_upip.project.layout import Layout
from support.odd_archives import CLEAN, DEFECTS, FILENAME, METADATA, archive, to_bytes
from support.sources import ACCEPTED, REFUSED

FAST = Config(steps=(), compression="fast")
FORM = frozenset(
    code
    for code in CODES
    if code.startswith(("gzip-", "tar-", "not-gzip", "not-tar", "window", "unreadable", "root"))
)
"""Codes about the form of a file. The build writes this form itself."""
OF_THE_NAME = frozenset({"filename", "pkg-info-mismatch"})
"""Codes about the file name, which the build chooses."""


def select(problems, ignored=FORM):
    return {(one.code, one.path) for one in problems if one.code not in ignored}


def make_release(names):
    """Return the release with the members {name: data}, or None if there cannot be one."""
    roots = {name.partition("/")[0] for name in names}
    if len(roots) != 1:
        return None
    try:
        members = tuple(Member(name.partition("/")[2], data) for name, data in names.items())
        return Release(*split_release(roots.pop()), members)
    except ProjectError:
        return None


def assert_same_verdict(raw, names, filename, outdir, caplog):
    """Compare the check of the archive `raw` with the build of its members."""
    problems = check_bytes(raw, filename).problems
    release = make_release(names)
    if release is None:
        assert any(one.severity == ERROR for one in problems)
        return
    expected = select(problems)
    if filename == f"{release.root}.tar.gz":
        assert select(check_release(release, filename)) == expected
    else:
        expected = select(problems, FORM | OF_THE_NAME)
    errors = {one for one in expected if CODES[one[0]] == ERROR}
    outdir.mkdir()
    try:
        result = build(Layout(release, MappingProxyType({}), ()), FAST, outdir, project=outdir)
    except ProjectError as error:
        assert {code for code, _ in errors if f" {code}: " in str(error)}
    else:
        assert errors == set()
        made = result.archive.path
        assert select(check_bytes(made.read_bytes(), made.name).problems) == expected
        assert len(caplog.messages) == len(expected)
    assert caplog.messages or not expected - errors


@pytest.mark.parametrize("code", sorted(CODES))
def test_odd_archives(code, tmp_path, caplog):
    filename, raw = DEFECTS[code]
    if raw is None:
        return
    try:
        scan = scan_tar(gzip.decompress(raw))
    except (OSError, EOFError, zlib.error):
        return  # a file of which nothing is read has no content
    names = {entry.name: entry.data for entry in scan.entries if entry.plain}
    if scan.complete and len(names) == sum(entry.plain for entry in scan.entries):
        assert_same_verdict(raw, names, filename, tmp_path / "out", caplog)


def with_files(files):
    return {**CLEAN, **files}


CONTENTS = {
    "letters in bytes": with_files({"x/label.py": 'unit = b"°C"\n'}),
    "await in a plain function": with_files({"x/label.py": ACCEPTED[35]}),
    "Python 2": with_files({"x/label.py": REFUSED[0]}),
    "both": with_files({"x/label.py": 'unit = b"°C"\nprint "x"\n'}),
    "an old version": with_files({"PKG-INFO": METADATA.replace("2.4", "2.0")}),
    "no version": with_files({"PKG-INFO": METADATA.replace("Metadata-Version: 2.4\n", "")}),
    "a classifier": with_files({"PKG-INFO": f"{METADATA}Classifier: No :: Such\n"}),
    "an address": with_files({"PKG-INFO": f"{METADATA}Author-email: unknown\n"}),
    "a URL": with_files({"PKG-INFO": f"{METADATA}Home-page: github.com/x\n"}),
    "private": with_files(
        {"PKG-INFO": f"{METADATA}Classifier: Private :: No\nAuthor-email: unknown\n"}
    ),
    "a local version": with_files({"PKG-INFO": METADATA.replace("1.0", "1.0+a")}),
    "tools": with_files({"tools/__init__.py": "", "tools/tune.py": ""}),
    "tests": with_files({"tests/__init__.py": "", "tests/test_a.py": ""}),
    "imported tests": with_files({"tests/test_a.py": "", "x/b.py": "import tests\n"}),
    "test alone": {"PKG-INFO": METADATA, "test/pystone.py": ""},
    "stubs alone": {"PKG-INFO": METADATA, "x/__init__.pyi": ""},
    "a source beside its .mpy": with_files({"x/a.py": "", "x/a.mpy": b"M\x06\x00\x1f"}),
    "for computers": with_files({"setup.py": "import x\n"}),
    "src": {"PKG-INFO": METADATA, "src/x.py": ""},
}


@pytest.mark.parametrize("name", CONTENTS)
def test_contents(name, tmp_path, caplog):
    files = {path: to_bytes(data) for path, data in CONTENTS[name].items()}
    names = {f"x-1.0/{path}": data for path, data in files.items()}
    assert_same_verdict(archive(files), names, FILENAME, tmp_path / "out", caplog)
