"""Build the smallest MicroPython packages with setuptools.

One path leads through the package: a door (the setuptools command in `command`, the backend in
`build_meta`, the command line in `cli`) makes a `Release` of what belongs on the device
(`layout`), `pipeline` runs the steps over it, `archive` writes it through `tar` and `deflate`,
and what was written is read back before it appears in dist/.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .errors import ArchiveError, ConfigError, ProjectError, SdistUpipError, StepError
from .release import Member, Release

if TYPE_CHECKING:
    from .command import sdist
    from .steps.registry import Step, StepFactory

__all__ = [
    "ArchiveError",
    "ConfigError",
    "Member",
    "ProjectError",
    "Release",
    "SdistUpipError",
    "Step",
    "StepError",
    "StepFactory",
    "__version__",
    "sdist",
]


def __getattr__(name: str) -> Any:
    if name == "sdist":
        from .command import sdist

        return sdist
    if name in {"Step", "StepFactory"}:
        from .steps import registry

        return getattr(registry, name)
    if name == "__version__":
        from importlib.metadata import version

        return version("sdist-upip")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
