"""The setuptools command `sdist`: a front end that makes the device archive of a project.

To use it, set `cmdclass={"sdist": sdist_upip.sdist}` in setup.py, or
`[tool.setuptools.cmdclass] sdist = "sdist_upip.sdist"` in pyproject.toml.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from setuptools.command.sdist import sdist as setuptools_sdist
from setuptools.errors import BaseError, OptionError

from .config import KEYS, SETTINGS, read_config
from .errors import ProjectError, SdistUpipError
from .files.atomic import replace_file
from .messages.logs import get_logger
from .project.links import complete_listing
from .project.manifests import MANIFEST_HEADER, is_hand_written, refuse_unreadable
from .project.package_names import refuse_package_names
from .project.setuptools_project import (
    read_project,
    refuse_anonymous,
    refuse_missing_packages,
)
from .project.sources import normalize_source

if TYPE_CHECKING:
    from .builders.builder import BuildResult
    from .project.layout import Layout
    from .release import Release
    from .steps.runner import StepResult

logger = get_logger(__name__)


class sdist(setuptools_sdist):
    """Make `dist/NAME-VERSION.tar.gz` for MicroPython devices.

    After the run `result` is the BuildResult. The keys of `[tool.sdist-upip]` are options too.
    Errors are raised as BaseError of setuptools, which prints them and exits with 1. Nothing is
    written into the source tree without `--manifest-only`.
    """

    description = "make an archive that MicroPython devices can install"

    user_options: ClassVar[list[tuple[str, str | None, str]]] = [
        ("formats=", None, "must be gztar, the only format of device archives"),
        ("dist-dir=", "d", "directory for the archive [default: dist]"),
        ("manifest-only", "o", "write R.py and MANIFEST into the source tree, but no archive"),
        *((f"{key}=", None, KEYS[key].help) for key in SETTINGS),
    ]
    boolean_options: ClassVar[list[str]] = ["manifest-only"]
    negative_opt: ClassVar[dict[str, str]] = {}
    help_options: ClassVar[list[Any]] = []

    def initialize_options(self) -> None:
        super().initialize_options()
        self.manifest_only = False
        self.result: BuildResult | None = None
        for key in SETTINGS:
            setattr(self, key.replace("-", "_"), None)

    def finalize_options(self) -> None:
        super().finalize_options()
        if list(self.formats) != ["gztar"]:
            raise OptionError(
                f"--formats={','.join(self.formats)}: a device archive is always gztar. "
                "Omit the option."
            )

    def run(self) -> None:
        """Run like the sdist command of setuptools, but with egg-info in a temporary directory."""
        with _errors_for_setuptools():
            refuse_anonymous(self.distribution)
            refuse_package_names(self.distribution.packages or ())
            refuse_missing_packages(self)
            refuse_unreadable(Path("MANIFEST.in"), Path("MANIFEST"))
            self._refuse_release_tree()
        with (
            complete_listing(),
            tempfile.TemporaryDirectory(prefix="sdist-upip-") as scratch,
            self._egg_info(scratch),
        ):
            super().run()

    def check_readme(self) -> None:
        """Do not check for a README, because device archives have none."""

    def make_distribution(self) -> None:
        """Write the archive, or the files of --manifest-only, after egg_info has run."""
        from .project.layout import lay_out

        with _errors_for_setuptools():
            directory = Path.cwd()
            config = read_config(directory, self._settings())
            layout = lay_out(read_project(self), config)
            self.archive_files: list[str] = []
            if self.manifest_only:
                from .steps.registry import load_steps
                from .steps.runner import run_steps

                release, _ = run_steps(layout.release, load_steps(config))
                _write_manifest_files(directory, layout, release)
                return
            from .builders.builder import build

            for item in layout.excluded:
                logger.info("excluded %s: %s", item.source, item.reason)
            self.result = build(layout, config, Path(self.dist_dir), project=directory)
            _log_steps(self.result.steps)
            archive = self.result.archive
            logger.info("wrote %s, %d bytes", archive.path, archive.size)
            self.archive_files = [str(archive.path)]

    def _settings(self) -> Mapping[str, Any]:
        values = {key: getattr(self, key.replace("-", "_")) for key in SETTINGS}
        return {key: value for key, value in values.items() if value is not None}

    def _refuse_release_tree(self) -> None:
        if type(self).make_release_tree is not setuptools_sdist.make_release_tree:
            raise ProjectError(
                "The sdist command of the project overrides make_release_tree, but device archives "
                "are not made from a release tree. Write a step for the change instead."
            )

    @contextmanager
    def _egg_info(self, scratch: str) -> Iterator[None]:
        """Make egg_info write to `scratch` and reset the command afterwards.

        Has no effect if the user runs egg_info or sets egg_base on the command line.
        """
        egg_info: Any = self.distribution.get_command_obj("egg_info")
        chosen, _ = self.distribution.get_option_dict("egg_info").get("egg_base", ("", ""))
        if self.distribution.have_run.get("egg_info") or chosen == "command line":
            yield
            return
        base = egg_info.egg_base
        # Relative, because setuptools 61 refuses absolute paths in its own file list.
        egg_info.egg_base = normalize_source(scratch)
        egg_info.finalized = False
        try:
            yield
        finally:
            egg_info.egg_base = base
            egg_info.finalized = False
            self.distribution.have_run.pop("egg_info", None)


@contextmanager
def _errors_for_setuptools() -> Iterator[None]:
    try:
        yield
    except SdistUpipError as error:
        raise BaseError(str(error)) from error


def _log_steps(steps: tuple[StepResult, ...]) -> None:
    for step in steps:
        for verb, paths in (("added", step.added), ("removed", step.removed)):
            for path in paths:
                logger.info("step %s %s %s", step.name, verb, path)


def _write_manifest_files(directory: Path, layout: Layout, release: Release) -> None:
    """Write each R.py next to the sources of its package, and MANIFEST; print the written paths."""
    if is_hand_written(directory / "MANIFEST"):
        raise ProjectError(
            f"{directory / 'MANIFEST'} is written by hand, and --manifest-only would replace it. "
            "Convert it to MANIFEST.in, or move it to another directory."
        )
    sources = dict(layout.sources)
    written = []
    for member in release:
        if member.path.endswith("/R.py"):
            parent = _source_directory(member.path.removesuffix("/R.py"), layout)
            sources[member.path] = normalize_source(f"{parent}/R.py")
            replace_file(directory / sources[member.path], member.data)
            written.append(sources[member.path])
    included = {sources[member.path] for member in release if member.path in sources}
    lines = [MANIFEST_HEADER, *sorted(included)]
    replace_file(directory / "MANIFEST", "".join(f"{line}\n" for line in lines).encode())
    from .messages.output import print_result

    for target in (*written, "MANIFEST"):
        print_result(f"wrote {target}")


def _source_directory(package: str, layout: Layout) -> str:
    """Return the source directory of the first module of `package`, which is that of its R.py."""
    for path, source in sorted(layout.sources.items()):
        if path.rpartition("/")[0] == package and path.endswith(".py"):
            return source.rpartition("/")[0] or "."
    raise ProjectError(f"Package {package!r} has no source directory. Declare the package.")
