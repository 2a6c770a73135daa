"""What a resolution asks for, from the catalogue, the archives and the directory to install to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from ..errors import ConfigError, ResolutionError
from ..installed.package import Record
from ..requirements.requirement import Need, read_need
from ..requirements.target import Target
from .finder import Catalogue
from .preparer import Content, Contents
from .resolver import Candidate


class Shop:
    """A `resolution.Source`; `find_installed` returns the record of a package that may stay."""

    def __init__(
        self,
        catalogue: Catalogue,
        contents: Contents,
        target: Target,
        find_installed: Callable[[str], Record | None],
    ) -> None:
        self.find = catalogue.find
        self.describe_absence = catalogue.describe_absence
        self._contents = contents
        self._target = target
        self._find_installed = find_installed
        self._needs: dict[tuple[str, str], tuple[str, ...]] = {}
        self._installed: dict[str, Record | None] = {}

    def find_installed(self, name: str) -> Record | None:
        """Return the record of a package that is there with every file as it was installed."""
        if name not in self._installed:
            self._installed[name] = self._find_installed(name)
        return self._installed[name]

    def find_needs(self, candidate: Candidate) -> Iterator[Need]:
        """Yield what a release needs when it is wanted with these extras; fetches it for that."""
        for text in self._find_requirements(candidate):
            try:
                need = read_need(text, self._target, candidate.extras)
            except (ConfigError, ResolutionError) as error:
                raise type(error)(f"{candidate} needs {text!r}: {error}") from error
            if need:
                yield need

    def open(self, candidate: Candidate) -> Content:
        """Return what is in a release that is not there yet."""
        assert not isinstance(candidate.origin, Record)
        return self._contents.open(str(replace(candidate, extras=())), candidate.origin)

    def _find_requirements(self, candidate: Candidate) -> tuple[str, ...]:
        if isinstance(candidate.origin, Record):
            return candidate.origin.needs
        key = candidate.name, candidate.version
        if key not in self._needs:
            self._needs[key] = self.open(candidate).archive.needs
        return self._needs[key]
