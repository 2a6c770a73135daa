"""Build the smallest MicroPython packages with setuptools.

All front ends take the same path through the package. The front ends are the setuptools command
(`command`), the build backend (`build_meta`) and the command line (`cli`). `project` makes a
`Release` of the files for a device, `steps` changes the release, `archive` writes the release with
`deflate`, and `check` reads the archive back before it appears in dist/. `builders` connects these
packages.
"""

TYPE_CHECKING = False  # typing is not imported, since every import delays the start
if TYPE_CHECKING:
    from typing import Any

    from .command import sdist
    from .errors import ArchiveError, ConfigError, ProjectError, SdistUpipError, StepError
    from .release import Member, Release
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

__version__ = "1.0.0.dev0"

_MODULES = {
    "ArchiveError": "errors",
    "ConfigError": "errors",
    "Member": "release",
    "ProjectError": "errors",
    "Release": "release",
    "SdistUpipError": "errors",
    "Step": "steps.registry",
    "StepError": "errors",
    "StepFactory": "steps.registry",
    "sdist": "command",
}
"""The module of each public name. A module is imported when its name is used."""


def __getattr__(name: str) -> "Any":
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
