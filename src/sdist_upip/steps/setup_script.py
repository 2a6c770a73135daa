"""The static `setup.py` with which pip installs the same files as upip from an archive.

upip skips the script, because its name begins with `setup.`. All values in it are literals. The
script makes setuptools (61 … 84) use the PKG-INFO beside it unchanged. For this it replaces
`write_pkg_file`, the method of the metadata with which all these versions write PKG-INFO.
"""

from __future__ import annotations

import glob
import re
from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from ..errors import ProjectError
from ..metadata.core import CoreMetadata, parse_metadata
from ..metadata.member_names import ENTRY_POINTS, SETUP_SCRIPT, SETUP_SCRIPT_MARK
from ..metadata.stock_upip import INSTALL, action_on
from ..release import Member, Release

_PIP_READS = ("setup.cfg", "pyproject.toml", "MANIFEST.in")
_EXTRA = r"""extra == ["'](?P<extra>[^"']+)["']"""


def add_setup_script(release: Release) -> Release:
    """Return `release` with a generated `setup.py` that installs its members where upip does.

    Raises ProjectError for a member that would change the build by pip.
    """
    for name in (SETUP_SCRIPT, *_PIP_READS):
        if release.get(name):
            raise ProjectError(
                f"{name!r} in the archive would change the build by pip. "
                "Exclude the file, or set pip-compatible = false."
            )
    source = release.get("PKG-INFO")
    if source is None:
        raise ProjectError("The release has no PKG-INFO. Correct the step that removed it.")
    path = f"{release.egg_info}/{ENTRY_POINTS}"
    entry_points = release.get(path)
    script = write_setup_script(
        release, parse_metadata(source.data), entry_points.data.decode() if entry_points else ""
    )
    rest = [member for member in release if member.path != path]
    return release.with_members((*rest, Member(SETUP_SCRIPT, script)))


def write_setup_script(release: Release, metadata: CoreMetadata, entry_points: str = "") -> bytes:
    """Return the source of `setup.py` for `release`; `entry_points` has the format of INI files."""
    arguments: dict[str, object] = {"name": release.name, "version": release.version}
    arguments |= _files(release)
    arguments |= split_requirements(metadata)
    if entry_points.strip():
        arguments["entry_points"] = entry_points.strip()
    licenses = metadata.get_all("License-File")
    if licenses:
        # setuptools copies the licenses to `licenses` in .dist-info, with their metadata names.
        arguments["license_files"] = [glob.escape(name) for name in licenses]
    written = ",\n".join(f"{name}={_literal(value)}" for name, value in arguments.items())
    return (
        f"#{SETUP_SCRIPT_MARK}\n"
        "import setuptools as s\n"
        "def w(_,f):\n"
        f' with open("PKG-INFO",encoding="utf-8")as p:f.write(p.read())\n'
        "type(s.Distribution().metadata).write_pkg_file=w\n"
        f"s.setup({written})\n"
    ).encode()


def split_requirements(metadata: CoreMetadata) -> dict[str, object]:
    """Return the arguments `install_requires` and `extras_require` of setup()."""
    always: list[str] = []
    extras: dict[str, list[str]] = {name: [] for name in metadata.get_all("Provides-Extra")}
    raw_names = {canonicalize_name(name): name for name in extras}
    for line in metadata.get_all("Requires-Dist"):
        marker = str(Requirement(line).marker or "")
        named = {canonicalize_name(match["extra"]) for match in re.finditer(_EXTRA, marker)}
        for name in sorted(named):
            extras.setdefault(raw_names.setdefault(name, name), []).append(_without_extra(line))
        if not named:
            always.append(line)
    return ({"install_requires": always} if always else {}) | (
        {"extras_require": extras} if extras else {}
    )


def _without_extra(line: str) -> str:
    """Remove the `extra == "…"` at the end of the marker where that is safe.

    setuptools adds it again.
    """
    requirement = Requirement(line)
    match = re.fullmatch(rf"(?:(?P<rest>.*) and )?{_EXTRA}", str(requirement.marker))
    if match is None:
        return line
    rest = match["rest"] or ""
    bare = re.sub(r"\"[^\"]*\"|'[^']*'|\([^()]*\)", "", rest)
    if "extra" in rest or " or " in bare or "(" in bare:
        return line
    requirement.marker = None
    return f"{requirement}; {rest}" if rest else str(requirement)


def _files(release: Release) -> dict[str, object]:
    """Return `packages`, `package_data` and `py_modules`.

    A package is a top-level directory, or a directory that contains modules. Its other files are
    matched by patterns of their depth, or by name where such patterns do not work. Files outside
    all packages belong to the root package `""`.
    """
    all_paths = [PurePosixPath(member.path) for member in release]
    paths = [path for path in all_paths if not _is_skipped(path)]
    packages = sorted({package for path in paths for package in _packages_above(path)})
    # A pattern must match neither files that upip skips nor the output of setuptools.
    exact = "build" in packages or any(
        path.parts[0] in packages and _is_skipped(path) for path in all_paths
    )
    modules = [path.stem for path in paths if _is_root_module(path)]
    patterns: dict[str, set[str]] = {}
    for path in paths:
        package = max((name for name in packages if _owns(name, path)), key=len, default="")
        relative = path.relative_to(package.replace(".", "/"))
        if not _is_root_module(path) and not _is_found(relative, package):
            patterns.setdefault(package, set()).add(_pattern(relative, package, exact))
    arguments: dict[str, object] = {"packages": packages}
    if "" in patterns:
        packages.insert(0, "")
        # Under PEP 517 setuptools does not know its script, and would treat it as a module here.
        arguments["script_name"] = SETUP_SCRIPT
    if modules:
        arguments["py_modules"] = sorted(modules)
    if patterns:
        arguments["package_data"] = _join_patterns(patterns)
    return arguments


def _is_skipped(path: PurePosixPath) -> bool:
    return action_on(str(path)) != INSTALL


def _is_root_module(path: PurePosixPath) -> bool:
    return len(path.parts) == 1 and path.suffix == ".py" and "." not in path.stem


def _packages_above(path: PurePosixPath) -> Iterable[str]:
    directories = path.parts[:-1]
    if directories and "." not in directories[0]:
        yield directories[0]
        if path.suffix in {".py", ".mpy"} and not any(
            "." in directory for directory in directories
        ):
            yield ".".join(directories)


def _owns(package: str, path: PurePosixPath) -> bool:
    return path.is_relative_to(package.replace(".", "/"))


def _is_found(relative: PurePosixPath, package: str) -> bool:
    """Return whether setuptools finds the file as a module of `package`."""
    return bool(package) and relative.match("*.py") and _is_visible(relative) and _is_flat(relative)


def _is_flat(relative: PurePosixPath) -> bool:
    return len(relative.parts) == 1


def _is_visible(relative: PurePosixPath) -> bool:
    return not any(part.startswith(".") for part in relative.parts)


def _pattern(relative: PurePosixPath, package: str, exact: bool) -> str:
    if package and _is_visible(relative) and not exact:
        return "/".join("*" * len(relative.parts))
    return glob.escape(str(relative))


def _join_patterns(patterns: Mapping[str, set[str]]) -> dict[str, list[str]]:
    """Return one list for all packages, unless patterns of the root package would match more."""
    if "" in patterns:
        return {package: sorted(patterns[package]) for package in sorted(patterns)}
    return {"": sorted(set().union(*patterns.values()))}


def _literal(value: object) -> str:
    """Return `value` as compact source in ASCII."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{_literal(k)}:{_literal(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_literal, value)) + "]"
    return ascii(value)
