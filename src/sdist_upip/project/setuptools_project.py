"""Reading a setuptools distribution as a `Project`, the plain data that `layout` works on."""

from __future__ import annotations

import glob
import warnings
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from setuptools import SetuptoolsDeprecationWarning
from setuptools.command.sdist import sdist

from ..errors import ProjectError
from ..filenames import HOST_DIRECTORIES
from ..limits import NAME_LIMIT
from ..messages.logs import get_logger
from ..metadata.member_names import ENTRY_POINTS
from ..metadata.requires_txt import with_requirements
from ..release import Release
from .layout import Project, find_owner, install_path
from .leftovers import OUTPUT_DIRECTORIES
from .links import repeats
from .manifests import find_manifest_files, read_included
from .package_names import find_spelled_names, find_spelled_packages, normalize_package
from .sources import normalize_source

logger = get_logger(__name__)


def refuse_anonymous(distribution: Any) -> None:
    """Raise ProjectError if name or version is not set; setuptools would use placeholders later.

    Both are in the path of every member, so they are also refused if they are too long for that,
    and if they are not valid.
    """
    for field in ("name", "version"):
        value = getattr(distribution.metadata, field)
        if not value:
            raise ProjectError(
                f"The project has no {field}. Set {field} in [project] or in setup()."
            )
        if len(str(value)) > NAME_LIMIT:
            raise ProjectError(
                f"The {field} of the project has {len(str(value))} characters, more than the "
                f"{NAME_LIMIT} of a path in a device archive. Shorten it."
            )
    # Raises for a name or version that is not valid.
    Release(distribution.metadata.name, str(distribution.metadata.version), ())


def refuse_missing_packages(command: sdist) -> None:
    """Raise ProjectError if a declared package has no directory, or for modules with a suffix."""
    distribution: Any = command.distribution
    for name in distribution.py_modules or ():
        if name.endswith(".py"):
            raise ProjectError(
                f"py_modules: {name!r} is the name of a file. Write {name.removesuffix('.py')!r}."
            )
    if not distribution.packages:
        return
    build_py: Any = command.get_finalized_command("build_py")
    for package in distribution.packages:
        source = _directory_of(build_py, package)
        if not Path(source).is_dir():
            raise ProjectError(
                f"packages: the package {package!r} has no directory {source!r} in {Path.cwd()}. "
                "Add the directory, or correct packages or package_dir."
            )


def read_project(command: sdist) -> Project:
    """Return the project that the distribution of `command` declares.

    The current directory is the project directory, and the command egg_info has run. Raises
    ProjectError if a declared file is missing.
    """
    distribution: Any = command.distribution
    directory = Path.cwd()
    egg_info: Any = command.get_finalized_command("egg_info")
    build_py: Any = command.get_finalized_command("build_py")
    packages = {
        normalize_package(package): _directory_of(build_py, package)
        for package in distribution.packages or ()
    }
    listed = _listed_files(egg_info)
    _refuse_missing_data(build_py, directory)
    declared = find_manifest_files(directory, packages)
    modules = _unique(_modules(build_py))
    data = _unique(
        [
            *_package_data(build_py, normalize_source(egg_info.egg_info)),
            *_manifest_data(build_py, packages, declared - set(modules.values())),
            *_data_files(distribution),
        ],
        modules,
    )
    sources = {*modules.values(), *data.values()}
    return Project(
        directory=directory,
        name=distribution.metadata.name,
        version=distribution.metadata.version,
        metadata=_metadata(Path(egg_info.egg_info)),
        packages=packages,
        modules=modules,
        data=data,
        listed=listed | declared,
        excluded_by_manifest=_excluded_by_manifest(command, sources - listed - declared),
        license_files=tuple(
            normalize_source(name) for name in distribution.metadata.license_files or ()
        ),
        extensions=tuple(
            item[0] if isinstance(item, tuple) else item.name
            for item in (*(distribution.ext_modules or ()), *(distribution.libraries or ()))
        ),
        scripts=tuple(normalize_source(name) for name in distribution.scripts or ()),
        entry_points=_entry_points(Path(egg_info.egg_info)),
        for_hosts=_find_host_packages(directory, packages, modules),
        outputs=_find_outputs(directory, packages),
        repeated=frozenset(_find_repeated(directory, packages, sources)),
        spelled=find_spelled_names(directory).union(
            name for text in read_included(directory) for name in text.split("/")
        ),
    )


