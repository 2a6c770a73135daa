"""The board that packages are for: what environment markers (PEP 508) say about it.

MicroPython calls itself Python 3.4. What device/upip_marker.py finds out on the board is told by
options here; a marker whose value hangs on what nobody told is an error, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import product

from packaging.markers import Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.version import InvalidVersion, Version

from ..errors import ConfigError, ResolutionError
from ..metadata.markers import ENVIRONMENT

_COMPUTERS = frozenset({"aix", "cygwin", "darwin", "emscripten", "linux", "linux2", "win32"})
"""Values of sys.platform that no board has; a target without a platform is none of them."""
_OPTIONS = {"sys_platform": "--platform", "implementation_version": "--mpy"}
_LITERAL = re.compile("\"([^\"]*)\"|'([^']*)'")


@dataclass(frozen=True, slots=True)
class Target:
    """A board: its `sys.platform`, as rp2, and its MicroPython, as 1.28; "" where not told."""

    platform: str = ""
    version: str = ""

    def applies(self, marker: Marker, extras: Iterable[str]) -> bool:
        """Tell whether a requirement with `marker` counts for a package wanted with `extras`.

        Wanted without any, `extras` is ("",). Raises ConfigError if that depends on what was not
        told, and ResolutionError for a marker that has no value.
        """
        return any(self._evaluate(marker, extra) for extra in extras)

    def _evaluate(self, marker: Marker, extra: str) -> bool:
        text = str(marker)
        try:
            values = {
                marker.evaluate({**environment, "extra": extra})
                for environment in self._environments(text)
            }
        except (UndefinedComparison, UndefinedEnvironmentName, InvalidVersion) as error:
            raise ResolutionError(f"cannot evaluate the marker {text}: {error}") from error
        if len(values) > 1:
            options = [option for name, option in _OPTIONS.items() if name in text]
            raise ConfigError(
                f"the marker {text} depends on the board; name it with {' and '.join(options)}"
            )
        return values.pop()

    def _environments(self, marker: str) -> Iterator[dict[str, str]]:
        """Yield what the board may be, as far as it makes a difference to `marker`."""
        literals = {double or single for double, single in _LITERAL.findall(marker)}
        platforms = [self.platform] if self.platform else ["?", *(literals - _COMPUTERS)]
        versions = [self.version] if self.version else ["0", "99999", *_find_versions(literals)]
        for platform, version in product(
            platforms if "sys_platform" in marker else ["?"],
            versions if "implementation_version" in marker else ["0"],
        ):
            yield {**ENVIRONMENT, "sys_platform": platform, "implementation_version": version}


def _find_versions(texts: Iterable[str]) -> Iterator[str]:
    for text in texts:
        with suppress(InvalidVersion):
            yield str(Version(text))
