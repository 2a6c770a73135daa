"""Core metadata (PyPA specification): reading `PKG-INFO`, and writing it as PyPI accepts it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.parser import HeaderParser
from typing import NamedTuple

from packaging.requirements import InvalidRequirement, Requirement

from ..errors import ProjectError
from ..limits import METADATA_LIMIT

_REWRITTEN = frozenset({"dynamic", "license-file", "requires-dist", "provides-extra"})
NONE = "UNKNOWN"
"""What old tools wrote for a field, or a description, that a project does not have."""
ANY_VERSION = (2, 1)
"""The version that brought the last field that most packages have."""
STATIC_VERSION = (2, 2)
"""The version from which the metadata of a source distribution without Dynamic is final: its
wheels have the same. Installers then read requirements without a build."""
_NEWER_FIELDS = {
    "dynamic": (2, 2),
    "license-file": (2, 4),
    "license-expression": (2, 4),
    "import-name": (2, 5),
    "import-namespace": (2, 5),
}
_VERSIONS = re.compile("2\\.[1-5]")
"""The versions from 2.1 that indexes read. There was never a version 2.0."""


class CoreMetadata(NamedTuple):
    """Core metadata: `fields` are (name, value) in the order of the file.

    `description` is the body.
    """

    fields: tuple[tuple[str, str], ...]
    description: str = ""

    def get(self, name: str) -> str | None:
        """Return the first value of the field `name`, or None."""
        return next(iter(self.get_all(name)), None)

    def get_all(self, name: str) -> tuple[str, ...]:
        """Return every value of the field `name`."""
        return tuple(value for key, value in self.fields if key.lower() == name.lower())


def parse_metadata(data: bytes) -> CoreMetadata:
    """Return core metadata read from `data` (UTF-8, RFC 822 headers).

    Raises ProjectError if `data` is not UTF-8, has no Name, or has more than METADATA_LIMIT bytes.
    """
    if len(data) > METADATA_LIMIT:
        raise ProjectError(f"PKG-INFO has more than {METADATA_LIMIT:,} bytes. Shorten it.")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ProjectError(
            f"PKG-INFO is not UTF-8: {error}. Save its source file as UTF-8."
        ) from error
    message = HeaderParser().parsestr(text.replace("\r\n", "\n"))
    fields = tuple((name, _unfold(value)) for name, value in message.items())
    body = message.get_payload()
    metadata = CoreMetadata(fields, body if isinstance(body, str) else "")
    if metadata.get("Name") is None:
        raise ProjectError(
            "PKG-INFO: the field Name is missing. Build the package with a PEP 517 backend."
        )
    return metadata


def write_metadata(metadata: CoreMetadata) -> bytes:
    """Return the bytes of `PKG-INFO`; continuation lines are indented as Metadata 2.1 requires."""
    lines = []
    for name, value in metadata.fields:
        first, *rest = value.split("\n")
        lines.append(f"{name}: {first}".rstrip())
        lines += [f"        {line}" for line in rest]
    text = "\n".join(lines) + "\n"
    if metadata.description.strip():
        text += "\n" + metadata.description.strip("\n") + "\n"
    return text.encode()


def tidy_metadata(
    metadata: CoreMetadata, license_paths: Sequence[str], description: bool
) -> CoreMetadata:
    """Return `metadata` as an index accepts it for an archive with licenses at `license_paths`.

    Raises ProjectError for dependencies that are invalid (PEP 508) or point to a URL.
    """
    fields = [
        (name, value)
        for name, value in metadata.fields
        if name.lower() not in _REWRITTEN
        and value != NONE
        and (description or name.lower() not in {"description-content-type", "description"})
    ]
    fields += [("License-File", path) for path in license_paths]
    requirements = [read_dependency(line) for line in metadata.get_all("Requires-Dist")]
    fields += [("Requires-Dist", str(requirement)) for requirement in requirements]
    fields += [("Provides-Extra", extra) for extra in metadata.get_all("Provides-Extra")]
    body = metadata.description if description and metadata.description.strip() != NONE else ""
    return with_version(CoreMetadata(tuple(fields), body))


def with_version(metadata: CoreMetadata, oldest: tuple[int, int] = ANY_VERSION) -> CoreMetadata:
    """Return `metadata` with the version that its fields need, `oldest` or later, as first field.

    A later version that indexes read stays. Old tools wrote 2.0, 1.x or none.
    """
    version = metadata.get("Metadata-Version") or ""
    needed = max([_NEWER_FIELDS.get(name.lower(), oldest) for name, _ in metadata.fields])
    least = ".".join(map(str, needed))
    if not _VERSIONS.fullmatch(version) or version < least:
        version = least
    rest = [field for field in metadata.fields if field[0].lower() != "metadata-version"]
    return CoreMetadata((("Metadata-Version", version), *rest), metadata.description)


def read_dependency(line: str) -> Requirement:
    try:
        requirement = Requirement(line)
    except InvalidRequirement as error:
        raise ProjectError(
            f"Invalid dependency {line!r} (PEP 508): {error}. Correct it."
        ) from error
    if requirement.url:
        raise ProjectError(
            f"Dependency {line!r} points to a URL, which neither PyPI nor upip accepts. "
            "Depend on a released version."
        )
    return requirement


def _unfold(value: str) -> str:
    first, *rest = value.split("\n")
    return "\n".join([first.strip(), *(re.sub(r"^(        |\s+)", "", line) for line in rest)])
