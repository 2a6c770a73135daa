"""What a library raises is one line: the place, the failure, and the remedy."""

import pytest

from sdist_upip.errors import ConfigError, DownloadError, OutputError
from sdist_upip.site.store import ConflictError
from sdist_upip.site.stores.failures import store_failures


class AnswerError(Exception):
    """As botocore's: the code of the response is in it."""

    def __init__(self, code):
        super().__init__(f"an error ({code})\n occurred.")
        self.response = {"Error": {"Code": code}}


class NoCredentialsError(Exception):
    """As botocore's."""


def caused(error, cause):
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    "error, message",
    [
        (OSError(28, "No space left"), "No space left. Check the address, the credentials and"),
        (PermissionError("Denied."), "Denied. Check the credentials, and whether they may list"),
        (AnswerError("AccessDenied"), "an error (AccessDenied) occurred. Check the credentials, a"),
        (caused(OSError(5, "x"), AnswerError("NoSuchBucket")), "x. Create the bucket, or check"),
        (FileNotFoundError("bucket/x"), "not found: bucket/x. Create the bucket, or check the"),
        (FileNotFoundError(2, "No such file"), "No such file. Create the bucket, or check the"),
        (TimeoutError(), "TimeoutError. Check the address and the network, and run the command"),
        (ConnectionRefusedError(111, "refused"), "refused. Check the address and the network"),
        (NoCredentialsError("none"), "none. Set the credentials of the store, as the documenta"),
        (
            AnswerError("RequestTimeTooSkewed"),
            "an error (RequestTimeTooSkewed) occurred. Set the clock of",
        ),
        (NotImplementedError(), "NotImplementedError. Choose a store that can be written, such"),
        (ValueError("at https://me:secret@host/x?sig=1"), "at https://…@host/x?…. Check the add"),
        (KeyError("x\x1b[31m"), "x\\x1b[31m"),
    ],
)
@pytest.mark.parametrize("action, kind", [("read", DownloadError), ("write", OutputError)])
def test_messages(error, message, action, kind):
    with pytest.raises(kind) as raised, store_failures(action, "s3://bucket/x"):
        raise error
    assert (
        str(raised.value)
        .replace("'", "")
        .replace("\\\\", "\\")
        .startswith(f"Cannot {action} s3://bucket/x: {message}")
    )
    assert raised.value.__cause__ is error
    assert len(raised.value.lines) == 1


@pytest.mark.parametrize(
    "error", [ConflictError("x"), ConfigError("x"), KeyboardInterrupt(), SystemExit(3)]
)
def test_what_is_no_failure_of_the_store_stays(error):
    with pytest.raises(type(error)) as raised, store_failures("write", "s3://bucket"):
        raise error
    assert raised.value is error
