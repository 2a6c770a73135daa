"""The errors that users see; every message says what is wrong, where, and what to do."""

from __future__ import annotations


class SdistUpipError(Exception):
    """Something that the user can put right; doors show its text without a traceback."""


class ConfigError(SdistUpipError):
    """A setting is unknown, of the wrong type or out of range."""


class ProjectError(SdistUpipError):
    """The project declares something that no device archive can hold."""


class StepError(SdistUpipError):
    """A post-processing step is missing, failed or broke the rules for steps."""


class ArchiveError(SdistUpipError):
    """An archive cannot be read, or could not be written."""


class NotForDevicesError(ArchiveError):
    """A sound archive or wheel that is made for computers, so that no device installs it."""


class DownloadError(SdistUpipError):
    """A package cannot be fetched, or is not what was promised."""


class ResolutionError(SdistUpipError):
    """No set of releases meets all that is wanted."""


class OutputError(SdistUpipError):
    """A file stands where ours should go, or cannot be written."""


class StreamError(ArchiveError):
    """A compressed stream that no decoder accepts."""


class TruncatedError(StreamError):
    """A compressed stream that ends before its last block does."""


class LimitError(ArchiveError):
    """Reading would take more memory or time than we spend on an archive nobody vouches for."""
