"""What PyPI refuses in the fields of core metadata, beyond their specification.

PyPI checks the fields of an upload again, with rules of its own for e-mail addresses, URLs, labels,
classifiers and lengths. Classifiers are checked if trove-classifiers is installed (extra `pypi`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from email.utils import parseaddr
from typing import NamedTuple

from packaging.metadata import ExceptionGroup, InvalidMetadata, Metadata, RawMetadata
from packaging.requirements import InvalidRequirement, Requirement

VERSIONS = ("1.0", "1.1", "1.2", "2.1", "2.2", "2.3", "2.4", "2.5")
"""The versions of core metadata that PyPI reads."""
_LICENSE_FILE_VERSIONS = ("2.4", "2.5")
"""The versions that have License-File. Older setuptools wrote the field earlier, and tools omit it
from uploads of other versions."""
PRIVATE = "Private ::"
"""How classifiers begin that PyPI refuses on purpose, so that a project is never uploaded."""

_SUMMARY_LIMIT = 512
_LABEL_LIMIT = 32
_ADDRESS_LIMIT, _HOST_LIMIT, _HOST_LABEL_LIMIT = 254, 253, 63
_LARGEST_PORT = 65_535
_HINTS = 5
"""Most classifiers that get the closest existing one, which takes time."""

_ATOMS = r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*"
_HOST_LABEL = r"[^\W_]([\w-]*[^\W_])?"
_SPECIAL = frozenset({"arpa", "invalid", "local", "localhost", "onion", "test"})
"""Top-level domains that are not for e-mail (RFC 6761)."""
_QUOTED = r'"[^"]*"|\([^)]*\)'
_URL = r"https?:(//(?P<authority>[^/?#]*))?(?P<rest>[^#]*)"
_PORT = r"(?:.*@)?(?:\[[^]]*\]|[^:]*):([0-9]+)"

_PLACES = {
    "author-email": "author_email in setup.py, or the email of authors in pyproject.toml",
    "maintainer-email": "maintainer_email in setup.py, or the email of maintainers in "
    "pyproject.toml",
    "home-page": "url in setup.py",
    "download-url": "download_url in setup.py",
    "project-url": "project_urls in setup.py, or [project.urls] in pyproject.toml",
    "classifier": "classifiers in setup.py or pyproject.toml",
    "summary": "description in setup.py or pyproject.toml",
    "description-content-type": "long_description_content_type in setup.py, or the content-type of "
    "readme in pyproject.toml",
    "requires-python": "python_requires in setup.py, or requires-python in pyproject.toml",
    "requires-dist": "install_requires in setup.py, or dependencies in pyproject.toml",
    "provides-extra": "extras_require in setup.py, or [project.optional-dependencies] in "
    "pyproject.toml",
    "license": "license in setup.py or pyproject.toml",
    "license-expression": "license in setup.py or pyproject.toml",
    "license-file": "license_files in setup.py, or license-files in pyproject.toml",
    "name": "name in setup.py or pyproject.toml",
    "version": "version in setup.py or pyproject.toml",
}
"""Where projects declare the fields, with setuptools and in the standard table."""


class FieldDefect(NamedTuple):
    """Why PyPI refuses a field: its name in lower case, its value or None, and a clause."""

    field: str
    value: str | None
    reason: str


def without_early_license_files(raw: RawMetadata) -> RawMetadata:
    """Return `raw` without License-File if its version of metadata does not have the field."""
    if raw.get("metadata_version") not in _LICENSE_FILE_VERSIONS:
        raw.pop("license_files", None)
    return raw


def find_place(field: str) -> str:
    """Return where a project declares the field of core metadata `field` (lower case)."""
    return _PLACES.get(field, "the metadata of the project in setup.py or pyproject.toml")


def find_specification_defects(raw: RawMetadata, unparsed: Iterable[str]) -> list[FieldDefect]:
    """Return where `raw` does not follow the specification, besides the version of the metadata.

    `unparsed` are the names of the fields that `parse_email` did not read.
    """
    found = [
        FieldDefect(
            name, None, f"The field {name!r} is unknown, occurs more than once or is not UTF-8"
        )
        for name in unparsed
    ]
    try:
        Metadata.from_raw(raw)
    except ExceptionGroup as group:
        for error in group.exceptions:
            field = error.field if isinstance(error, InvalidMetadata) else ""
            if field != "metadata-version":
                found.append(FieldDefect(field, None, str(error)))
    except (RecursionError, MemoryError):
        reason = "A marker or License-Expression is nested too deeply"
        found.append(FieldDefect("license-expression", None, reason))
    return found


def find_field_defects(raw: RawMetadata) -> Iterator[FieldDefect]:
    """Yield what PyPI refuses in `raw`, beyond the specification; nothing in private metadata."""
    classifiers = raw.get("classifiers", [])
    if any(classifier.startswith(PRIVATE) for classifier in classifiers):
        return
    summary = raw.get("summary", "")
    if len(summary) > _SUMMARY_LIMIT:
        reason = f"Summary has {len(summary)} characters, more than {_SUMMARY_LIMIT}"
        yield FieldDefect("summary", None, reason)
    for field, value in (
        ("author-email", raw.get("author_email")),
        ("maintainer-email", raw.get("maintainer_email")),
    ):
        if value and (defect := _address_defect(value)):
            yield FieldDefect(field, value, f"{field.title()} {value[:200]!r} {defect}")
    for field, name, value in (
        ("home-page", "Home-page", raw.get("home_page")),
        ("download-url", "Download-URL", raw.get("download_url")),
    ):
        if value and (defect := _url_defect(value)):
            yield FieldDefect(field, value, f"{name} {value[:200]!r} {defect}")
    yield from _check_project_urls(raw)
    yield from _check_classifiers(classifiers)
    for field, name, values in (
        ("provides-dist", "Provides-Dist", raw.get("provides_dist", [])),
        ("obsoletes-dist", "Obsoletes-Dist", raw.get("obsoletes_dist", [])),
    ):
        for value in values:
            if not _is_requirement(value):
                reason = f"{name} {value[:200]!r} is not a requirement (PEP 508)"
                yield FieldDefect(field, value, reason)
    if raw.get("license") and raw.get("license_expression"):
        reason = "License is not allowed beside License-Expression (PEP 639)"
        yield FieldDefect("license", None, reason)


def _address_defect(value: str) -> str | None:
    """Return why PyPI refuses the field of an e-mail address, as a predicate.

    PyPI reads one address. A field with several is accepted, and so is one without any.
    """
    if re.search("[,;]", re.sub(_QUOTED, "", value)):
        return None
    address = parseaddr(value)[1]
    if not address:
        return None
    local, at, host = address.rpartition("@")
    if not at:
        return "is not an e-mail address"
    if len(address) > _ADDRESS_LIMIT:
        return f"has more than {_ADDRESS_LIMIT} characters"
    if not re.fullmatch(_ATOMS, local):
        return f"has {local!r} before the @, which is not allowed"
    labels = host.split(".")
    is_host = all(
        re.fullmatch(_HOST_LABEL, label) and "_" not in label and len(label) <= _HOST_LABEL_LIMIT
        for label in labels
    )
    if not is_host or len(labels) < 2 or len(host) > _HOST_LIMIT or not labels[-1][-1:].isalpha():
        return f"has {host!r} after the @, which is not a domain with a top-level domain"
    if labels[-1].lower() in _SPECIAL:
        return f"has the domain {host!r}, which is not for e-mail"
    return None


def _url_defect(value: str) -> str | None:
    """Return why PyPI refuses `value` as a URL, as a predicate."""
    match = re.fullmatch(_URL, value.partition("#")[0], re.IGNORECASE)
    if not match:
        return "is not a URL that begins with http:// or https://"
    if re.search(r"[][]", match["rest"]):
        return "has a bracket in its path"
    port = re.fullmatch(_PORT, match["authority"] or "")
    if port and (len(port[1]) > 9 or int(port[1]) > _LARGEST_PORT):
        return f"has the port {port[1][:20]}, more than {_LARGEST_PORT}"
    return None


def _check_project_urls(raw: RawMetadata) -> Iterator[FieldDefect]:
    for label, url in raw.get("project_urls", {}).items():
        value = f"{label}, {url}"
        if not 0 < len(label) <= _LABEL_LIMIT:
            reason = (
                f"The label {label!r} of Project-URL has {len(label)} characters, expected 1 to "
                f"{_LABEL_LIMIT}"
            )
            yield FieldDefect("project-url", value, reason)
        elif not url:
            yield FieldDefect("project-url", label, f"Project-URL {label!r} has no URL")
        elif defect := _url_defect(url):
            reason = f"Project-URL {label!r}: {url[:200]!r} {defect}"
            yield FieldDefect("project-url", value, reason)


def _check_classifiers(classifiers: Sequence[str]) -> Iterator[FieldDefect]:
    if not classifiers:
        return
    try:
        from trove_classifiers import classifiers as known
        from trove_classifiers import deprecated_classifiers as deprecated
    except ImportError:
        return
    hints = 0
    for value in dict.fromkeys(classifiers):
        if value in deprecated:
            instead = " or ".join(map(repr, deprecated[value]))
            hint = f" in favor of {instead}" if instead else ""
            reason = f"The classifier {value!r} is deprecated{hint}"
            yield FieldDefect("classifier", value, reason)
        elif value not in known:
            hints += 1
            near = _closest(value[:200], known) if hints <= _HINTS else None
            hint = f". The closest is {near!r}" if near else ""
            reason = f"The classifier {value[:200]!r} does not exist{hint}"
            yield FieldDefect("classifier", value, reason)


def _closest(value: str, known: Collection[str]) -> str | None:
    """Return the classifier with the same first and last part, or the most similar one."""
    ends = _ends(value)
    same = (classifier for classifier in sorted(known) if _ends(classifier) == ends)
    import difflib

    return next(same, None) or next(iter(difflib.get_close_matches(value, known, 1)), None)


def _ends(classifier: str) -> tuple[str, str]:
    parts = classifier.lower().split(" :: ")
    return parts[0], parts[-1]


def _is_requirement(text: str) -> bool:
    try:
        Requirement(text)
    except (InvalidRequirement, RecursionError):
        return False
    return True
