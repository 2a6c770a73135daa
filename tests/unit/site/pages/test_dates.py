"""Times of releases."""

import pytest

from sdist_upip.site.pages.dates import format_date, format_time, read_time


@pytest.mark.parametrize(
    ("seconds", "date", "time"),
    [
        (1_700_000_000, "2023-11-14", "2023-11-14T22:13:20Z"),
        (1, "1970-01-01", "1970-01-01T00:00:01Z"),
        (253_402_300_799, "9999-12-31", "9999-12-31T23:59:59Z"),
        (0, "", "1970-01-01T00:00:00Z"),
        (-5, "", "1970-01-01T00:00:00Z"),
        (253_402_300_800, "", "1970-01-01T00:00:00Z"),
        (10**30, "", "1970-01-01T00:00:00Z"),
    ],
)
def test_a_time_is_shown_in_utc_and_one_that_no_calendar_has_is_unknown(seconds, date, time):
    assert (format_date(seconds), format_time(seconds)) == (date, time)
    assert (read_time(seconds) is None) == (date == "")
