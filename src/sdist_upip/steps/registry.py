"""The protocols of steps and step factories, and the loading of registered steps.

A step is a callable from Release to Release, without files, output or globals. A step factory
takes the options of a step and returns the step. Step factories, those of the built-in steps too,
are registered under the entry-point group `sdist_upip.steps`. A step must not change the name or
the version of a release, and every rule of Release holds after each step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Protocol

from ..config import Config
from ..errors import StepError
from ..patterns import matches_any
from ..release import Release

GROUP = "sdist_upip.steps"


class Step(Protocol):
    """A pure function over a release."""

    def __call__(self, release: Release, /) -> Release:
        """Return the release with members added, removed or changed, and the same name."""


class StepFactory(Protocol):
    """A callable that makes a step; entry points of the group `sdist_upip.steps` name it."""

    def __call__(self, options: Mapping[str, Any], /) -> Step:
        """Return a step for `options`, the table `[tool.sdist-upip.step.NAME]` (may be empty).

        Raises StepError for unknown options and wrong values.
        """


def load_steps(config: Config) -> tuple[tuple[str, Step], ...]:
    """Return (name, step) for every name in `config.steps`, importing no other steps.

    If `config.exclude` has patterns, a further step removes the members that they match. The step
    `pip-compatible` is last, because its output depends on all members. Raises StepError for a name
    that no distribution or more than one registers, and for a factory that fails.
    """
    registered = tuple(entry_points(group=GROUP))
    steps = [(name, _make_step(name, registered, config)) for name in config.steps]
    if config.exclude:
        steps.append(("exclude", exclude_step(config.exclude)))
    if config.pip_compatible:
        from .setup_script import add_setup_script

        steps.append(("pip-compatible", add_setup_script))
    return tuple(steps)


def exclude_step(patterns: Sequence[str]) -> Step:
    """Make the step that removes the members that `patterns` match, except PKG-INFO."""

    def remove_excluded(release: Release) -> Release:
        return release.with_members(
            member
            for member in release
            if member.path == "PKG-INFO" or not matches_any(member.path, patterns)
        )

    return remove_excluded


def _make_step(name: str, registered: Iterable[EntryPoint], config: Config) -> Step:
    points = [point for point in registered if point.name == name]
    if not points:
        known = ", ".join(sorted({point.name for point in registered})) or "none"
        raise StepError(
            f"steps: unknown step {name!r} (installed steps: {known}). "
            "Add the distribution that provides the step to build-system.requires."
        )
    if len(points) > 1:
        owners = ", ".join(sorted(point.dist.name if point.dist else "?" for point in points))
        raise StepError(f"Step {name!r} is registered by {owners}. Uninstall all but one of them.")
    try:
        factory = points[0].load()
    except (ImportError, AttributeError) as error:
        raise StepError(
            f"Step {name!r} cannot be imported from {points[0].value}: {error}. "
            "Install its distribution again."
        ) from error
    try:
        step: Step = factory(_options(name, config))
    except StepError:
        raise
    except (Exception, SystemExit) as error:  # plug-ins may raise anything: name the plug-in
        raise StepError(
            f"Step {name!r} refused its options: {error!r}. Correct [tool.sdist-upip.step.{name}]."
        ) from error
    if not callable(step):
        raise StepError(
            f"Step {name!r}: expected a callable from the factory, got {step!r}. "
            "Report this to the author of the step."
        )
    return step


def _options(name: str, config: Config) -> Mapping[str, Any]:
    built_in: dict[str, dict[str, Any]] = {
        "resources": {"mode": config.resources},
        "metadata": {"description": config.description, "license-files": config.license_files},
    }
    own = config.step.get(name, {})
    if name in built_in and own:
        raise StepError(
            f"[tool.sdist-upip.step.{name}]: step {name!r} has no options of its own. "
            "Set its keys in [tool.sdist-upip]."
        )
    return built_in.get(name, own)
