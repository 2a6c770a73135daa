"""The lines that people copy to install packages."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable
from dataclasses import dataclass

from ..records import ProjectRecord, ReleaseRecord
from ..settings import SiteSettings

PLACEHOLDER = "URL-OF-THIS-SITE"
"""The URL in lines of a site that does not know its own. The script of the page replaces it."""

ANY_NAME = "NAME"
"""The name in lines that are for every package."""

_FOR_PIP = "Into the environment of a computer."
_NOT_FOR_PIP = (
    "pip refuses this archive, which has no setup.py. Its author can build it with "
    "pip-compatible = true."
)
_BUILD_FILES = ("setup.py", "pyproject.toml")
"""The files that pip builds an archive with."""


@dataclass(frozen=True, slots=True)
class Command:
    """Lines to copy: the tool and where it runs, when to use it, and the lines."""

    title: str
    note: str
    lines: str


def make_project_commands(project: ProjectRecord, settings: SiteSettings) -> list[Command]:
    """Return the commands that install `project`.

    They name the version if tools do not choose it by themselves: a pre-release or a yanked one.
    """
    newest = project.newest
    pinned = newest.yanked is not None or newest.parsed_version.is_prerelease
    version = newest.version if pinned else ""
    return make_commands(project.name, version, settings, pip_note=_describe_pip(newest))


def _describe_pip(release: ReleaseRecord) -> str:
    is_buildable = any(member.path in _BUILD_FILES for member in release.members)
    return _FOR_PIP if is_buildable else _NOT_FOR_PIP


def make_commands(
    name: str, version: str, settings: SiteSettings, *, pip_note: str = _FOR_PIP
) -> list[Command]:
    """Return the commands that install `name` from the site, the newest release without version."""
    url = settings.url or PLACEHOLDER
    requirement = f"{name}=={version}" if version else name
    shell_requirement, index = shlex.quote(requirement), shlex.quote(f"{url}/simple")
    pin = f", version={_quote(version)}" if version else ""
    freeze = f"sdist-upip install --freeze -p modules -i {index} {shell_requirement}"
    return [
        Command(
            "mip, on the board",
            "Needs a network and MicroPython 1.20 or later.",
            f"import mip\nmip.install({_quote(name)}{pin}, index={_quote(url)})",
        ),
        Command(
            "mpremote, over USB",
            "From a computer. The board needs no network.",
            _make_mpremote_line(f"{name}@{version}" if version else name, url),
        ),
        Command(
            "upip, on the board",
            "Verifies what it downloads, and obeys version ranges.",
            f"import upip\n"
            f"upip.install({_quote(requirement)}, index_urls=[{_quote(f'{url}/simple')}])",
        ),
        Command(
            "pip, for CPython",
            pip_note,
            f"pip install --index-url {shlex.quote(f'{url}/simple/')} {shell_requirement}",
        ),
        Command("Freeze into firmware", "Writes modules and their manifest.", freeze),
    ]


def make_own_commands(settings: SiteSettings) -> list[Command]:
    """Return the commands by which mip and mpremote bring upip to a board."""
    return make_commands("upip", "", settings)[:2]


def make_missing_commands(names: Iterable[str]) -> list[str]:
    """Return the lines for a board and for a computer that install what the site does not have."""
    names = list(names)
    board = ["import mip", *(f"mip.install({_quote(name)})" for name in names)]
    computer = [f"mpremote mip install {shlex.quote(name)}" for name in names]
    return ["\n".join(board), "\n".join(computer)]


def _make_mpremote_line(package: str, url: str) -> str:
    return f"mpremote mip install --index {shlex.quote(url)} {shlex.quote(package)}"


def _quote(text: str) -> str:
    return json.dumps(text)
