"""Steps: what may change a release between layout and archive, and the two built-in ones.

A step is a callable from Release to Release, without files, output or globals. A step factory
takes the step's options and returns a step; it is registered under the entry-point group
`sdist_upip.steps`, where the built-in steps stand too. A release may not change its name or
version, and every rule of Release holds after each step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Protocol

from ..config import Config
from ..errors import StepError
from ..patterns import matches_any
from ..release import Release
from .setup_script import add_setup_script

GROUP = "sdist_upip.steps"


class Step(Protocol):
    """A pure function over a release."""

    def __call__(self, release: Release, /) -> Release:
        """Return the release with members added, removed or changed; never a new name."""


class StepFactory(Protocol):
    """What an entry point of the group `sdist_upip.steps` names."""

    def __call__(self, options: Mapping[str, Any], /) -> Step:
        """Return a step for `options`, the table `[tool.sdist-upip.step.NAME]` (may be empty).

        Raises StepError for options that it does not know or take.
        """


def load_steps(config: Config) -> tuple[tuple[str, Step], ...]:
    """Return (name, step) for every name in `config.steps`, importing no others.

    Where `config.exclude` names anything, a step after them drops what it names among what steps
    made. `pip-compatible` comes last, because what it writes depends on all that the others did.
    Raises StepError for a name that no distribution or more than one registers, and for a
    factory that fails.
    """
    registered = tuple(entry_points(group=GROUP))
    steps = [(name, _make_step(name, registered, config)) for name in config.steps]
    if config.exclude:
        steps.append(("exclude", exclude_step(config.exclude)))
    if config.pip_compatible:
        steps.append(("pip-compatible", add_setup_script))
    return tuple(steps)


def exclude_step(patterns: Sequence[str]) -> Step:
    """Make the step that drops the members that `patterns` name, except PKG-INFO."""

    def drop_excluded(release: Release) -> Release:
        return release.with_members(
            member
            for member in release
            if member.path == "PKG-INFO" or not matches_any(member.path, patterns)
        )

    return drop_excluded


def _make_step(name: str, registered: Iterable[EntryPoint], config: Config) -> Step:
    points = [point for point in registered if point.name == name]
    if not points:
        known = ", ".join(sorted({point.name for point in registered})) or "none"
        raise StepError(
            f"unknown step {name!r} in steps; installed steps: {known}; "
            "add the distribution that has it to build-system.requires"
        )
    if len(points) > 1:
        owners = ", ".join(sorted(point.dist.name if point.dist else "?" for point in points))
        raise StepError(f"step {name!r} is registered by {owners}; uninstall all but one")
    try:
        factory = points[0].load()
    except (ImportError, AttributeError) as error:
        raise StepError(
            f"step {name!r} cannot be imported from {points[0].value}: {error}"
        ) from error
    try:
        step: Step = factory(_options(name, config))
    except StepError:
        raise
    except (Exception, SystemExit) as error:  # a plug-in may raise anything; tell its name
        raise StepError(f"step {name!r} refused its options: {error!r}") from error
    if not callable(step):
        raise StepError(f"step {name!r}: its factory returned {step!r}, which is no step")
    return step


def _options(name: str, config: Config) -> Mapping[str, Any]:
    built_in: dict[str, dict[str, Any]] = {
        "resources": {"mode": config.resources},
        "metadata": {"description": config.description, "license-files": config.license_files},
    }
    own = config.step.get(name, {})
    if name in built_in and own:
        raise StepError(
            f"step {name!r} has no options of its own; set its keys in [tool.sdist-upip] instead "
            f"of [tool.sdist-upip.step.{name}]"
        )
    return built_in.get(name, own)
