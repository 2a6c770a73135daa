"""Every code has an archive that has exactly that defect; clean archives have none."""

import re
import warnings

import pytest

from conftest import ROOT
from odd_archives import (
    DEFECTS,
    FILENAME,
    archive,
)
from sdist_upip.check import check_archive, check_bytes, without_codes
from sdist_upip.checks.problem import CODES

DOCS = (ROOT / "docs/check.md").read_text(encoding="utf-8")


def codes(data, filename=FILENAME, **options):
    return [problem.code for problem in check_bytes(data, filename, **options).problems]


def message(data, filename=FILENAME):
    (problem,) = check_bytes(data, filename).problems
    return problem.message


def test_a_clean_archive_has_no_problem():
    report = check_bytes(archive(), FILENAME)
    assert report.problems == ()
    assert not report.fails(strict=True)
    assert report.window == 512 or report.window == 4096
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
    assert {problem.code for problem in report.problems} == {code}
    assert without_codes(report, {code}).problems == ()
    assert report.fails(strict=True)
    assert report.fails(strict=False) == (CODES[code] == "error")


def test_docs_explain_every_code_with_the_example_of_its_archive():
    sections = re.split(r"^### ", DOCS, flags=re.MULTILINE)[1:]
    documented = {}
    for section in sections:
        heading = re.match(r"`([a-z-]+)` · (error|warning)\n", section)
        documented[heading[1]] = (heading[2], re.search(r"```text\n(.*?)\n```", section)[1])
    assert documented.keys() == CODES.keys()
    for code, (severity, example) in documented.items():
        filename, data = DEFECTS[code]
        assert severity == CODES[code]
        if data is None:
            problem = check_archive(ROOT / "missing" / filename).problems[0]
        else:
            problem = check_bytes(data, filename).problems[0]
        where = f"{problem.path}: " if problem.path else ""
        text = f"{severity} {code}: {where}{problem.message}"
        assert example == text.replace("\x1b", "\\x1b").replace("\udce9", "\\udce9")
