"""Rules about where modules are: names that no import has, and modules that others hide."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from ...ports.firmware import Firmware
from ...ports.precedence import EXTENSIBLE, FIXED
from ...ports.table import FOR_ONE_PORT, read_module_table
from ..problem import Problem
from .modules import ReleaseModules, is_module_name, split_suffix
from .source import Source

_KNOWN = EXTENSIBLE | FIXED | FOR_ONE_PORT | {"asyncio", "uasyncio"}
"""Modules that the firmware of a port has on all boards, if it has them at all."""
_OF_A_NETWORK = frozenset({"socket", "usocket"})
"""Modules of all boards with a network, which are meant without a target."""


_WORD = re.compile(rb"[\w\x80-\xff-]+")


def check_module_names(paths: Iterable[str], sources: Sequence[Source]) -> Iterator[Problem]:
    """Yield the modules at `paths` that no import statement can name, one for each directory.

    A module whose name is in the text of a source that calls `__import__`, `exec` or `open` may be
    loaded without a statement.
    """
    files = set(paths)
    seen = set()
    words = _find_loaded_words(sources) if not all(map(_is_importable, files)) else set()
    for path in sorted(files):
        stem = split_suffix(path)
        if stem is None:
            continue
        segments = stem.split("/")
        for end, segment in enumerate(segments, 1):
            if is_module_name(segment):
                continue
            place = "/".join(segments[:end])
            if (
                place in seen
                or place in files
                or segment.startswith(".")
                or words.issuperset(_WORD.findall(segment.encode(errors="surrogateescape")))
            ):
                break
            seen.add(place)
            directory = end < len(segments)
            kind = "directory" if directory else "module"
            message = (
                f"No import statement can name the {kind} {segment!r}. "
                f"Rename the {kind} to a Python identifier, such as {_identifier(segment)}."
            )
            yield Problem("module-name", f"{place}/" if directory else path, message)
            break


def _is_importable(path: str) -> bool:
    stem = split_suffix(path)
    return stem is None or all(map(is_module_name, stem.split("/")))


def _find_loaded_words(sources: Iterable[Source]) -> set[bytes]:
    """Return the words, with dashes, of the sources that may load modules without a statement."""
    return {
        word
        for source in sources
        if any(call in source.data for call in (b"__import__", b"exec", b"open("))
        for word in _WORD.findall(source.data)
    }


def _identifier(segment: str) -> str:
    name = "".join(letter if letter.isalnum() else "_" for letter in segment)
    if name[:1].isdigit():
        name = f"m{name}"
    return name if is_module_name(name) else f"{name}_"


def check_hidden_modules(modules: ReleaseModules) -> Iterator[Problem]:
    """Yield the modules that boards never import, because they find something else of the name."""
    for name, paths in sorted(modules.files.items()):
        plain = [path for path in paths if not path.rpartition("/")[2].startswith("__init__.")]
        if name in modules.directories and plain:
            directory = f"{name.replace('.', '/')}/"
            for path in plain:
                message = (
                    f"The directory {directory} is beside the module. Boards import the directory "
                    "as a package, and never this file. Rename one of them."
                )
                yield Problem("module-hidden", path, message)
            continue
        sources = {path for path in paths if path.endswith(".py")}
        for path in paths:
            source = f"{path.removesuffix('.mpy')}.py"
            if path.endswith(".mpy") and source in sources:
                message = (
                    f"{source} is beside the compiled module. Boards import the source, and never "
                    "this file. Exclude one of them."
                )
                yield Problem("module-hidden", path, message)


def check_builtin_modules(
    modules: ReleaseModules, firmwares: Sequence[Firmware]
) -> Iterator[Problem]:
    """Yield the modules of the release that all boards of `firmwares` have built in or frozen."""
    table = read_module_table()
    where = f"{' and '.join(map(str, firmwares))} has" if firmwares else "Boards have"
    for name, paths in sorted(modules.files.items()):
        if name not in _KNOWN:
            continue
        certain = table.always_has(name, firmwares or (Firmware(),))
        if not certain and (firmwares or name not in _OF_A_NETWORK):
            continue
        if name in EXTENSIBLE:
            message = (
                f"{where} a module {name} built in. The file replaces it for every package on the "
                "board. Rename the file, or exclude it if the board's module is enough."
            )
        elif name in FIXED:
            message = (
                f"{where} a module {name} built in, and imports it before any file. The file is "
                "never used. Rename or exclude the file."
            )
        else:
            message = (
                f"{where} a module {name} in the firmware, and finds it before files in lib. "
                "Rename or exclude the file."
            )
        yield Problem("builtin-module", paths[0], message)
