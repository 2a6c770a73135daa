"""`sdist-upip migrate`: show, or make, the changes that replace a copied sdist_upip.py."""

from __future__ import annotations

import argparse
import contextlib
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ...errors import ArchiveError, ProjectError
from ...messages.output import print_document, print_message
from ..diffs import render_diff

if TYPE_CHECKING:
    from ...migrate.plan import Change


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `migrate`."""
    parser = subparsers.add_parser(
        "migrate",
        help="replace a copied sdist_upip.py with sdist-upip",
        description="Show, as a diff, the changes that replace a copy of the legacy sdist_upip.py "
        "in a project with sdist-upip. Nothing is changed without --write.",
    )
    parser.add_argument(
        "project",
        nargs="?",
        type=Path,
        default=Path(),
        metavar="PROJECT",
        help="directory of the project [default: the current directory]",
    )
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--dry-run", action="store_true", help="only show the diff [default]")
    choice.add_argument("--write", action="store_true", help="make the changes")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the diff on standard output, and notes for the maintainer on standard error."""
    from ...migrate.plan import plan_migration

    project = options.project.absolute()
    if not project.is_dir():
        raise ProjectError(
            f"{options.project} is not a directory. Pass the directory of a project."
        )
    migration = plan_migration(project)
    # Files without lines come last, because git takes what follows their header as a part of it.
    for change in sorted(migration.changes, key=lambda change: change.before == ""):
        print_message(f"{change.path}: {change.reason}")
        print_document(render_diff(change.path, change.before, change.after).encode())
    for note in migration.notes:
        print_message(f"note: {note.path} {note.text}")
    for path in migration.homes:
        for sentence in _package_json_notes(project / path):
            name = PurePosixPath(path, "package.json")
            print_message(f"note: {name}: {sentence}")
    for path in migration.emptied:
        print_message(f"{path}/: the directory has no other file, and is removed")
    if not migration.changes:
        print_message("Nothing to change.")
    elif options.write:
        _write(project, migration.changes)
        _remove_emptied(project, migration.emptied)
        count = len(migration.changes)
        print_message(f"Changed {count} file{'s' * (count != 1)}")
    else:
        print_message(
            "Nothing was changed. "
            f"Run sdist-upip migrate {options.project} --write to make the changes."
        )
    return 0


def _write(project: Path, changes: Iterable[Change]) -> None:
    """Write the changed files first, and then remove the copies; raise ProjectError."""
    done: list[str] = []
    for change in sorted(changes, key=lambda change: change.after is None):
        try:
            if change.after is None:
                (project / change.path).unlink()
            else:
                _rewrite(project / change.path, change.after.encode())
        except (ArchiveError, OSError) as error:
            cause = error.__cause__ if isinstance(error, ArchiveError) else error
            verb = "removed" if change.after is None else "written"
            raise ProjectError(
                f"{change.path} cannot be {verb}: {getattr(cause, 'strerror', None) or cause}. "
                f"Changed before that: {', '.join(done) or 'nothing'}. "
                "Fix the cause and run migrate again."
            ) from error
        done.append(change.path)


def _remove_emptied(project: Path, emptied: Iterable[str]) -> None:
    """Remove directories without files, with the bytecode of the removed files."""
    for path in emptied:
        shutil.rmtree(project / path / "__pycache__", ignore_errors=True)
        with contextlib.suppress(OSError):
            (project / path).rmdir()


def _rewrite(path: Path, data: bytes) -> None:
    """Write `data` to the file at `path`, or at the target of a link; keep the permissions."""
    from ...files.atomic import replace_file

    real = path.resolve()
    mode = stat.S_IMODE(real.stat().st_mode) if real.exists() else None
    replace_file(real, data)
    if mode is not None:
        real.chmod(mode)


def _package_json_notes(home: Path) -> Iterator[str]:
    from ...archive.reader import read_archive
    from ...builders.project_archive import read_reason
    from ...migrate.package_json import (
        find_disagreements,
        find_faults,
        find_repositories,
        is_package_json,
    )
    from ...migrate.text_files import read_text

    path = home / "package.json"
    text = read_text(path)
    if text is None and path.is_file() and is_package_json(path.read_text("latin-1")):
        yield "is not UTF-8 text of at most 100,000 bytes. Save the file as UTF-8."
    if text is None or not is_package_json(text):
        return
    own = "".join(read_text(home / name) or "" for name in (".git/config", "setup.py", "setup.cfg"))
    own += read_text(home / "pyproject.toml") or ""
    faults = list(find_faults(text, home, find_repositories(own)))
    yield from faults
    if any(fault.startswith("is not ") for fault in faults):
        return
    with tempfile.TemporaryDirectory(prefix="sdist-upip-") as scratch:
        command = [sys.executable, "-m", "sdist_upip", "build", str(home), "-o", scratch]
        # Not in the project, where Python would import the copy as sdist_upip.
        result = subprocess.run(
            command, cwd=scratch, capture_output=True, encoding="utf-8", check=False
        )
        if result.returncode:
            yield f"cannot be compared with the archive: {read_reason(result.stderr)}"
            return
        (archive,) = Path(scratch).glob("*.tar.gz")
        yield from find_disagreements(text, read_archive(archive))
