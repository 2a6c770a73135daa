"""Build the smallest MicroPython packages with setuptools.

All front ends take the same path through the package. The front ends are the setuptools command
(`command`), the build backend (`build_meta`) and the command line (`cli`). `project` makes a
`Release` of the files for a device, `steps` changes the release, `archive` writes the release with
`deflate`, and `check` reads the archive back before it appears in dist/. `builders` connects these
packages.
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
