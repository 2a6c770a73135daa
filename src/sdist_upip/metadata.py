"""`PKG-INFO` that PyPI accepts, and a `requires.txt` that stock upip survives.

Core metadata: the PyPA specification; stock upip: MicroPython 1.19, tools of micropython-lib.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from email.parser import HeaderParser

from packaging.markers import Marker, UndefinedComparison
from packaging.requirements import InvalidRequirement, Requirement

from .errors import ProjectError

logger = logging.getLogger(__name__)

LICENSES = "licenses"
"""Folder below `NAME.egg-info` for licence files, where no installer of devices looks."""

PLATFORMS = (
    *("alif", "cc3200", "esp32", "esp8266", "linux", "mimxrt", "nrf52", "psoc6", "pyboard"),
    *("qemu", "renesas-ra", "rp2", "samd", "stm32", "webassembly", "WiPy", "zephyr"),
)
"""Values of sys.platform on the ports of MicroPython (mpconfigport.h of each port)."""

MICROPYTHON = {
    "implementation_name": "micropython",
    "implementation_version": "1.27.0",
    "platform_python_implementation": "MicroPython",
    "python_version": "3.4",
    "python_full_version": "3.4.0",
    "os_name": "",
    "platform_machine": "",
    "platform_release": "",
    "platform_system": "",
    "platform_version": "",
    "extra": "",
}

_REWRITTEN = frozenset({"dynamic", "license-file", "requires-dist", "provides-extra"})
_LICENSE_FILE_VERSION = (2, 4)


@dataclass(frozen=True)
class Metadata:
    """Core metadata in its file's order: `fields` are (name, value), `description` is the body."""

    fields: tuple[tuple[str, str], ...]
    description: str = ""

    def get(self, name: str) -> str | None:
        """Return the first value of the field `name`, or None."""
        return next(iter(self.get_all(name)), None)

    def get_all(self, name: str) -> tuple[str, ...]:
        """Return every value of the field `name`."""
        return tuple(value for key, value in self.fields if key.lower() == name.lower())


