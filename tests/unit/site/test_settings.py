"""The settings of a site are read back, and other files are refused."""

import pytest

from sdist_upip.site.settings import SiteSettings


def test_settings_are_read_back():
    for settings in (SiteSettings(), SiteSettings("https://h/é", "1.28", "rp2", "Mine")):
        assert SiteSettings.from_json(settings.to_json()) == settings


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"[]",
        b"{}",
        b'{"schema": 2}',
        b'{"schema": 1, "other": "1"}',
        b'{"schema": 1, "url": null}',
        b"[" * 100_000,
    ],
)
def test_other_files_are_refused(data):
    with pytest.raises(ValueError, match=r"."):
        SiteSettings.from_json(data)
