"""Every reader of this computer takes every row of the table of hostile archives."""

import re
import sys

import pytest

from sdist_upip.check.archive import check_bytes
from sdist_upip.check.problem import CODES, ERROR
from sdist_upip.cli.main import main
from sdist_upip.errors import ArchiveError
from sdist_upip.installed.device_archive import read_device_archive
from support.hostile_archives import ACCEPTED, BOARD, COMPUTER, HOSTILE
from support.paths import ROOT
from support.problems import STRICTER
from support.warm_python import run_warm

NOT_INSTALLED = {"docs/a:b.txt", "docs/A.txt", "docs/a.txt", ".upip/y.txt"}
"""Paths that no board can have, in archives that are installed without them."""
HEAVY = [name for name, row in HOSTILE.items() if row.slow]


def errors(row, others=()):
    """Return the codes of errors, those about members at the paths `others` left out."""
    problems = check_bytes(row.data, row.filename).problems
    names = {f"x-1.0/{path}" for path in others}
    return {p.code for p in problems if p.severity == ERROR and p.path not in names}


def test_board_and_computer_have_words_for_every_reason():
    assert COMPUTER.keys() == BOARD.keys()
    assert {row.reason for row in HOSTILE.values()} - {ACCEPTED} == COMPUTER.keys()
    on_board = {row.on_board for row in HOSTILE.values()}
    assert on_board - {ACCEPTED} == BOARD.keys()


@pytest.mark.parametrize("name", HOSTILE)
def test_install_gives_the_reason_and_check_agrees(name):
    row = HOSTILE[name]
    if row.reason == ACCEPTED:
        installed = {path for path, _ in read_device_archive(row.data, row.project).files}
        assert errors(row, NOT_INSTALLED - installed) <= STRICTER
    else:
        with pytest.raises(ArchiveError, match=COMPUTER[row.reason]):
            read_device_archive(row.data, row.project)
        assert errors(row)


@pytest.mark.parametrize("name", [name for name, row in HOSTILE.items() if not row.slow])
def test_commands_have_a_result_or_one_line(name, tmp_path, capsys):
    """What is shown is printable, and what `repack` writes can be installed."""
    row = HOSTILE[name]
    path = tmp_path / row.filename
    path.write_bytes(row.data)
    for command in (["check"], ["show"], ["show", "--json"], ["repack", "--compression", "fast"]):
        status = main([*command, str(path)])
        output = capsys.readouterr()
        assert status in (0, 1)
        assert all(map(str.isprintable, output.out.splitlines()))
        if command[0] != "check" and status:
            assert re.fullmatch(r"error: .+\.\n", output.err)
    if status == 0:
        read_device_archive(path.read_bytes(), row.project)
    else:
        assert path.read_bytes() == row.data


LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (600 << 20, 600 << 20))
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
from sdist_upip.cli.main import main
for command in (["check"], ["show"], ["repack", "--compression", "fast", "-o", sys.argv[2] + "/"],
                ["repack", "--complete", "-o", sys.argv[2] + "/"],
                ["install", "--no-index", "--path", sys.argv[2]],
                ["install", "--no-index", "--convert", "--path", sys.argv[2]]):
    assert main([*command, sys.argv[1]]) in (0, 1), command
"""


@pytest.mark.skipif(sys.platform != "linux", reason="limits of a process are those of Linux")
@pytest.mark.parametrize("name", HEAVY)
def test_large_archives_take_little_memory_and_time(name, tmp_path):
    row = HOSTILE[name]
    path = tmp_path / row.filename
    path.write_bytes(row.data)
    result = run_warm("-c", LIMITED, path, tmp_path / "out", cwd=tmp_path)
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr
    assert "memory" not in result.stderr


def test_docs_list_the_errors_that_install_shares():
    text = (ROOT / "docs/reference/check-codes/index.md").read_text(encoding="utf-8")
    section = re.search(r"\n## Check and install\n(.*?)\n## ", text, re.DOTALL)[1]
    listed = set(re.findall(r"`([a-z][a-z-]*)`", section)) - {"install"}
    errors = {code for code, severity in CODES.items() if severity == ERROR}
    assert listed == errors - STRICTER
