"""Every code has an archive that has exactly that defect; clean archives have none."""

import io
import re
import tarfile
import warnings
import zlib

import pytest

from sdist_upip.archive.writer import gzip_wrap
from sdist_upip.check.archive import check_archive, check_bytes, without_codes
from sdist_upip.check.problem import CODES
from support.odd_archives import (
    CLEAN,
    DEFECTS,
    END,
    FILENAME,
    METADATA,
    archive,
    entry,
    pack,
    pad,
    tar,
    to_bytes,
)
from support.paths import ROOT

DOCS = "".join(
    path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "docs/reference/check-codes").glob("*.md"))
    if path.name != "index.md"
)


def codes(data, filename=FILENAME, **options):
    return [problem.code for problem in check_bytes(data, filename, **options).problems]


def message(data, filename=FILENAME):
    (problem,) = check_bytes(data, filename).problems
    return problem.message


def test_a_clean_archive_has_no_problem():
    report = check_bytes(archive(), FILENAME)
    assert report.problems == ()
    assert not report.fails(strict=True)
    assert report.window == 4096
    assert 0 < report.distance <= report.window


def test_every_code_has_its_archive():
    assert DEFECTS.keys() == CODES.keys()


@pytest.mark.parametrize("code", DEFECTS)
def test_an_archive_with_one_defect_has_one_problem(code, tmp_path):
    filename, data = DEFECTS[code]
    path = tmp_path / filename
    if data is not None:
        path.write_bytes(data)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        report = check_archive(path)
    expected = {code, "tar-folder"} if code == "tar-folder-count" else {code}
    assert {problem.code for problem in report.problems} == expected
    assert without_codes(report, expected).problems == ()
    assert report.fails(strict=True)
    assert report.fails(strict=False) == (CODES[code] == "error")


def test_docs_explain_every_code_with_the_example_of_its_archive():
    sections = re.split(r"^## ", DOCS, flags=re.MULTILINE)[1:]
    documented = {}
    for section in sections:
        heading = re.match(r"`([a-z-]+)` · (error|warning)\n", section)
        documented[heading[1]] = (heading[2], re.search(r"```text\n(.*?)\n```", section)[1])
    assert documented.keys() == CODES.keys()
    assert len(sections) == len(documented)
    overview = (ROOT / "docs/reference/check-codes/index.md").read_text(encoding="utf-8")
    assert {code for code in documented if f"`{code}`" in overview} == CODES.keys()
    for code, (severity, example) in documented.items():
        filename, data = DEFECTS[code]
        assert severity == CODES[code]
        if data is None:
            report = check_archive(ROOT / "missing" / filename)
        else:
            report = check_bytes(data, filename)
        problem = next(problem for problem in report.problems if problem.code == code)
        where = f"{problem.path}: " if problem.path else ""
        text = f"{severity} {code}: {where}{problem.message}"
        assert example == text.replace("\x1b", "\\x1b").replace("\udce9", "\\udce9")


def test_a_member_without_a_directory_is_not_in_the_root():
    data = pack(tar(CLEAN, entry("x.py", "x = 1\n")))
    assert codes(data) == ["root"]
    assert "no directory, 'x-1.0'" in message(data)


@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_the_names_of_headers_that_describe_others_are_not_a_problem(form):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=form) as built:
        for path, data in {**CLEAN, "x/" + "n" * 100 + ".py": ""}.items():
            info = tarfile.TarInfo(f"x-1.0/{path}")
            info.mtime = 1.5
            info.size = len(to_bytes(data))
            built.addfile(info, io.BytesIO(to_bytes(data)))
    expected = {tarfile.PAX_FORMAT: {"tar-pax"}, tarfile.GNU_FORMAT: {"tar-format"}}
    assert set(codes(pack(buffer.getvalue()))) == expected[form] | {"tar-name-length"}


def test_the_window_is_that_of_the_devices():
    report = check_bytes(DEFECTS["window"][1], FILENAME)
    assert (report.distance, report.window) == (5000, 8192)
    assert codes(DEFECTS["window"][1], window=8192) == []
    assert codes(archive(), window=512) == ["window"]


def test_damage_does_not_hide_other_problems():
    data = DEFECTS["unneeded"][1]
    broken = data[:-8] + bytes(8)
    assert set(codes(broken)) == {"gzip-crc", "gzip-length", "unneeded"}


def test_a_cut_tar_has_no_problems_of_what_is_missing():
    content = tar({"x/__init__.py": "", "PKG-INFO": METADATA})
    assert codes(pack(content[:1024])) == ["tar-truncated"]
    assert codes(pack(pad(b"x"))) == ["not-tar"]
    assert codes(pack(END)) == ["not-tar"]


def test_nothing_needs_the_stream_to_be_compressed_by_zlib():
    content = tar(CLEAN)
    stored = zlib.compressobj(0, zlib.DEFLATED, -15)
    stream = stored.compress(content) + stored.flush()
    report = check_bytes(gzip_wrap(stream, content), FILENAME)
    assert (report.problems, report.distance, report.window) == ((), 0, 512)


def test_members_inside_and_outside_of_the_root_keep_their_names():
    report = check_bytes(pack(tar({**CLEAN, "LICENSE": ""}, entry("x.py", ""))), FILENAME)
    assert {(p.code, p.path) for p in report.problems} == {
        ("root", None),
        ("unneeded", "x-1.0/LICENSE"),
    }