def _find_host_packages(
    directory: Path, packages: Iterable[str], modules: Iterable[str]
) -> frozenset[str]:
    """Return the top-level packages for hosts that were found, and that the project does not name.

    Returns nothing if no module would be left.
    """
    candidates = HOST_DIRECTORIES.intersection(packages)
    if candidates:
        spelled = find_spelled_packages(directory).intersection(packages)
        candidates -= {name.partition(".")[0] for name in spelled}
    tops = {path.partition("/")[0] for path in modules}
    return frozenset() if tops <= candidates else candidates


def _find_outputs(directory: Path, packages: Mapping[str, str]) -> frozenset[str]:
    """Return the top-level namespaces that were found in directories of build tools."""
    found = {
        name
        for name in OUTPUT_DIRECTORIES
        if not (directory / name / "__init__.py").exists()
        and any(PurePosixPath(source).is_relative_to(name) for source in packages.values())
    }
    if found:
        spelled = find_spelled_packages(directory).intersection(packages)
        found -= {name.partition(".")[0] for name in spelled}
    return frozenset(found)


def _find_repeated(
    directory: Path, packages: Mapping[str, str], sources: Iterable[str]
) -> Iterator[str]:
    """Yield the `sources` behind a link that leads back into the package that they are in."""
    found: dict[PurePosixPath, bool] = {}
    for source in sources:
        parent = PurePosixPath(source).parent
        if parent not in found:
            bases = [base for base in packages.values() if parent.is_relative_to(base)]
            base = min(bases, key=lambda base: len(PurePosixPath(base).parts), default="")
            found[parent] = bool(base) and repeats(directory / parent, directory / base)
        if found[parent]:
            yield source


def _unique(
    pairs: Iterable[tuple[str, str]], others: Mapping[str, str] | None = None
) -> dict[str, str]:
    """Return {install path: source}.

    Raises ProjectError if two sources have the same install path, here or in `others`.
    """
    sources: dict[str, str] = {}
    for path, source in pairs:
        present = (others or {}).get(path) or sources.setdefault(path, source)
        if present != source:
            raise ProjectError(
                f"{path!r}: {present!r} and {source!r} have the same install path. "
                "Declare only one of them."
            )
    return sources


def _excluded_by_manifest(command: sdist, unlisted: Iterable[str]) -> frozenset[str]:
    if not Path("MANIFEST.in").is_file():
        return frozenset()
    # setuptools excludes its build directory from every manifest, even if it is a package.
    build: Any = command.get_finalized_command("build")
    base = normalize_source(build.build_base)
    return frozenset(
        source
        for source in unlisted
        if Path(source).is_file() and not PurePosixPath(source).is_relative_to(base)
    )


def _metadata(egg_info: Path) -> bytes:
    requires = egg_info / "requires.txt"
    text = requires.read_text(encoding="utf-8") if requires.exists() else ""
    return with_requirements((egg_info / "PKG-INFO").read_bytes(), text)


def _entry_points(egg_info: Path) -> str:
    path = egg_info / ENTRY_POINTS
    return path.read_text(encoding="utf-8") if path.exists() else ""


def _directory_of(build_py: Any, package: str) -> str:
    return normalize_source(build_py.get_package_dir(package) or ".")


def _listed_files(egg_info: Any) -> frozenset[str]:
    own = normalize_source(egg_info.egg_info)
    files = (normalize_source(name) for name in egg_info.filelist.files)
    return frozenset(name for name in files if not PurePosixPath(name).is_relative_to(own))


