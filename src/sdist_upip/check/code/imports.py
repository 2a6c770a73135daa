"""The rule `import`: modules that neither the release, nor a requirement, nor the board has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from ...ports.firmware import Firmware
from ...ports.table import COMPUTERS, read_host_names, read_module_table
from ..dependencies import RequiredNames
from ..problem import Problem
from .modules import ReleaseModules
from .requirements import RequiredModules
from .scan import Names, scan_imports
from .source import Source

if TYPE_CHECKING:
    from .remedies import FindSource
    from .statements import Import

_DYNAMIC = rb"import[ \t]*\*|__getattr__|__dict__|__import__|__path__|globals|setattr|exec|modules"
"""Text of packages that may have names which are not in their source."""
_WORD = rb"[\w\x80-\xff]+"
_LONGEST_NAME = 255
"""Most characters of a module's name, with its dots. MicroPython compiles no longer one."""
_MOST_PROBLEMS = 100
"""Most problems of one source that are reported."""


class ImportRule:
    """The imports of the `sources` of a release, looked up for each of `firmwares`."""

    def __init__(
        self,
        sources: Sequence[Source],
        modules: ReleaseModules,
        required: RequiredNames | None,
        firmwares: Sequence[Firmware],
        find_source: FindSource | None,
    ) -> None:
        self._sources = sources
        self._modules = modules
        self._firmwares = firmwares or (Firmware(),)
        self._named = bool(firmwares)
        self._find_source = find_source
        self._table = read_module_table()
        self._names = {source.path: scan_imports(source) for source in sources}
        self._packages = {source.name: source for source in sources if source.is_package}
        self._imports: dict[str, tuple[Import, ...]] = {}
        self._words: dict[str, frozenset[bytes] | None] = {}
        self.required = RequiredModules(required, self._imported)
        self._changes_path = any(
            b"sys.path" in source.data or b"sys.modules" in source.data for source in sources
        )

    @cached_property
    def _imported(self) -> set[str]:
        """The absolute names in imports of the release, and each with the name from it."""
        found: set[str] = set()
        for source in self._sources:
            for module, name in self._quick(source):
                parts = (module or "").split(".")
                found.update(".".join(parts[:end]) for end in range(1, len(parts) + 1))
                found.add(f"{module}.{name}")
        return found

    @cached_property
    def _importers(self) -> dict[str, list[Source]]:
        """The sources that may import each module."""
        found: dict[str, list[Source]] = {}
        for source in self._sources:
            names = (name for item in self._quick(source) for name in _imported_modules(*item))
            for name in dict.fromkeys(names):
                found.setdefault(name, []).append(source)
        return found

    def _quick(self, source: Source) -> Names:
        names = self._names[source.path]
        if names is None:
            return tuple((found.module, found.name) for found in self._find(source))
        return tuple(item for item in names if _is_short(item[0]))

    def _find(self, source: Source) -> tuple[Import, ...]:
        if source.path not in self._imports:
            from .statements import find_imports

            try:
                found = find_imports(source)
            except RecursionError:
                found = ()  # code that is nested too deeply to look at
            self._imports[source.path] = tuple(item for item in found if _is_short(item.module))
        return self._imports[source.path]

    def check(self) -> Iterator[Problem]:
        """Yield the problems, one for each missing module of a source."""
        for source in self._sources:
            if all(self._is_found(*item) for item in self._quick(source)):
                continue
            if source.name in self._optional:
                continue
            seen = set()
            for found in self._find(source):
                missing = self._missing_on(found) if found.certain else ()
                if missing:
                    module = self._missing(found.module, found.name, missing[0])
                    if module not in seen:
                        seen.add(module)
                        yield self._describe(source, found, missing)
                if len(seen) == _MOST_PROBLEMS:
                    break

    def check_attributes(self) -> Iterator[Problem]:
        """Yield the problems of attributes, one for each name in a source."""
        where = " and ".join(map(str, self._firmwares)) if self._named else ""
        for source in self._sources:
            if self._may_use_host_names(source) and source.name not in self._optional:
                from .attributes import find_host_attributes

                seen = set()
                try:
                    attributes = list(find_host_attributes(source, self.lacks_everywhere))
                except RecursionError:
                    continue  # code that is nested too deeply to look at
                for line, module, name in attributes:
                    text = f"{module}.{name}"
                    if text not in seen:
                        seen.add(text)
                        yield Problem("import-name", source.path, describe_name(line, text, where))

    def _may_use_host_names(self, source: Source) -> bool:
        return any(
            not name
            and any(b".%s" % item.encode() in source.data for item in self.lacks_everywhere(module))
            for module, name in self._quick(source)
            if module
        )

    def _is_found(self, module: str | None, name: str) -> bool:
        return all(self._missing(module, name, item) is None for item in self._firmwares)

    def _missing_on(self, found: Import) -> list[Firmware]:
        """Return where `found` runs and fails for certain."""
        return [firmware for firmware in self._firmwares if self._fails(found, firmware)]

    def _fails(self, found: Import, firmware: Firmware) -> bool:
        def missing(other: Import) -> bool:
            return self._missing(other.module, other.name, firmware) is not None

        return (
            missing(found)
            and all(any(map(missing, group)) for group in found.without)
            and not any(map(missing, found.needs))
        )

    def _missing(self, module: str | None, name: str, firmware: Firmware) -> str | None:
        """Return the module that an import lacks on `firmware`, or None if it may succeed."""
        if module is None:
            return ""
        parts = module.split(".")
        for end in range(1, len(parts) + 1):
            dotted = ".".join(parts[:end])
            if not self._may_have(dotted, firmware):
                return dotted
        if name in self.host_names(module, firmware):
            return f"{module}.{name}"
        dotted = f"{module}.{name}"
        if not name or name == "*" or self._modules.has(dotted) or self._defines(module, name):
            return None
        return None if self._may_have(dotted, firmware) else dotted

    def _defines(self, module: str, name: str) -> bool:
        """Return whether a module may have `name`: not for certain packages of the release.

        Those are directories without `__init__`, and packages whose source does not have the word.
        """
        if self._modules.is_plain_directory(module):
            return False
        words = self._words_of(module)
        return words is None or name.startswith("__") or name.encode() in words

    def _words_of(self, module: str) -> frozenset[bytes] | None:
        """Return the words in the source of a package of the release, None if any may be there."""
        if module not in self._words:
            source = self._packages.get(module)
            unsure = source is None or re.search(_DYNAMIC, source.data)
            self._words[module] = (
                None if unsure or source is None else frozenset(re.findall(_WORD, source.data))
            )
        return self._words[module]

    def host_names(self, module: str, firmware: Firmware) -> frozenset[str]:
        """Return the names of Python's `module` that `firmware` lacks; few modules are known."""
        table = read_host_names()
        names = table.get(module) or table.get(module.removeprefix("u")) or frozenset()
        if not names or self._modules.has(module) or firmware.port in COMPUTERS:
            return frozenset()
        return frozenset() if self.required.may_bring(module) else names

    def lacks_everywhere(self, module: str) -> frozenset[str]:
        """Return the names of Python's `module` that none of the boards has."""
        return frozenset.intersection(
            *(self.host_names(module, firmware) for firmware in self._firmwares)
        )

    def _may_have(self, module: str, firmware: Firmware) -> bool:
        if self._modules.has(module) or self._table.may_have(module, firmware):
            return True
        top, _, rest = module.partition(".")
        if self._changes_path and (module.rpartition(".")[2] in self._modules.stems):
            return True
        if rest and top in self._packages and not self.required.is_named_like(top):
            return False  # other distributions do not add modules to a package of this one
        return self.required.may_bring(module)

    @cached_property
    def _optional(self) -> frozenset[str]:
        """The names of modules that the release imports only under conditions, and may fail.

        Those are the targets of conditional imports, and what only they import.
        """
        edges = {source.name: set(self._find_edges(source)) for source in self._find_suspects()}
        entries = [name for name, found in edges.items() if not found or name.endswith("__main__")]
        needed = _propagate(entries, edges)
        conditional = [
            name for name, found in edges.items() if any(not certain for _, certain in found)
        ]
        return frozenset(_propagate(conditional, edges) - needed)

    def _find_suspects(self) -> list[Source]:
        """Return the sources that may have problems, and all that import them."""
        waiting = [
            source
            for source in self._sources
            if self._may_use_host_names(source)
            or not all(self._is_found(*item) for item in self._quick(source))
        ]
        found: dict[str, Source] = {}
        while waiting:
            source = waiting.pop()
            if source.name not in found:
                found[source.name] = source
                waiting += self._importers.get(source.name, ())
        return list(found.values())

    def _find_edges(self, source: Source) -> Iterator[tuple[str, bool]]:
        """Yield (importer, whether the import is certain) of the other modules of the release."""
        for other in self._importers.get(source.name, ()):
            if other is source or other.name.startswith(f"{source.name}."):
                continue
            for item in self._find(other):
                if source.name in _imported_modules(item.module, item.name):
                    yield other.name, item.certain and not item.without

    def _describe(self, source: Source, found: Import, missing: Sequence[Firmware]) -> Problem:
        from .conditions import MISSING_EXCEPTION
        from .remedies import find_remedy

        module = self._missing(found.module, found.name, missing[0]) or ""
        where = " and ".join(map(str, missing)) if self._named else ""
        if not module:
            text = (
                f"Line {found.line}: {found.text} leads out of the top-level package. "
                "The import fails on boards. Name the module by its absolute name."
            )
            return Problem("import", source.path, text)
        if (
            found.name
            and module == f"{found.module}.{found.name}"
            and self.host_names(found.module or "", missing[0])
        ):
            return Problem("import-name", source.path, describe_name(found.line, found.text, where))
        text = (
            f"Line {found.line}: {found.text}. The module {module!r} is not in the release, not in "
            f"a requirement, and not built into {where or 'MicroPython on any board'}. "
        )
        if found.broken_guard:
            text += (
                f"The import is guarded by {MISSING_EXCEPTION}, which MicroPython lacks. "
                "Name ImportError alone."
            )
        else:
            text += find_remedy(source, module, self._modules, self._find_source)
        return Problem("import", source.path, text)


def _propagate(start: Iterable[str], edges: Mapping[str, set[tuple[str, bool]]]) -> set[str]:
    """Return `start` and the modules that those import for certain; `edges` has the importers."""
    imported: dict[str, list[str]] = {}
    for name, importers in edges.items():
        for importer, certain in importers:
            if certain:
                imported.setdefault(importer, []).append(name)
    found: set[str] = set()
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += imported.get(name, ())
    return found


def _is_short(module: str | None) -> bool:
    return len(module or "") <= _LONGEST_NAME


def describe_name(line: int, text: str, where: str) -> str:
    """Return the message about a name that a built-in module lacks; `text` is the code."""
    boards = where or "MicroPython on any board"
    return (
        f"Line {line}: {text}. CPython has the name, but not {boards}. Do without it, or handle "
        "the error."
    )


def _imported_modules(module: str | None, name: str) -> Iterator[str]:
    """Yield the modules that an import loads, the packages around it included."""
    if module:
        parts = module.split(".")
        yield from (".".join(parts[:end]) for end in range(1, len(parts) + 1))
        if name:
            yield f"{module}.{name}"
