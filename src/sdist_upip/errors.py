"""The errors that users see; every message has three parts: the defect, its place, the remedy."""

from __future__ import annotations

from .messages.text import make_line

SOURCE_ERRORS = (SyntaxError, ValueError, RecursionError, MemoryError)
"""The errors of `ast.parse` for text that Python cannot parse, or that is nested too deeply."""


class SdistUpipError(Exception):
    """A problem that the user can fix; front ends show its text without a traceback.

    The arguments are the lines of the message, almost always one. They may contain any text from
    elsewhere: `lines` and str() are safe to show.
    """

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines of the message: escaped, shortened, and without credentials."""
        return tuple(make_line(str(line)) for line in self.args)

    def __str__(self) -> str:
        return "\n".join(self.lines)


class ConfigError(SdistUpipError):
    """A setting is unknown, of the wrong type or out of range."""


class ProjectError(SdistUpipError):
    """The project declares something that a device archive cannot contain."""


class StepError(SdistUpipError):
    """A step is missing, failed or broke the rules for steps."""


class ArchiveError(SdistUpipError):
    """An archive cannot be read, or could not be written."""


class NotForDevicesError(ArchiveError):
    """A valid archive or wheel for computers, which no device installs."""


class BuildNeededError(NotForDevicesError):
    """A source distribution whose files do not show what its wheel would hold."""


class DownloadError(SdistUpipError):
    """A package cannot be downloaded, or does not have the expected hash."""


class ResolutionError(SdistUpipError):
    """No set of releases satisfies all requirements."""


class OutputError(SdistUpipError):
    """A file cannot be written, or another file is already at its path."""


class StreamError(ArchiveError):
    """A compressed stream that no decoder accepts."""


class TruncatedError(StreamError):
    """A compressed stream that ends before its last block does."""


class LimitError(ArchiveError):
    """Reading would take more memory or time than the limits for an untrusted archive."""
