"""Times of releases as pages show them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def read_time(seconds: int) -> datetime | None:
    """Return the time that is `seconds` after 1970, None for 0 and for one no calendar has."""
    if seconds <= 0:
        return None
    try:
        return _EPOCH + timedelta(seconds=seconds)
    except OverflowError:
        return None


def format_date(seconds: int) -> str:
    """Return the date (UTC) in the form of ISO 8601, "" if it is unknown."""
    time = read_time(seconds)
    return time.date().isoformat() if time else ""


def format_time(seconds: int) -> str:
    """Return the time in the form of RFC 3339, that of 1970 if it is unknown."""
    return (read_time(seconds) or _EPOCH).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")
