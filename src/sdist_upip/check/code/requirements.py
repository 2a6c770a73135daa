"""What the requirements of a release may bring, judged by their names alone."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection

from ..dependencies import RequiredNames

_PREFIX = re.compile("(micropython|pycopy|circuitpython|upy|mpy)")


class RequiredModules:
    """The modules that the requirements of a release may bring.

    A distribution mostly brings the module of its name: umqtt.robust, micropython-logging. A
    package that is needed, and whose name no import has, may bring any module, unless it is one of
    stubs. If `required` is None, the requirements may bring any module.
    """

    def __init__(self, required: RequiredNames | None, imported: Collection[str]) -> None:
        squashed = {_squash(name) for name in imported}
        self.unknown = required is None or any(
            squashed.isdisjoint(_spellings(_squash(name)))
            for name in required.needed
            if not name.endswith("-stubs") and not _is_of_library(name)
        )
        self._library = required is not None and any(map(_is_of_library, required.needed))
        names = () if required is None else required.needed | required.others
        self._spellings = {text for name in names for text in _spellings(_squash(name))}

    def may_bring(self, module: str) -> bool:
        """Return whether a requirement may bring `module`, a dotted name, or a part of it.

        A distribution of a module of Python's library may require others of them.
        """
        if self._library and module.partition(".")[0] in sys.stdlib_module_names:
            return True
        return self.unknown or self.is_named_like(module)

    def is_named_like(self, module: str) -> bool:
        """Return whether the name of a requirement begins as that of `module`, or the reverse."""
        top = _squash(module.partition(".")[0])
        return any(
            spelling.startswith(top) or top.startswith(spelling) for spelling in self._spellings
        )


def _is_of_library(name: str) -> bool:
    """Return whether the distribution `name` brings a module of Python's library, and no other."""
    short = name.removeprefix("micropython-")
    return short != name and short.partition("-")[0] in sys.stdlib_module_names


def _squash(name: str) -> str:
    return re.sub(r"[-_.]+", "", name).lower()


def _spellings(name: str) -> tuple[str, ...]:
    short = _PREFIX.sub("", name, count=1)
    return (name, short) if short and short != name else (name,)