def parse_metadata(data: bytes) -> Metadata:
    """Read core metadata (UTF-8, RFC 822 headers); raise ProjectError if it has no Name."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProjectError(
            f"PKG-INFO is not UTF-8: {error}; save what it comes from as UTF-8"
        ) from error
    message = HeaderParser().parsestr(text.replace("\r\n", "\n"))
    fields = tuple((name, _unfold(value)) for name, value in message.items())
    body = message.get_payload()
    metadata = Metadata(fields, body if isinstance(body, str) else "")
    if metadata.get("Name") is None:
        raise ProjectError("PKG-INFO has no field Name; build it with a PEP 517 backend")
    return metadata


def write_metadata(metadata: Metadata) -> bytes:
    """Return the bytes of `PKG-INFO`; continuation lines are indented as Metadata 2.1 wants."""
    lines = []
    for name, value in metadata.fields:
        first, *rest = value.split("\n")
        lines.append(f"{name}: {first}".rstrip())
        lines += [f"        {line}" for line in rest]
    text = "\n".join(lines) + "\n"
    if metadata.description.strip():
        text += "\n" + metadata.description.strip("\n") + "\n"
    return text.encode()


def parse_requires(text: str) -> tuple[list[str], list[str]]:
    """Return the extras and the requirement lines (PEP 508) that setuptools' requires.txt names.

    A section `[extra:marker]` conditions the lines below it (setuptools, _requirestxt).
    """
    extras: list[str] = []
    requirements: list[str] = []
    condition = extra = ""
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("[") and line.endswith("]"):
            extra, _, condition = line[1:-1].partition(":")
            if extra and extra not in extras:
                extras.append(extra)
        else:
            requirements.append(_conditioned(line, condition, extra))
    return extras, requirements


def with_requirements(data: bytes, requires: str) -> bytes:
    """Return the PKG-INFO `data` with the dependencies of setuptools' requires.txt and no others.

    setuptools older than 68.3 keeps them out of PKG-INFO.
    """
    metadata = parse_metadata(data)
    extras, requirements = parse_requires(requires)
    dropped = {"requires-dist", "provides-extra"}
    fields = [pair for pair in metadata.fields if pair[0].lower() not in dropped]
    fields += [("Requires-Dist", requirement) for requirement in requirements]
    fields += [("Provides-Extra", extra) for extra in extras]
    return write_metadata(Metadata(tuple(fields), metadata.description))


def tidy_metadata(metadata: Metadata, license_paths: Sequence[str], description: bool) -> Metadata:
    """Return `metadata` as an index accepts it for an archive with licences at `license_paths`.

    Raises ProjectError for dependencies that are no valid PEP 508 or point to a URL.
    """
    fields = [
        (name, at_least(value, _LICENSE_FILE_VERSION))
        if license_paths and name.lower() == "metadata-version"
        else (name, value)
        for name, value in metadata.fields
        if name.lower() not in _REWRITTEN
        and value != "UNKNOWN"
        and (description or name.lower() not in {"description-content-type", "description"})
    ]
    fields += [("License-File", path) for path in license_paths]
    requirements = [_read_requirement(line) for line in metadata.get_all("Requires-Dist")]
    fields += [("Requires-Dist", str(requirement)) for requirement in requirements]
    fields += [("Provides-Extra", extra) for extra in metadata.get_all("Provides-Extra")]
    return Metadata(tuple(fields), metadata.description if description else "")


def requires_for_upip(requirements: Iterable[str]) -> Iterator[str]:
    """Yield the lines of `requires.txt`: `name` or `name==version`, for MicroPython, no extras.

    What a line cannot say is dropped with a warning.
    """
    seen: set[str] = set()
    for requirement in map(_read_requirement, requirements):
        if requirement.marker is not None and not _applies(requirement.marker, requirement.name):
            continue
        line = requirement.name + _exact_version(requirement)
        if line not in seen:
            seen.add(line)
            yield line


def _read_requirement(line: str) -> Requirement:
    try:
        requirement = Requirement(line)
    except InvalidRequirement as error:
        raise ProjectError(f"dependency {line!r} is not valid (PEP 508): {error}") from error
    if requirement.url:
        raise ProjectError(
            f"dependency {line!r} points to a URL, which neither PyPI nor upip accepts; "
            "depend on a released version"
        )
    return requirement


def _conditioned(line: str, condition: str, extra: str) -> str:
    markers = []
    body, _, own = line.partition(";")
    for marker in (own.strip(), condition):
        if marker:
            markers.append(f"({marker})" if re.search(r"\bor\b", marker) else marker)
    if extra:
        markers.append(f'extra == "{extra}"')
    return f"{body.strip()}; {' and '.join(markers)}" if markers else body.strip()


def _applies(marker: Marker, name: str) -> bool:
    try:
        answers = {
            platform: marker.evaluate({**MICROPYTHON, "sys_platform": platform})
            for platform in PLATFORMS
        }
    except UndefinedComparison as error:
        raise ProjectError(f"dependency {name}: marker {marker}: {error}; correct it") from error
    if any(answers.values()) and not all(answers.values()):
        logger.warning(
            "requires.txt: %s is needed only where %s; upip installs it on every board",
            name,
            marker,
        )
    return any(answers.values())


def _exact_version(requirement: Requirement) -> str:
    exact = [
        item.version
        for item in requirement.specifier
        if item.operator in {"==", "==="} and not item.version.endswith(".*")
    ]
    suffix = f"=={exact[0]}" if exact else ""
    dropped = [str(item) for item in sorted(requirement.specifier, key=str) if not exact]
    dropped += [f"[{extra}]" for extra in sorted(requirement.extras)]
    if dropped:
        logger.warning(
            "requires.txt: dropped %s of %s, which stock upip cannot follow; PKG-INFO keeps it",
            ", ".join(dropped),
            requirement.name,
        )
    return suffix


def at_least(version: str, least: tuple[int, int]) -> str:
    """Return the metadata version `version`, or `least` where that is later."""
    major, _, minor = version.partition(".")
    if major.isdecimal() and minor.isdecimal() and (int(major), int(minor)) >= least:
        return version
    return ".".join(map(str, least))


def _unfold(value: str) -> str:
    first, *rest = value.split("\n")
    return "\n".join([first.strip(), *(re.sub(r"^(        |\s+)", "", line) for line in rest)])
