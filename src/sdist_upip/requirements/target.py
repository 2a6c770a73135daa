"""The board that packages are installed for, and the values of environment markers on it (PEP 508).

MicroPython calls itself Python 3.4. What device/upip_marker.py reads on the board, options state
here. A marker whose value depends on an option that is not given is an error, never a guess.
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

_COMPUTERS = frozenset(
    {
        *("aix", "cygwin", "darwin", "emscripten", "linux", "linux2", "win32"),
        *("macos", "windows"),  # what authors write instead
    }
)
"""Values of sys.platform that no board has; a target without a platform is none of them."""
_OPTIONS = {"sys_platform": "--platform", "implementation_version": "--mpy"}
_LITERAL = re.compile("\"([^\"]*)\"|'([^']*)'")


@dataclass(frozen=True, slots=True)
class Target:
    """A board: its `sys.platform`, such as rp2, and its MicroPython, such as 1.28; "" if not
    given."""

    platform: str = ""
    version: str = ""

    def evaluate_marker(self, marker: Marker, extras: Iterable[str]) -> bool:
        """Return whether `marker` is true for a package required with `extras`, ("",) for none.

        Raises ConfigError if that depends on an option that is not given, and ResolutionError for a
        marker that has no value.
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
            raise ResolutionError(f"Invalid marker {text}: {error}.") from error
        if len(values) > 1:
            options = [option for name, option in _OPTIONS.items() if name in text]
            raise ConfigError(
                f"The marker {text} depends on the board. Set {' and '.join(options)}."
            )
        return values.pop()

    def _environments(self, marker: str) -> Iterator[dict[str, str]]:
        """Yield the environments that the board may have, as far as `marker` depends on them."""
        literals = {double or single for double, single in _LITERAL.findall(marker)}
        platforms = (
            [self.platform]
            if self.platform
            else ["?", *(one for one in literals if one.lower() not in _COMPUTERS)]
        )
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
