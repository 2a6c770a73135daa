"""The rules about the content of an archive, for any archive and for a release that is built.

The build imports this module, but no module that reads archives.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping

from packaging.utils import canonicalize_name

from ..archive.tar import tar_size
from ..errors import ProjectError
from ..filenames import ARCHIVE_SUFFIX, split_release
from ..limits import SIZE_LIMIT
from ..messages.logs import get_logger
from ..release import Release
from .code.rules import ANY_BOARD, CodeOptions, check_code
from .content import check_content
from .dependencies import check_dependencies, find_required
from .names import check_conflicts, check_reserved
from .problem import ERROR, Problem
from .publishing import PKG_INFO, check_filename, check_metadata, check_root, read_metadata

logger = get_logger(__name__)


_SHOWN = 5
"""Warnings of one code that a build logs."""


def refuse_problems(
    release: Release,
    *,
    check_sources: bool = True,
    code: CodeOptions | None = None,
    ignore: Container[str] = (),
) -> None:
    """Raise ProjectError for the errors in a release that was just built, and log its warnings.

    Without `check_sources`, sources other than R.py may be broken. Without `code`, the rules about
    code on boards do not run. Warnings with a code in `ignore` are not logged.
    """
    filename = f"{release.root}{ARCHIVE_SUFFIX}"
    trusted = set()
    if not check_sources:
        trusted = {member.path for member in release if not member.path.endswith("/R.py")}
    errors = []
    shown: Counter[str] = Counter()
    for problem in check_release(release, filename, trusted, code):
        where = f"{problem.path}: " if problem.path else ""
        text = f"{problem.code}: {where}{problem.message}"
        if problem.severity == ERROR:
            errors.append(text)
        elif problem.code not in ignore:
            shown[problem.code] += 1
            if shown[problem.code] <= _SHOWN:
                logger.warning("%s", text)
    for name, count in shown.items():
        if count > _SHOWN:
            logger.warning(
                "%s: %d more. Run sdist-upip check --json on the archive to list them.",
                name,
                count - _SHOWN,
            )
    if errors:
        raise ProjectError(f"{filename} does not pass the check. {' '.join(errors)}")


def check_release(
    release: Release,
    filename: str,
    trusted: Container[str] = (),
    code: CodeOptions | None = ANY_BOARD,
) -> list[Problem]:
    """Return the problems in the content of `release`, which is to be published as `filename`.

    The guarantees of Release, of the tar writer and of reading the archive back are not checked
    again. The sources at the paths in `trusted` are neither compiled nor, if they are R.py,
    compared with the files beside them. If `code` is None, the rules about code on boards do not
    run.
    """
    names = [f"{release.root}/{member.path}" for member in release]
    files = {member.path: member.data for member in release}
    problems = [*_check_size(release), *check_conflicts(names)]
    problems += check_files(files, {release.root}, filename, trusted, code)
    return problems


def check_files(
    files: Mapping[str, bytes],
    roots: set[str],
    filename: str,
    trusted: Container[str],
    code: CodeOptions | None = ANY_BOARD,
) -> Iterator[Problem]:
    """Yield the problems of `files`, by their paths below the root directory."""
    expected, problems = check_filename(filename)
    yield from problems
    if roots:
        yield from check_root(filename, roots)
    root = next(iter(sorted(filter(None, roots))), "")
    raw = None
    if PKG_INFO in files:
        raw, problems = read_metadata(files[PKG_INFO])
        yield from _below(root, problems)
        if raw is not None:
            yield from _below(root, check_metadata(raw, expected, files.keys()))
    else:
        message = (
            "PKG-INFO is missing in the root directory. PyPI refuses the archive, and installers "
            "find no dependencies. Build the archive again."
        )
        yield Problem("pkg-info", None, message)
    project = canonicalize_name(expected.name if expected else split_release(root)[0])
    yield from _below(root, check_reserved(files, project))
    yield from _below(root, check_content(files, trusted))
    requires_dist = None if raw is None else raw.get("requires_dist", [])
    yield from _below(root, check_dependencies(files, requires_dist))
    if code is not None:
        yield from _below(root, check_code(files, find_required(files, requires_dist), code))


def _check_size(release: Release) -> Iterator[Problem]:
    size = tar_size(release.members)
    if size > SIZE_LIMIT:
        message = (
            f"The archive decodes to {size:,} bytes. Installers read at most {SIZE_LIMIT:,} bytes. "
            "Split the package, or exclude files."
        )
        yield Problem("too-large", None, message)


def _below(root: str, problems: Iterable[Problem]) -> Iterator[Problem]:
    for problem in problems:
        if problem.path is None:
            yield problem
        else:
            yield problem._replace(path=f"{root}/{problem.path}")