def _modules(build_py: Any) -> Iterator[tuple[str, str]]:
    found = set()
    for package, module, source in build_py.find_all_modules():
        directory = normalize_package(package).replace(".", "/")
        path = f"{directory}/{module}.py".lstrip("/")
        found.add(path)
        yield path, normalize_source(source)
    for name in build_py.py_modules or ():
        path = name.replace(".", "/")
        if f"{path}.py" not in found:
            if Path(build_py.get_package_dir(""), f"{path}.pyi").is_file():
                raise ProjectError(
                    f"py_modules: module {name!r} has only a type stub (.pyi), which is for "
                    "computers. Boards do not read it. Remove the declaration. Publish the stubs "
                    "as a wheel, without sdist-upip."
                )
            raise ProjectError(
                f"py_modules: no file exists for module {name!r}. "
                "Add the file or remove the declaration."
            )


def _package_data(build_py: Any, egg_info: str) -> Iterator[tuple[str, str]]:
    """Yield (install path, source) of package data, without the files of egg-info.

    The manifest of setuptools has these, so the root package would have them too.
    """
    with warnings.catch_warnings():
        # setuptools warns about data directories that are not packages. Only wheels need those.
        warnings.simplefilter("ignore", SetuptoolsDeprecationWarning)
        data_files = build_py.data_files
    for package, directory, _, names in data_files:
        prefix = normalize_package(package).replace(".", "/") or "."
        for name in names:
            source = normalize_source(f"{directory or '.'}/{name}")
            path = normalize_source(f"{prefix}/{name}")
            if PurePosixPath(source).is_relative_to(egg_info):
                continue
            if path.startswith(".."):
                raise ProjectError(
                    f"package_data of {package!r}: {path!r} is outside the install directory. "
                    "Move the file into the package."
                )
            yield path, source


def _refuse_missing_data(build_py: Any, directory: Path) -> None:
    for package, patterns in (build_py.package_data or {}).items():
        if not package:  # patterns for all packages, of which many have no such files
            continue
        if package not in (build_py.packages or ()):
            raise ProjectError(
                f"package_data: {package!r} is not a declared package. "
                "Declare the package or correct the name."
            )
        package_directory = _directory_of(build_py, package)
        for pattern in patterns:
            source = normalize_source(f"{package_directory}/{pattern}")
            if not glob.has_magic(pattern) and not (directory / source).is_file():
                raise ProjectError(
                    f"package_data of {package!r}: file {source!r} not found. "
                    "Add the file or remove the declaration."
                )
            if not glob.glob(source, root_dir=directory, recursive=True):  # noqa: PTH207
                logger.warning(
                    "package_data of %r: %r matches no file. Correct or remove the pattern.",
                    package,
                    pattern,
                )


def _data_files(distribution: Any) -> Iterator[tuple[str, str]]:
    for entry in distribution.data_files or ():
        target, names = ("", [entry]) if isinstance(entry, str) else entry
        if isinstance(names, str):
            raise ProjectError(
                f"data_files: the files for {target!r} are the string {names!r}. "
                f"Write a list: [{names!r}]."
            )
        if Path(target).is_absolute() or PurePosixPath(target).is_absolute():
            raise ProjectError(
                f"data_files: the target {target!r} is absolute. "
                "Use a directory relative to the install directory."
            )
        target = normalize_source(target) if target else "."
        for name in names:
            source = PurePosixPath(normalize_source(name))
            path = PurePosixPath(target, source.name)
            if target != "." and source.is_relative_to(target) and source != path:
                logger.info("data_files: %s keeps its path, which is below %s", source, target)
                path = source
            yield path.as_posix(), source.as_posix()


def _manifest_data(
    build_py: Any, packages: Mapping[str, str], sources: Iterable[str]
) -> Iterator[tuple[str, str]]:
    """Yield (install path, source) for the `sources` in packages.

    Files that exclude_package_data excludes are omitted.
    """
    for source in sorted(sources):
        owner, path = find_owner(source, packages), install_path(source, packages)
        if owner and path and build_py.exclude_data_files(owner, packages[owner], [source]):
            yield path, source
