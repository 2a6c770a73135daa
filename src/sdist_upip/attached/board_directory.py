"""The directory of packages on a board, as a PackageDirectory.

The records of the board are mirrored in a temporary directory, where all decisions are made by the
code for directories. What results is sent to the board as one change.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from ..errors import OutputError, SdistUpipError
from ..installed.device_archive import DeviceArchive
from ..installed.install_checks import Evaluate
from ..installed.package import InstalledPackage
from ..installed.package_directory import FileReporter, PackageDirectory
from ..member_paths import RECORDS, find_conflicts, find_structure_defect
from .change import PASSING, Change
from .facts import Facts, read_facts
from .session import LostBoardError, Session


class BoardDirectory(PackageDirectory):
    """The packages on a board whose records are mirrored in `mirror`. See `open_packages`.

    `option` is the option for the board, for messages.
    """

    def __init__(
        self,
        mirror: Path,
        session: Session,
        facts: Facts,
        option: str,
    ) -> None:
        super().__init__(mirror)
        self.facts = facts
        self._change = Change(session, facts)
        self._port = session.port
        self._option = option

    def __enter__(self) -> BoardDirectory:
        super().__enter__()
        return self

    @property
    def title(self) -> str:
        return f"{self.facts.root or '/'} on the board at {self._port}"

    def report_to(self, reporter: FileReporter) -> None:
        self._change.reporter = reporter

    def damaged(self) -> dict[str, str]:
        return {name: self._on_board(text) for name, text in super().damaged().items()}

    def modified(self, package: InstalledPackage) -> list[str]:
        return [path for path in package.paths if path in self.facts.changed]

    def stage(self, name: str, version: str, archive: DeviceArchive) -> None:
        for path, data in archive.files:
            if path.endswith(".mpy"):
                self.facts.check_loads(f"{name}: {path}", data)
        super().stage(name, version, archive)

    def check(self, evaluate: Evaluate) -> None:
        with self._renamed():
            super().check(evaluate)
        staged = [path for package in self._staged.values() for path in package.paths]
        staying = [path for package in self._staying() for path in package.paths]
        known = set(find_conflicts(staying))
        for path, other in find_conflicts([*staying, *staged]):
            if (path, other) not in known:
                raise OutputError(
                    f"{path} and {other} of packages are one path for FAT, which boards use. "
                    "Install only one of them."
                )

    def uninstall(self, names: Sequence[str]) -> list[str]:
        with self._renamed():
            dropped = super().uninstall(names)
        for name in dropped:
            self._change.drop(name)
        return dropped

    def close(self) -> None:
        """Remove our code from the board."""
        self._change.close()

    def _commit(self, jobs: Sequence[str]) -> None:
        if len(jobs) == 1 and jobs[0][0] == "-":
            self._change.remove(jobs[0][1:])
        else:
            self._change.stage(list(self._staged.values()), self._store.read_staged)
            self._change.finish(jobs)
        super()._commit(jobs)

    def _recover(self) -> None:
        super()._recover()
        if self._change.is_begun:
            self._change.undo()

    def _on_board(self, text: str) -> str:
        """Return a message with the board's directory in the place of the mirror."""
        text = text.replace(f"-p {self.root}", self._option)
        return text.replace(str(self.root), self.facts.root or "")

    @contextmanager
    def _renamed(self) -> Iterator[None]:
        try:
            yield
        except SdistUpipError as error:
            error.args = tuple(self._on_board(str(line)) for line in error.args)
            raise


@contextmanager
def open_packages(
    session: Session,
    root: str = "",
    *,
    option: str = "--board",
    wants_importers: bool = True,
) -> Iterator[BoardDirectory]:
    """Have the packages below `root` on a board in the context, "" for upip's choice.

    On entry, an interrupted change is finished or undone. On exit, nothing of ours is left in the
    memory of the board. Raises OutputError.
    """
    facts = read_recovered(session, root, wants_importers=wants_importers)
    with TemporaryDirectory(prefix="sdist-upip-") as name:
        mirror = Path(name) / "lib"
        _write_mirror(mirror, facts)
        directory = BoardDirectory(mirror, session, facts, option)
        try:
            with directory:
                yield directory
        except LostBoardError:
            raise
        except BaseException:
            with suppress(OutputError):
                directory.close()
            raise
        directory.close()


def read_recovered(session: Session, root: str, *, wants_importers: bool = True) -> Facts:
    """Return the facts about the board, after an interrupted change is finished or undone."""
    facts = read_facts(session, root, wants_importers=wants_importers)
    if facts.left or PASSING in facts.records:
        change = Change(session, facts)
        if facts.left:
            change.finish(())
        change.drop(PASSING)
        change.close()
        facts = read_facts(session, root, wants_importers=wants_importers)
    return facts


def _write_mirror(mirror: Path, facts: Facts) -> None:
    """Write the records, the modules that may import pkg_resources, and those of that name."""
    base = mirror / RECORDS
    base.mkdir(parents=True)
    for name, data in facts.records.items():
        if Path(name).name != name:
            continue
        with suppress(OSError, ValueError):  # a name that this computer cannot have
            if facts.kinds[name] == 2:
                (base / name).mkdir()
            else:
                (base / name).write_bytes(data)
    for path, data in facts.importers.items():
        with suppress(OSError):
            if find_structure_defect(path):
                continue
            (mirror / path).parent.mkdir(parents=True, exist_ok=True)
            (mirror / path).write_bytes(data)
    for name, kind in facts.beside.items():
        with suppress(OSError):
            (mirror / name).mkdir() if kind == 2 else (mirror / name).touch()
