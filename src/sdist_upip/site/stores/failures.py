"""Messages for what goes wrong in a store: the file, the failure, and the remedy.

Any library is behind fsspec, and each has exceptions of its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ...errors import DownloadError, OutputError, SdistUpipError
from ..store import ConflictError
from .objects import find_code

_REMEDIES: tuple[tuple[frozenset[str], str], ...] = (
    (
        frozenset(
            {"FileNotFoundError", "InvalidBucketName", "NoSuchBucket", "ParamValidationError"}
        ),
        "Create the bucket, or check the address.",
    ),
    (
        frozenset(
            {
                "AuthenticationException",
                "DefaultCredentialsError",
                "NoCredentialsError",
                "PartialCredentialsError",
                "ProfileNotFound",
                "RefreshError",
                "SSOError",
            }
        ),
        "Set the credentials of the store, as the documentation of its library describes.",
    ),
    (
        frozenset(
            {
                "AccessDenied",
                "ExpiredToken",
                "Forbidden",
                "InvalidAccessKeyId",
                "PermissionError",
                "SignatureDoesNotMatch",
            }
        ),
        "Check the credentials, and whether they may list, read, write and remove files.",
    ),
    (
        frozenset(
            {
                "ClientConnectionError",
                "ConnectionError",
                "EndpointConnectionError",
                "HTTPClientError",
                "SSHException",
                "TimeoutError",
                "gaierror",
            }
        ),
        "Check the address and the network, and run the command again.",
    ),
    (frozenset({"RequestTimeTooSkewed"}), "Set the clock of this computer."),
    (
        frozenset({"NotImplementedError"}),
        "Choose a store that can be written, such as s3://BUCKET/PATH.",
    ),
)
_OTHERWISE = "Check the address, the credentials and the free space of the store."


@contextmanager
def store_failures(action: str, place: str) -> Iterator[None]:
    """Raise OutputError for all that a library raises, or DownloadError for reading.

    `action` is a verb, and `place` is the address of the file or of the site.
    """
    try:
        yield
    except (SdistUpipError, ConflictError):
        raise
    except Exception as error:
        kind = DownloadError if action == "read" else OutputError
        reason = describe_failure(error)
        raise kind(f"Cannot {action} {place}: {reason}. {_find_remedy(error)}") from error


def describe_failure(error: Exception) -> str:
    """Return what an exception says, or its name if it says nothing, without a dot at the end."""
    text = error.strerror if isinstance(error, OSError) else None
    words = (text or str(error)).split()
    if isinstance(error, FileNotFoundError) and len(words) == 1:
        words.insert(0, "not found:")
    return " ".join(words).rstrip(".") or type(error).__name__


def _find_remedy(error: Exception) -> str:
    names = {find_code(error)}
    cause: BaseException | None = error
    while cause:
        names.update(one.__name__ for one in type(cause).__mro__)
        cause = cause.__cause__ or cause.__context__
    return next((remedy for found, remedy in _REMEDIES if found & names), _OTHERWISE)
