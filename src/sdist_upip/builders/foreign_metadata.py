"""The metadata of packages of other authors, without the fields that indexes refuse.

Who converts a package cannot correct its metadata, and no board reads these fields.
"""

from __future__ import annotations

from packaging.metadata import parse_email

from ..check.publishing import parse_requirement
from ..messages.logs import get_logger
from ..metadata.core import (
    ANY_VERSION,
    NONE,
    STATIC_VERSION,
    CoreMetadata,
    parse_metadata,
    with_version,
    write_metadata,
)
from ..metadata.index_rules import FieldDefect, find_field_defects, find_specification_defects
from ..metadata.markers import applies_somewhere
from ..project.layout import Layout
from ..release import Member

logger = get_logger(__name__)

_REQUIRED = frozenset({"metadata-version", "name", "version", "requires-dist"})


def with_accepted_metadata(layout: Layout, *, is_static: bool = False) -> Layout:
    """Return `layout` without the fields of PKG-INFO that indexes refuse. They are logged.

    Name, version and requirements always stay. With `is_static`, wheels that are built of the
    archive have the same metadata, and its version says so. Raises ProjectError for metadata that
    cannot be read.
    """
    oldest = STATIC_VERSION if is_static else ANY_VERSION
    members = tuple(
        Member("PKG-INFO", _accept(member.data, oldest)) if member.path == "PKG-INFO" else member
        for member in layout.release
    )
    return layout._replace(release=layout.release.with_members(members))


def _accept(data: bytes, oldest: tuple[int, int]) -> bytes:
    source = parse_metadata(data)
    known = tuple(field for field in source.fields if field[1] != NONE)
    metadata = with_version(CoreMetadata(known, source.description))
    for defect in _find_defects(metadata):
        kept = tuple(field for field in metadata.fields if not _is_meant(field, defect))
        if kept != metadata.fields:
            logger.warning("%s. The field is left out of PKG-INFO.", defect.reason)
            metadata = CoreMetadata(kept, metadata.description)
    kept = tuple(field for field in metadata.fields if not _is_url_of_extra(field))
    if kept != metadata.fields:
        logger.warning("Requirements of extras that point to a URL are left out of PKG-INFO.")
        metadata = CoreMetadata(kept, metadata.description)
    return write_metadata(with_version(metadata, oldest))


def _find_defects(metadata: CoreMetadata) -> list[FieldDefect]:
    raw, unparsed = parse_email(write_metadata(metadata._replace(description="")))
    found = [*find_specification_defects(raw, unparsed), *find_field_defects(raw)]
    return [defect for defect in found if defect.field not in _REQUIRED]


def _is_meant(field: tuple[str, str], defect: FieldDefect) -> bool:
    name, value = field
    if name.lower() != defect.field:
        return False
    return defect.value is None or _squeeze(value) == _squeeze(defect.value)


def _is_url_of_extra(field: tuple[str, str]) -> bool:
    """Return whether a field requires a URL that no board needs, which indexes refuse."""
    requirement = parse_requirement(field[1]) if field[0].lower() == "requires-dist" else None
    if requirement is None or requirement.url is None:
        return False
    return not applies_somewhere(requirement.marker)


def _squeeze(text: str) -> str:
    return "".join(text.split())
