"""Packages and their dependencies → a directory for a board, as upip would install them there.

The whole story is in this module. `install` calls the packages that parse, resolve and write, in
order. Roots become requirements, requirements become one candidate of each package, each candidate
is prepared and staged, and the directory commits all of them or none.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from .errors import ConfigError
from .files.atomic import staged_file
from .index.client import IndexClient
from .installed.builtin_modules import describe_builtins
from .installed.package import InstalledPackage
from .installed.package_directory import PackageDirectory
from .messages.logs import get_logger
from .release import Member, Release, UnpackedRelease
from .requirements.arguments import Root
from .requirements.requirement import (
    NO_EXTRAS,
    Requirement,
    evaluate_requirement,
    evaluate_roots,
    parse_requirement,
)
from .requirements.source_trees import build_source_trees
from .requirements.target import Target
from .resolve.candidates import Candidate, make_direct_candidate
from .resolve.finder import PackageFinder
from .resolve.preparer import DownloadReporter, PreparedArchive, Preparer
from .resolve.resolver import resolve

if TYPE_CHECKING:
    from packaging.markers import Marker
    from packaging.pylock import Package

logger = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class InstallOptions:
    """What to install, and how; `find_links` and then `indexes` are asked in turn.

    Without `roots`, the packages of the lock file `lock` are installed. With roots, `lock` is
    written. `mpy` is the MicroPython to compile modules for, "" to leave them as source. Without
    `deps`, no dependencies are installed. Those in `without` (normalized names) are taken as
    installed.
    """

    roots: Sequence[Root]
    find_links: Sequence[str] = ()
    indexes: Sequence[str] = ()
    target: Target = field(default_factory=Target)
    lock: Path | None = None
    pre: bool = False
    upgrade: bool = False
    convert: bool = False
    mpy: str = ""
    deps: bool = True
    without: frozenset[str] = frozenset()

    @property
    def from_lock(self) -> bool:
        """Whether the lock file states what to install."""
        return self.lock is not None and not self.roots

    @property
    def writes_lock(self) -> bool:
        """Whether the lock file is to be written."""
        return self.lock is not None and bool(self.roots)

    @property
    def lock_directory(self) -> Path:
        """The directory that paths in the lock file are relative to."""
        return (self.lock or Path()).absolute().parent


@dataclass(frozen=True, slots=True)
class InstallationResult:
    """What happened to a package: the version before, None for a new package, and the one now.

    `written` is false for a package that was installed already, and stays as it is.
    """

    name: str
    before: str | None
    after: str
    written: bool


def install(
    options: InstallOptions,
    client: IndexClient,
    directory: PackageDirectory,
    reporter: DownloadReporter | None = None,
) -> list[InstallationResult]:
    """Install to `directory`; return what happened to each package, sorted by name.

    `reporter` reports downloads. Raises SdistUpipError; then the directory is as it was.
    """
    results = []
    locked: list[Package] = []
    with open_preparer(options, client, reporter) as (preparer, scratch):
        chosen = choose_candidates(options, client, preparer, scratch, directory)
        for candidate in chosen:
            written = False
            if not candidate.installed:
                prepared = preparer.prepare(candidate)
                if options.writes_lock:
                    locked.append(_lock(options, candidate, prepared))
                written = not _is_installed(options, directory, candidate, prepared)
                if written:
                    _warn_about(options, chosen, candidate, prepared)
                    directory.stage(candidate.name, candidate.raw_version, prepared.archive)
            package = directory.get(candidate.name)
            before = package.version if package else None
            results.append(
                InstallationResult(candidate.name, before, candidate.raw_version, written)
            )
        if added := directory.add_pkg_resources(options.mpy):
            before = previous.version if (previous := directory.get(added.name)) else None
            results.append(InstallationResult(added.name, before, added.version, True))
            results.sort(key=lambda result: result.name)
        directory.check(_evaluator(options.target))
        with staged_lock(options, locked):
            directory.commit()
    return results


@contextmanager
def fetch_releases(
    options: InstallOptions, client: IndexClient, reporter: DownloadReporter | None = None
) -> Iterator[list[Release]]:
    """Have the packages as releases to freeze in the context; then the lock file is written.

    After an error in the context, the lock file is as before. Raises SdistUpipError.
    """
    releases: list[Release] = []
    locked: list[Package] = []
    with open_preparer(options, client, reporter) as (preparer, scratch):
        chosen = choose_candidates(options, client, preparer, scratch)
        for candidate in chosen:
            prepared = preparer.prepare(candidate)
            _warn_about(options, chosen, candidate, prepared)
            if options.writes_lock:
                locked.append(_lock(options, candidate, prepared))
            members = tuple(Member(path, data) for path, data in prepared.archive.files)
            releases.append(UnpackedRelease(candidate.name, candidate.raw_version, members))
        with staged_lock(options, locked):
            yield releases


@contextmanager
def open_preparer(
    options: InstallOptions,
    client: IndexClient,
    reporter: DownloadReporter | None,
    conversion: Mapping[str, str] | None = None,
) -> Iterator[tuple[Preparer, Path]]:
    """Have the preparer, and a directory for temporary files, in the context.

    `conversion` are the config settings of archives that are converted, as for `Preparer`.
    """
    with tempfile.TemporaryDirectory(prefix="sdist-upip-") as name:
        scratch = Path(name)
        yield (
            Preparer(
                client,
                scratch,
                reporter,
                convert=options.convert,
                mpy=options.mpy,
                conversion=conversion,
            ),
            scratch,
        )


def choose_candidates(
    options: InstallOptions,
    client: IndexClient,
    preparer: Preparer,
    scratch: Path,
    directory: PackageDirectory | None = None,
) -> list[Candidate]:
    """Return one candidate of each package, by the lock file or by resolution.

    Packages in `directory` may stay. Raises SdistUpipError.
    """
    if options.lock and options.from_lock:
        candidates = list(_read_candidates(options, options.lock, client, scratch))
        for candidate in candidates:
            client.expect_download(candidate.links[0])
        return candidates
    roots = build_source_trees(options.roots, scratch)
    requirements = evaluate_roots(roots, options.target)
    _refuse_contradiction(requirements, options.without)
    finder = PackageFinder(client, options.find_links, options.indexes)

    def find_installed(name: str) -> InstalledPackage | None:
        return _find_installed(options, directory, name)

    return resolve(
        requirements,
        finder,
        preparer,
        find_installed,
        options.target,
        pre=options.pre,
        upgrade=options.upgrade,
        deps=options.deps,
        without=options.without,
    )


def _refuse_contradiction(requirements: Sequence[Requirement], without: Collection[str]) -> None:
    for requirement in requirements:
        if requirement.name in without:
            raise ConfigError(
                f"{requirement.name} is to be installed, and --without {requirement.name} takes it "
                "as installed. Remove one of them."
            )


def _read_candidates(
    options: InstallOptions, lock: Path, client: IndexClient, scratch: Path
) -> Iterator[Candidate]:
    from .lock.lockfile import find_locked
    from .lock.pylock import read_lock

    def evaluate_marker(marker: Marker) -> bool:
        return options.target.evaluate_marker(marker, NO_EXTRAS)

    packages = read_lock(lock, evaluate_marker, options.without)
    found = [find_locked(package, lock, client, options.find_links) for package in packages]
    for package, links in zip(packages, found, strict=True):
        # No project is built before all packages are verified.
        yield make_direct_candidate(
            *(build_source_trees([links], scratch) if isinstance(links, Path) else links),
            project="" if isinstance(links, Path) else package.name,
        )


def _find_installed(
    options: InstallOptions, directory: PackageDirectory | None, name: str
) -> InstalledPackage | None:
    """Return an installed package that may stay.

    A lock states what an empty directory gets, so installed packages count only without one. When
    modules are compiled, a package that is installed as source cannot stay.
    """
    package = directory.get_unmodified(name) if directory and not options.lock else None
    if package and options.mpy:
        from .mpy.modules import is_compilable

        if any(map(is_compilable, package.paths)):
            return None
    return package


def _lock(options: InstallOptions, candidate: Candidate, prepared: PreparedArchive) -> Package:
    from .lock.lockfile import lock_candidate

    return lock_candidate(candidate, prepared, options.lock_directory)


def _is_installed(
    options: InstallOptions,
    directory: PackageDirectory,
    candidate: Candidate,
    prepared: PreparedArchive,
) -> bool:
    """Return whether a locked package is installed already, with the very same files."""
    if options.lock is None:
        return False
    new = InstalledPackage.from_archive(candidate.name, candidate.raw_version, prepared.archive)
    return directory.get_unmodified(candidate.name) == new


def warn_about_archive(candidate: Candidate, prepared: PreparedArchive) -> None:
    """Log warnings: packages of an archive are not installed, or its requirements are not known."""
    if others := prepared.archive.others:
        logger.warning(
            "%s: %s of the sdist is not installed. Add --convert if the package needs it.",
            candidate.title,
            ", ".join(others),
        )
    if not prepared.archive.has_metadata:
        logger.warning(
            "%s: the sdist has no PKG-INFO, so its requirements are not known. Install what it "
            "needs, too.",
            candidate.title,
        )


def _warn_about(
    options: InstallOptions,
    chosen: Sequence[Candidate],
    candidate: Candidate,
    prepared: PreparedArchive,
) -> None:
    """Log warnings about the archive of a candidate, or if the board has its modules built in."""
    warn_about_archive(candidate, prepared)
    effect = describe_builtins(path for path, _ in prepared.archive.files)
    if not effect:
        return
    is_dependency = any(candidate.name in other.requires for other in chosen)
    advice = "Do not install it"
    if is_dependency or options.from_lock:
        advice = f"Pass --without {candidate.name}"
    logger.warning("%s %s. %s if the board's module is enough.", candidate.title, effect, advice)


def _evaluator(target: Target) -> Callable[[str], Requirement | None]:
    return lambda text: evaluate_requirement(parse_requirement(text), target)


@contextmanager
def staged_lock(options: InstallOptions, locked: Sequence[Package]) -> Iterator[None]:
    """Write the lock file, if asked for, when the context ends without an error."""
    if options.lock and options.writes_lock:
        from .lock.pylock import encode_lock

        with staged_file(
            options.lock, encode_lock(locked, options.target.platform, options.without)
        ):
            yield
    else:
        yield
