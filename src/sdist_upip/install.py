"""Packages and all that they need → a directory for a board, filled as upip would fill it there.

One install in order: what is wanted becomes demands (projects are built), `resolve` chooses one
release of each package, each is opened and staged, and the directory takes all of them or none.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from .files.atomic import replace_file
from .index.client import IndexClient
from .installed.device_archive import DeviceArchive
from .installed.package import Record, make_record
from .installed.package_directory import PackageDirectory
from .lock.lockfile import find_locked, lock_release
from .lock.pylock import Locked, read_lock, write_lock
from .mpy.modules import compile_files, is_compilable
from .release import Member, Release
from .requirements.arguments import Wanted
from .requirements.requirement import read_need
from .requirements.target import Target
from .resolve.demands import find_demands, find_given
from .resolve.finder import Catalogue
from .resolve.preparer import Content, Contents, Watch
from .resolve.resolver import Candidate, resolve
from .resolve.shop import Shop


@dataclass(frozen=True, slots=True)
class Order:
    """What to install, and how; `find_links` and then `indexes` are asked in turn.

    Without `wanted`, what `lock` lists is installed; with it, `lock` is written. `mpy` is the
    MicroPython to compile for, "" to leave modules as they are.
    """

    wanted: Sequence[Wanted]
    find_links: Sequence[str] = ()
    indexes: Sequence[str] = ()
    target: Target = field(default_factory=Target)
    lock: Path | None = None
    pre: bool = False
    upgrade: bool = False
    convert: bool = False
    mpy: str = ""

    @property
    def reproduces(self) -> bool:
        """Whether it is the lock that tells what to install."""
        return self.lock is not None and not self.wanted


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a package: the version before, None if it was not there, and the one now.

    `placed` tells whether its files were put there; else they were there already.
    """

    name: str
    before: str | None
    after: str
    placed: bool


def install(
    order: Order, client: IndexClient, directory: PackageDirectory, watch: Watch | None = None
) -> list[Change]:
    """Install what is ordered to `directory`; return what becomes of each package, by name.

    `watch` is told about downloads. Raises SdistUpipError; then the directory is as it was.
    """
    changes = []
    with _choose(order, client, directory, watch) as (shop, chosen):
        locked = []
        for candidate in chosen:
            placed = False
            if not isinstance(candidate.origin, Record):
                content = shop.open(candidate)
                locked.append(_lock(order, shop, candidate, content))
                archive = _prepare(order, candidate, content.archive)
                placed = not (order.lock and _is_there(directory, candidate, archive))
                if placed:
                    directory.stage(candidate.name, candidate.version, archive)
            record = directory.record(candidate.name)
            before = record.version if record else None
            changes.append(Change(candidate.name, before, candidate.version, placed))
        directory.check(lambda text: read_need(text, order.target))
        _write_lock(order, locked)
        directory.install()
    return changes


def fetch_releases(order: Order, client: IndexClient, watch: Watch | None = None) -> list[Release]:
    """Return what is ordered as releases to freeze. Raises SdistUpipError."""
    releases = []
    with _choose(order, client, None, watch) as (shop, chosen):
        locked = []
        for candidate in chosen:
            content = shop.open(candidate)
            locked.append(_lock(order, shop, candidate, content))
            members = (Member(path, data) for path, data in content.archive.files)
            releases.append(Release(candidate.name, candidate.version, tuple(members)))
        _write_lock(order, locked)
    return releases


@contextmanager
def _choose(
    order: Order, client: IndexClient, directory: PackageDirectory | None, watch: Watch | None
) -> Iterator[tuple[Shop, list[Candidate]]]:
    """Give the releases to install and the shop that opens them."""
    catalogue = Catalogue(client, order.find_links, order.indexes, wheels=order.convert)
    with tempfile.TemporaryDirectory(prefix="sdist-upip-") as name:
        scratch = Path(name)
        contents = Contents(client, scratch, watch, convert=order.convert)
        find_installed = partial(_find_installed, order, directory)
        shop = Shop(catalogue, contents, order.target, find_installed)
        if order.lock and order.reproduces:
            locked = read_lock(order.lock, lambda marker: order.target.applies(marker, [""]))
            found = (find_locked(one, client, order.find_links) for one in locked)
            yield shop, [find_given(one, scratch) for one in found]
        else:
            demands = find_demands(order.wanted, order.target, scratch)
            yield shop, resolve(demands, shop, pre=order.pre, upgrade=order.upgrade)


def _find_installed(order: Order, directory: PackageDirectory | None, name: str) -> Record | None:
    """Return the record of a package that may stay.

    A lock tells what an empty directory gets, so what is there counts only without one. Where
    modules are to be compiled, a package that lies there as source cannot stay.
    """
    record = directory.intact(name) if directory and not order.lock else None
    if record and order.mpy and any(is_compilable(path) for path in record.paths):
        return None
    return record


def _prepare(order: Order, candidate: Candidate, archive: DeviceArchive) -> DeviceArchive:
    if not order.mpy:
        return archive
    title = str(replace(candidate, extras=()))
    return replace(archive, files=compile_files(archive.files, order.mpy, title))


def _is_there(directory: PackageDirectory, candidate: Candidate, archive: DeviceArchive) -> bool:
    """Tell whether a package is installed just as `archive` has it."""
    wanted = make_record(candidate.name, candidate.version, archive)
    return directory.intact(candidate.name) == wanted


def _lock(order: Order, shop: Shop, candidate: Candidate, content: Content) -> Locked | None:
    if not order.lock or order.reproduces:
        return None
    requires = {need.name for need in shop.find_needs(candidate)}
    return lock_release(candidate, content, requires)


def _write_lock(order: Order, locked: Sequence[Locked | None]) -> None:
    if order.lock and not order.reproduces:
        entries = [one for one in locked if one]
        directory = order.lock.absolute().parent
        replace_file(order.lock, write_lock(entries, directory, order.target.platform))
