"""A `package.json` of mip, maintained by hand, compared with the archive of the same project.

Format: MicroPython's mip, `{"version": …, "urls": [[path, url], …], "deps": [[name, version], …]}`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from ..errors import ProjectError
from ..release import Release


def find_disagreements(text: str, release: Release) -> Iterator[str]:
    """Yield a sentence for each difference between the package.json `text` and `release`.

    `R.py` may be missing, because the build generates it. Raises ProjectError if `text` is not a
    package.json of mip.
    """
    document = _read(text)
    version = str(document.get("version", release.version))
    if version != release.version:
        yield f"expected version {release.version!r}, as in the archive, got {version!r}"
    named = _firsts(document.get("urls", []))
    installed = {
        member.path
        for member in release
        if ".egg-info/" not in member.path and member.path not in {"PKG-INFO", "setup.py"}
    }
    for path in sorted(installed - named):
        if not path.endswith("R.py"):
            yield f"urls lacks {path!r}, which the archive installs"
    for path in sorted(named - installed):
        yield f"urls names {path!r}, which the archive does not install"
    requires = release.get(f"{release.egg_info}/requires.txt")
    required = _names((requires.data.decode() if requires else "").split())
    listed = _names(_firsts(document.get("deps", [])))
    for name in sorted(required - listed):
        yield f"deps lacks {name!r}, which the archive depends on"
    for name in sorted(listed - required):
        yield f"deps names {name!r}, which the archive does not depend on"


def is_package_json(text: str) -> bool:
    """Return whether `text` is a package.json of mip, not of npm."""
    try:
        return "urls" in _read(text)
    except ProjectError:
        return False


def _read(text: str) -> dict[str, object]:
    try:
        document = json.loads(text)
    except ValueError as error:
        raise ProjectError(f"package.json is not valid JSON: {error}. Fix the file.") from error
    if not isinstance(document, dict):
        raise ProjectError("package.json is not a JSON object. Write it in the format of mip.")
    return document


def _firsts(pairs: object) -> set[str]:
    """Return the first item of each list in `pairs`; anything else is skipped."""
    items = pairs if isinstance(pairs, list) else []
    return {str(item[0]) for item in items if isinstance(item, list) and item}


def _names(requirements: set[str] | list[str]) -> set[str]:
    names: set[str] = set()
    for text in requirements:
        try:
            names.add(canonicalize_name(Requirement(text).name))
        except InvalidRequirement:
            names.add(text)
    return names
