"""The words of a command → the device archives that are to be in a site.

Each word is chosen by itself, so a site may have several releases of a project. A lock file has one
release of each, so that all words are resolved together for it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from packaging.pylock import Package
from packaging.requirements import Requirement as NamedRequirement
from packaging.version import Version

from ..builders.convert import convert_for_install
from ..builders.repack import is_plain, repack
from ..errors import ArchiveError, ResolutionError, SdistUpipError
from ..filenames import ARCHIVE_SUFFIX, is_wheel, read_pure_wheel_name
from ..files.regular import read_regular
from ..index.client import IndexClient
from ..index.link import Link
from ..install import (
    InstallOptions,
    choose_candidates,
    open_preparer,
    staged_lock,
    warn_about_archive,
)
from ..installed.device_archive import read_archive_members
from ..limits import FOREIGN_LIMIT, WINDOW
from ..lock.lockfile import lock_candidate
from ..messages.logs import get_logger
from ..requirements.requirement import (
    Requirement,
    evaluate_requirement,
    evaluate_roots,
    parse_requirement,
)
from ..requirements.source_trees import build_source_trees
from ..resolve.candidates import Candidate, is_pinned, make_direct_candidate
from ..resolve.finder import PackageFinder
from ..resolve.preparer import DownloadReporter, PreparedArchive, Preparer
from ..resolve.resolution_error import NOTHING_INSTALLED
from ..resolve.resolver import resolve
from .catalog import Catalog
from .known_releases import KnownFinder, KnownReleases
from .release import SourceArchive

logger = get_logger(__name__)

_CONVERSION = {"steps": "metadata", "pip-compatible": "true"}
"""The config settings of archives that are converted, so that pip can use the site, too."""

_NOTHING_CHANGED = "The site does not change."


@contextmanager
def open_words(
    options: InstallOptions,
    client: IndexClient,
    reporter: DownloadReporter | None,
    catalog: Catalog,
    find_sources: Callable[[str], Mapping[str, str]],
    *,
    allow_missing: bool = False,
) -> Iterator[Words]:
    """Have the words in `options` in the context, in which their archives exist.

    `catalog` is that of the site. `find_sources` returns for a project the sha256 of the files that
    the site was given for its releases, each with the name of the release's archive. With
    `allow_missing`, required packages that no place has are left out. Raises SdistUpipError.
    """
    with open_preparer(options, client, reporter, _CONVERSION) as (preparer, scratch):
        yield Words(options, client, preparer, scratch, catalog, find_sources, allow_missing)


class Words:
    """The archives that words ask for. `kept` are the releases that the site has already."""

    def __init__(
        self,
        options: InstallOptions,
        client: IndexClient,
        preparer: Preparer,
        scratch: Path,
        catalog: Catalog,
        find_sources: Callable[[str], Mapping[str, str]],
        allow_missing: bool,
    ) -> None:
        self.kept: list[tuple[str, str]] = []
        self._options = options
        self._preparer = preparer
        self._scratch = scratch
        self._find_sources = find_sources
        self._allow_missing = allow_missing
        self._finder = PackageFinder(client, options.find_links, options.indexes)
        self._known = KnownReleases(catalog)
        self._locked: list[Package] = []
        if options.lock:
            with _about_site():
                self._chosen = choose_candidates(options, client, preparer, scratch)
        else:
            self._chosen = list(self._choose())
        for candidate in self._chosen:
            self._known.add(candidate)

    def archives(self) -> Iterator[SourceArchive]:
        """Yield the archives, each when it is asked for. Raises SdistUpipError."""
        for candidate in self._chosen:
            yield from self._open(candidate)

    def fetch(self, title: str, requirements: Sequence[str]) -> Iterator[SourceArchive]:
        """Yield the archives for requirements (PEP 508) of the release `title`.

        Raises ResolutionError if no place has one of them, unless it may be missing: then the
        others are yielded.
        """
        try:
            chosen = self._resolve_texts(requirements)
        except ResolutionError as error:
            if self._allow_missing and len(requirements) > 1:
                for text in requirements:
                    yield from self.fetch(title, [text])
            elif not self._allow_missing:
                raise ResolutionError(
                    f"{title} requires {', '.join(requirements)}, which the site does not have.",
                    *error.args,
                    "If boards have it, pass --without NAME. If another index has it, pass "
                    "--allow-missing.",
                ) from error
            return
        for candidate in chosen:
            if not candidate.installed and self._known.add(candidate):
                yield from self._open(candidate)

    def _resolve_texts(self, requirements: Sequence[str]) -> list[Candidate]:
        target = self._options.target
        found = (evaluate_requirement(parse_requirement(text), target) for text in requirements)
        return self._resolve([one for one in found if one])

    def staged_lock(self) -> AbstractContextManager[None]:
        """Return the context at whose end the lock file is written, if the options say so.

        It is entered when all archives were opened.
        """
        return staged_lock(self._options, self._locked)

    def _choose(self) -> Iterator[Candidate]:
        roots = build_source_trees(self._options.roots, self._scratch)
        direct = make_direct_candidates(root for root in roots if isinstance(root, Link))
        for candidate in direct:
            self._known.add(candidate)
        yield from direct
        seen = {(one.name, one.version) for one in direct}
        for root in roots:
            if isinstance(root, NamedRequirement):
                for candidate in self._choose_named(root):
                    key = candidate.name, candidate.version
                    if key not in seen:
                        seen.add(key)
                        yield candidate

    def _choose_named(self, root: NamedRequirement) -> Iterator[Candidate]:
        """Yield the releases that a named requirement adds to the site."""
        for requirement in evaluate_roots([root], self._options.target):
            fresh = () if is_pinned(requirement.specifier) else (requirement.name,)
            for candidate in self._resolve([requirement], fresh):
                if self._known.has(candidate):
                    if candidate.name == requirement.name:
                        self.kept.append((candidate.name, candidate.raw_version))
                elif not candidate.installed:
                    yield candidate

    def _resolve(
        self, requirements: Sequence[Requirement], fresh: Collection[str] = ()
    ) -> list[Candidate]:
        """Return the releases for requirements, and for theirs in turn.

        If a package may be missing, and they cannot be met together, the latter are left to
        `fetch`, which asks for each release by itself.
        """
        deps = self._options.deps
        try:
            return self._resolve_with(requirements, fresh, deps=deps)
        except ResolutionError:
            if not (self._allow_missing and deps):
                raise
        return self._resolve_with(requirements, fresh, deps=False)

    def _resolve_with(
        self, requirements: Sequence[Requirement], fresh: Collection[str], *, deps: bool
    ) -> list[Candidate]:
        options = self._options
        with _about_site():
            return resolve(
                requirements,
                KnownFinder(self._known, self._finder, fresh=fresh, upgrade=options.upgrade),
                self._preparer,
                lambda name: None,
                options.target,
                pre=options.pre,
                deps=deps,
                without=options.without,
                warn_about_unused=False,
            )

    def _open(self, candidate: Candidate) -> Iterator[SourceArchive]:
        """Yield the device archive of a candidate, unless the site has it already.

        It comes again for each wheel on the command line that gives the same archive.
        """
        wheels = [link for link in candidate.links[1:] if not link.comes_from]
        known = set(self._find_sources(candidate.name)) if wheels else set()
        if not self._options.lock and self._is_in_site(candidate):
            self.kept.append((candidate.name, candidate.raw_version))
        else:
            source = self._make(candidate)
            known |= {source.source, _hash(source.path)}
            yield source
        for link in wheels:
            if not (link.path and _hash(link.path) in known):
                with suppress(SdistUpipError):  # what the archive beside it has, counts
                    source = self._make(replace(candidate, links=(link,)), locks=False)
                    if _hash(source.path) in known:
                        yield source

    def _make(self, candidate: Candidate, *, locks: bool = True) -> SourceArchive:
        link = candidate.links[0]
        shown = candidate.title if link.comes_from else str(link)
        try:
            prepared = self._preparer.prepare(candidate)
            warn_about_archive(candidate, prepared)
            data = read_regular(prepared.path, FOREIGN_LIMIT)
            archive = self._make_device_archive(prepared, data)
        except SdistUpipError as error:
            reason = str(error).removeprefix(f"{candidate.title}: ")
            message = reason if shown in reason else f"{shown}: {reason}"
            raise type(error)(message) from error
        except OSError as error:
            raise ArchiveError(
                f"Cannot read {shown}: {error.strerror or error}. Pass the path of an archive."
            ) from error
        if self._options.writes_lock and locks:
            directory = self._options.lock_directory
            self._locked.append(lock_candidate(candidate, prepared, directory))
        return SourceArchive(archive, str(prepared.link), sha256(data).hexdigest())

    def _is_in_site(self, candidate: Candidate) -> bool:
        """Return whether the site has a release that was made of a file on this computer.

        An archive may keep its name, so one with another name has to be opened.
        """
        paths = [link.path for link in candidate.links if link.path]
        sources = self._find_sources(candidate.name) if paths else {}
        known = ((one.name, sources.get(_hash(one))) for one in paths if sources)
        return any(
            archive and (archive == name or not name.endswith(ARCHIVE_SUFFIX))
            for name, archive in known
        )

    def _make_device_archive(self, prepared: PreparedArchive, data: bytes) -> Path:
        if prepared.converted:
            return prepared.converted
        is_archive = not is_wheel(prepared.path) and not read_archive_members(data).is_sdist
        if is_archive and is_plain(data):
            return prepared.path
        directory = Path(tempfile.mkdtemp(dir=self._scratch))
        if is_archive:
            return _repack(prepared.path, directory)
        return convert_for_install(prepared.path, directory, _CONVERSION, build=False)


def _repack(path: Path, directory: Path) -> Path:
    """Write an archive of an old tool again, with plain headers and the window of small boards.

    One that no such archive can be made of is returned as it is.
    """
    target = directory / path.name
    try:
        repack(path, target, window=WINDOW, compression="auto")
    except ArchiveError as error:
        logger.warning("%s The site has it as it is. Some boards cannot read it.", error)
        return path
    return target


def make_direct_candidates(links: Iterable[Link]) -> list[Candidate]:
    """Return the releases that files are; a wheel beside an archive of its release comes with it.

    The wheel of a source distribution shows which of its files are installed.
    """
    candidates = [make_direct_candidate(link) for link in links]
    archives = {(one.name, one.version) for one in candidates if one.has_archive}
    wheels: dict[tuple[str, Version], tuple[Link, ...]] = {}
    found = []
    for candidate in candidates:
        key = candidate.name, candidate.version
        link = candidate.links[0]
        if key in archives and read_pure_wheel_name(link.filename):
            wheels[key] = (*wheels.get(key, ()), link)
        else:
            found.append(candidate)
    return [_add_links(one, wheels.get((one.name, one.version), ())) for one in found]


def _add_links(candidate: Candidate, wheels: tuple[Link, ...]) -> Candidate:
    return replace(candidate, links=(*candidate.links, *(wheels if candidate.has_archive else ())))


@contextmanager
def _about_site() -> Iterator[None]:
    """Have messages about the site in place of those about an installation."""
    try:
        yield
    except ResolutionError as error:
        lines = (str(one).replace(NOTHING_INSTALLED, _NOTHING_CHANGED) for one in error.args)
        raise ResolutionError(*lines) from error


def _hash(path: Path) -> str:
    """Return the sha256 of a file, "" if it cannot be read: reading it again reports the error."""
    try:
        return sha256(read_regular(path, FOREIGN_LIMIT)).hexdigest()
    except OSError:
        return ""
