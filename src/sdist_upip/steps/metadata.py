"""The step `metadata`: PKG-INFO that PyPI accepts, and `requires.txt` for stock upip."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import ProjectError
from ..metadata.core import parse_metadata, tidy_metadata, write_metadata
from ..metadata.member_names import LICENSES
from ..metadata.requires_txt import requires_for_upip
from ..release import REQUIRES, Member, Release
from .registry import Step


def metadata_step(options: Mapping[str, Any]) -> Step:
    """Make the step that writes PKG-INFO and `requires.txt`.

    Options: `description` (keep the long description) and `license-files` (drop | keep).
    """
    description = options.get("description", True)
    keep = options.get("license-files", "drop") == "keep"

    def write_both(release: Release) -> Release:
        source = release.get("PKG-INFO")
        if source is None:
            raise ProjectError("The release has no PKG-INFO. Correct the step that removed it.")
        licenses = f"{release.egg_info}/{LICENSES}/"
        requires_path = f"{release.egg_info}/{REQUIRES}"
        rest = [
            member
            for member in release
            if member.path not in {"PKG-INFO", requires_path}
            and (keep or not member.path.startswith(licenses))
        ]
        kept = sorted(member.path for member in rest if member.path.startswith(licenses))
        metadata = tidy_metadata(parse_metadata(source.data), kept, description)
        head = [Member("PKG-INFO", write_metadata(metadata))]
        lines = list(requires_for_upip(metadata.get_all("Requires-Dist")))
        if lines:
            head.append(Member(requires_path, "".join(f"{line}\n" for line in lines).encode()))
        return release.with_members((*head, *rest))

    return write_both
