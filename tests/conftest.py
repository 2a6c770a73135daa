"""What most tests share: projects made of text, builds through each door, archives as dicts."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import warnings
from pathlib import Path

import pytest

from index_clients import make_client, own_network  # noqa: F401
from micropython import Unsupported
from micropython.fixtures import executable, interpreter, micropython, unix_port  # noqa: F401
from sdist_upip.cli.main import main
from upip_device import upip  # noqa: F401

ROOT = Path(__file__).parent.parent
HEAP_BITS = "bits of the tested heap"
BACKEND = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "sdist_upip.build_meta"\n'


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    """Where SDIST_UPIP_NO_SKIP is set, as in CI, a skipped test has failed.

    Not so a test of what an interpreter lacks: nothing on the machine could change that.
    """
    report = yield
    unsupported = call.excinfo is not None and isinstance(call.excinfo.value, Unsupported)
    if report.skipped and not unsupported and os.environ.get("SDIST_UPIP_NO_SKIP"):
        report.outcome = "failed"
        report.longrepr = f"skipped, which SDIST_UPIP_NO_SKIP forbids: {report.longrepr}"
    return report


def pytest_terminal_summary(terminalreporter):
    """Say where heap budgets were tested, but not on 32 bits, for which they are promised."""
    reports = terminalreporter.getreports("passed") + terminalreporter.getreports("failed")
    tested = {
        value for report in reports for name, value in report.user_properties if name == HEAP_BITS
    }
    if tested and 32 not in tested:
        terminalreporter.write_line(
            "not tested: heap budgets of 32-bit MicroPython, of which MICROPYTHON names no "
            "executable (tests/micropython/README.md)"
        )


def write_tree(directory: Path, files: dict[str, str | bytes]) -> Path:
    """Write `files` (path → text or bytes) below `directory`."""
    for name, content in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return directory


def read_tree(directory: Path) -> dict[str, bytes]:
    """Return every file and empty directory below `directory`."""
    return {
        path.relative_to(directory).as_posix(): path.read_bytes() if path.is_file() else b""
        for path in sorted(directory.rglob("*"))
        if not path.is_dir() or not any(path.iterdir())
    }


def read_members(archive: Path) -> dict[str, bytes]:
    """Return the members of `archive`, in order, without their root directory."""
    with tarfile.open(archive) as tar:
        return {
            member.name.partition("/")[2]: tar.extractfile(member).read()
            for member in tar.getmembers()
        }


def run(*command: object, cwd: Path, **environ: str) -> subprocess.CompletedProcess:
    """Run `command` with the tests' Python environment; return what it printed and its code."""
    return subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env={**os.environ, "PYTHONWARNINGS": "ignore", **environ},
        capture_output=True,
        encoding="utf-8",
        check=False,
        timeout=300,
    )


def run_python(*arguments: object, cwd: Path, **environ: str) -> subprocess.CompletedProcess:
    """Run the tests' Python."""
    return run(sys.executable, *arguments, cwd=cwd, **environ)


@pytest.fixture
def make_project(tmp_path):
    """A function from files, and the text of pyproject.toml, to a project's directory."""

    def make(files, pyproject="", name="x", version="1.0"):
        head = f'[project]\nname = "{name}"\nversion = "{version}"\n'
        return write_tree(
            tmp_path / "project", {"pyproject.toml": BACKEND + head + pyproject, **files}
        )

    return make


@pytest.fixture
def build(tmp_path, capsys):
    """A function that builds a project in this process and returns the archive's members."""

    def build_members(project, *arguments):
        with warnings.catch_warnings():
            # What setuptools deprecates in the projects of the tests is not our concern.
            warnings.simplefilter("ignore")
            code = main(["build", str(project), "-o", str(tmp_path / "out"), *arguments])
        assert code == 0, capsys.readouterr().err
        (archive,) = (tmp_path / "out").iterdir()
        return read_members(archive)

    return build_members


@pytest.fixture
def fail(tmp_path):
    """A function that builds a project in vain: exit code 1, nothing changed; returns stderr."""

    def fail_to_build(project, *arguments, **environ):
        before = read_tree(project)
        result = run_python(
            *("-m", "sdist_upip", "build", project, *arguments), cwd=tmp_path, **environ
        )
        assert result.returncode == 1, result
        assert result.stdout == ""
        assert "Traceback" not in result.stderr, result.stderr
        errors = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
        assert len(errors) == 1, result.stderr
        assert read_tree(project) == before
        return errors[0]

    return fail_to_build
