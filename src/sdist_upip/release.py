"""A release and its members: the files of one version as a device installs them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from packaging.utils import canonicalize_name
from packaging.version import Version

from .errors import ProjectError
from .filenames import is_project_name
from .limits import NAME_LIMIT
from .member_paths import find_path_defect

REQUIRES = "requires.txt"
"""The file in the egg-info directory with the dependencies for stock upip."""

_EGG_INFO = ".egg-info"


@dataclass(frozen=True, slots=True)
class Member:
    """A regular file: `path` relative to the install directory with `/`, `data`, and `mode`.

    Raises ProjectError for a path that is not safe and for values of other types.
    """

    path: str
    data: bytes
    mode: int = 0o644

    def __post_init__(self) -> None:
        if not isinstance(self.path, str) or not isinstance(self.data, bytes):
            raise ProjectError(
                f"Member {self.path!r}: expected a path of type str and data of type bytes, got "
                f"{type(self.path).__name__} and {type(self.data).__name__}."
            )
        defect = find_path_defect(self.path)
        if defect:
            raise ProjectError(f"Member {self.path!r}: the path {defect}. Rename the file.")
        if not 0 <= self.mode <= 0o777:
            raise ProjectError(
                f"Member {self.path!r}: expected a mode from 0 to 0o777, got {self.mode!r}."
            )


@dataclass(frozen=True, slots=True)
class Release:
    """One version of a distribution; `name` and `version` are normalized as in PEP 625.

    Raises ProjectError for an invalid name or version, for two members of one path, for a file that
    is also a directory, and for a member whose path with the root directory is longer than
    NAME_LIMIT bytes.
    """

    name: str
    version: str
    members: tuple[Member, ...]

    def __post_init__(self) -> None:
        if not is_project_name(self.name):
            raise ProjectError(
                f"Invalid project name {self.name!r} (PEP 508). Use ASCII letters, digits, '.', "
                "'-' and '_' only."
            )
        try:
            version = str(Version(self.version))
        except ValueError as error:  # InvalidVersion, or int() for thousands of digits
            raise ProjectError(
                f"Invalid version {self.version!r} (PEP 440). Use a version such as 1.0.2."
            ) from error
        object.__setattr__(self, "name", canonicalize_name(self.name).replace("-", "_"))
        object.__setattr__(self, "version", version)
        object.__setattr__(self, "members", tuple(self.members))
        for member in self.members:
            if type(member) is not Member:
                raise ProjectError(
                    f"{member!r} is not a Member. Make a Member from a path and data."
                )
        self._refuse_conflicts()
        self._refuse_long_names()

    @property
    def root(self) -> str:
        """The only top-level directory of the archive, and its file name without `.tar.gz`."""
        return f"{self.name}-{self.version}"

    @property
    def egg_info(self) -> str:
        """The directory with `requires.txt` for stock upip, which does not install its files."""
        return self.find_egg_info()

    def find_egg_info(self, paths: Iterable[str] = ()) -> str:
        """Return the name of the egg-info directory of a release with files at `paths` there.

        That is the directory that already has members. Else its name begins with that of the
        project, or with its first letter if a path with the whole name is longer than NAME_LIMIT.
        Stock upip looks only for `.egg-info` and `/requires.txt` in a path.
        """
        whole, short = f"{self.name}{_EGG_INFO}", f"{self.name[0]}{_EGG_INFO}"
        for directory in (whole, short):
            if any(member.path.startswith(f"{directory}/") for member in self.members):
                return directory
        longest = max(map(len, (REQUIRES, *(path.encode() for path in paths))))
        return whole if len(f"{self.root}/{whole}/") + longest <= NAME_LIMIT else short

    def __iter__(self) -> Iterator[Member]:
        return iter(self.members)

    def get(self, path: str) -> Member | None:
        """Return the member at `path`, or None."""
        return next((member for member in self.members if member.path == path), None)

    def with_members(self, members: Iterable[Member]) -> Release:
        """Return the same release with other members."""
        return replace(self, members=tuple(members))

    def _refuse_conflicts(self) -> None:
        paths: set[str] = set()
        for member in self.members:
            if member.path in paths:
                raise ProjectError(f"Member {member.path!r} occurs twice. Remove one of them.")
            paths.add(member.path)
        for path in paths:
            parent = path.rpartition("/")[0]
            while parent:
                if parent in paths:
                    raise ProjectError(
                        f"Member {parent!r} is a file and, for {path!r}, also a directory. Rename "
                        "one of them."
                    )
                parent = parent.rpartition("/")[0]

    def _refuse_long_names(self) -> None:
        for member in self.members:
            size = len(f"{self.root}/{member.path}".encode())
            if size > NAME_LIMIT:
                raise ProjectError(
                    f"Member {member.path!r}: with the root directory {self.root!r} the name has "
                    f"{size} bytes, but devices read only {NAME_LIMIT}. {self._advise(member.path)}"
                )

    def _advise(self, path: str) -> str:
        """Return how the name of the member at `path` can become shorter."""
        most = NAME_LIMIT - len(f"/{path}".encode())
        shorten = f"Shorten the name of the project: name and version may have {most - 1} letters"
        directory, _, below = path.partition("/")
        if path == "PKG-INFO":
            return f"{shorten}."
        if directory == self.egg_info and below == REQUIRES:
            return f"{shorten} if it has dependencies."
        if directory == self.egg_info:
            return 'Shorten the name of the project, or set license-files = "drop".'
        if below.rpartition("/")[2] == "R.py":
            return 'Shorten the name of the package, or set resources = "files".'
        return "Shorten the path or exclude the file."


class UnpackedRelease(Release):
    """A release whose members are not packed again, so that their names may be longer."""

    __slots__ = ()

    def _refuse_long_names(self) -> None:
        """Accept all names."""
