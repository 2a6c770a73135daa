"""`requires.txt`: reading that of setuptools, and writing one that stock upip can read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from packaging.markers import Marker, UndefinedComparison
from packaging.requirements import Requirement

from ..errors import ProjectError
from ..messages.logs import get_logger
from .core import CoreMetadata, parse_metadata, read_dependency, write_metadata
from .markers import PLATFORMS, find_platforms

logger = get_logger(__name__)


def parse_requires(text: str) -> tuple[list[str], list[str]]:
    """Return the extras and the requirement lines (PEP 508) in a requires.txt of setuptools.

    The lines below a section `[extra:marker]` have that condition (setuptools, _requirestxt).
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
    """Return the PKG-INFO `data` with only the dependencies in `requires`, a requires.txt.

    setuptools older than 68.3 does not write dependencies to PKG-INFO.
    """
    metadata = parse_metadata(data)
    extras, requirements = parse_requires(requires)
    replaced = {"requires-dist", "provides-extra"}
    fields = [pair for pair in metadata.fields if pair[0].lower() not in replaced]
    fields += [("Requires-Dist", requirement) for requirement in requirements]
    fields += [("Provides-Extra", extra) for extra in extras]
    return write_metadata(CoreMetadata(tuple(fields), metadata.description))


def requires_for_upip(requirements: Iterable[str]) -> Iterator[str]:
    """Yield the lines of `requires.txt`: `name` or `name==version`, for MicroPython, no extras.

    Version ranges and extras of a requirement are omitted with a warning.
    """
    seen: set[str] = set()
    for requirement in map(read_dependency, requirements):
        if requirement.marker is not None and not _evaluate_marker(
            requirement.marker, requirement.name
        ):
            continue
        line = requirement.name + _exact_version(requirement)
        if line not in seen:
            seen.add(line)
            yield line


def _conditioned(line: str, condition: str, extra: str) -> str:
    markers = []
    body, _, own = line.partition(";")
    for marker in (own.strip(), condition):
        if marker:
            markers.append(f"({marker})" if re.search(r"\bor\b", marker) else marker)
    if extra:
        markers.append(f'extra == "{extra}"')
    return f"{body.strip()}; {' and '.join(markers)}" if markers else body.strip()


def _evaluate_marker(marker: Marker, name: str) -> bool:
    try:
        platforms = find_platforms(marker)
    except UndefinedComparison as error:
        raise ProjectError(
            f"Dependency {name}: invalid marker {marker}: {error}. Correct the marker."
        ) from error
    if platforms and len(platforms) < len(PLATFORMS):
        logger.warning(
            "requires.txt: %s is required only if %s, but stock upip installs it on every board.",
            name,
            marker,
        )
    return bool(platforms)


def _exact_version(requirement: Requirement) -> str:
    exact = [
        item.version
        for item in requirement.specifier
        if item.operator in {"==", "==="} and not item.version.endswith(".*")
    ]
    suffix = f"=={exact[0]}" if exact else ""
    omitted = [str(item) for item in sorted(requirement.specifier, key=str) if not exact]
    omitted += [f"[{extra}]" for extra in sorted(requirement.extras)]
    if omitted:
        logger.warning(
            "requires.txt: omitted %s of %s, which stock upip cannot handle. PKG-INFO is complete.",
            ", ".join(omitted),
            requirement.name,
        )
    return suffix
