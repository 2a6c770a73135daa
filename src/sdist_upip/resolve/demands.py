"""What people want → demands that a resolution can meet; projects are built on the way."""

from __future__ import annotations

import logging
import tempfile
from collections.abc import Iterable
from pathlib import Path

from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from ..builders.project_archive import build_project
from ..errors import ConfigError
from ..filenames import read_archive_name
from ..requirements.arguments import Given, Named, Project, Wanted
from ..requirements.requirement import Need, read_need
from ..requirements.target import Target
from .resolver import Candidate, Demand

logger = logging.getLogger(__name__)


def find_demands(wanted: Iterable[Wanted], target: Target, scratch: Path) -> list[Demand]:
    """Return the demand for each of `wanted`; those whose marker says no have none.

    Projects are built into `scratch`. Raises ConfigError for two archives of one package, and
    SdistUpipError.
    """
    demands = []
    given: list[Candidate] = []
    for one in wanted:
        if isinstance(one, Named):
            need = read_need(one.requirement, target)
            if need:
                demands.append(Demand(need))
            else:
                logger.warning("%s: not for this board, by its marker", one.requirement)
            continue
        candidate = find_given(one, scratch)
        given.append(candidate)
        demands.append(Demand(Need(candidate.name), candidate))
    _refuse_twins(given)
    return demands


def find_given(one: Given | Project, scratch: Path) -> Candidate:
    """Return the release in an archive, or in that of a project, which is built into `scratch`."""
    if isinstance(one, Project):
        archive, account = build_project(one.directory, Path(tempfile.mkdtemp(dir=scratch)))
        logger.info("%s", account)
        one = Given(archive, archive.name, project=one.directory)
    return read_given(one)


def read_given(given: Given) -> Candidate:
    """Return the release that the file name of an archive or a wheel tells."""
    if given.filename.endswith(".whl"):
        try:
            name, version, _, _ = parse_wheel_filename(given.filename)
        except InvalidWheelFilename as error:
            raise ConfigError(f"{given.shown}: {error}; name the wheel as it was built") from error
        return Candidate(name, (), str(version), given)
    named = read_archive_name(given.filename)
    if not named:
        raise ConfigError(
            f"{given.shown} is not named NAME-VERSION.tar.gz, which tells what it is; rename it"
        )
    return Candidate(named[0], (), named[1], given)


def _refuse_twins(given: Iterable[Candidate]) -> None:
    shown: dict[str, str] = {}
    for name, origin in ((candidate.name, candidate.origin) for candidate in given):
        assert isinstance(origin, Given)
        if shown.setdefault(name, origin.shown) != origin.shown:
            raise ConfigError(f"{shown[name]} and {origin.shown} are both {name}; give one of them")
