"""The pages of a site, for a validator of HTML and in Chromium, without a server and with one."""

from __future__ import annotations

import json
import shutil
import subprocess
from functools import partial
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from micropython import install_npm_packages
from micropython.installation import require_program, skip_or_fail
from sdist_upip.site.pages.feed import render_feed
from sdist_upip.site.pages.overview import render_overview
from sdist_upip.site.pages.project import render_project
from sdist_upip.site.pages.static_files import read_static_files
from sdist_upip.site.settings import SiteSettings
from support.loopback import Loopback, QuietServer
from support.paths import TESTS
from support.site_records import LINKED, SAMPLES

BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
OWN = (("upip", "1.0.0", "Installs packages on the board"), ("pkg_resources", "1.0.0", ""))
NAMES = sorted(LINKED)


def find_browser() -> str:
    """Return the path of a Chromium."""
    found = filter(None, map(shutil.which, BROWSERS))
    return next(found, None) or skip_or_fail("Chromium is not installed")


def run_script(name: str, *arguments: object):
    """Return what a script of tests/browser prints, from JSON."""
    install_npm_packages(TESTS / "browser")
    command = [require_program("node"), TESTS / "browser" / name, *arguments]
    result = subprocess.run(
        list(map(str, command)), capture_output=True, text=True, timeout=120, check=False
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


def write_site(directory: Path, settings: SiteSettings) -> Path:
    """Write the pages of all samples, with a file for each other link."""
    entries = sorted((one.entry for one in SAMPLES), key=lambda entry: entry.name)
    files = {
        **read_static_files(),
        "index.html": render_overview(entries, settings, OWN),
        "simple/index.html": b'<!DOCTYPE html><html lang="en"><title>a</title>',
    }
    if settings.url:
        files["feed.xml"] = render_feed(entries, settings)
    for sample in SAMPLES:
        name = sample.record.name
        page = render_project(sample.record, settings, sample.metadata, LINKED, sample.required_by)
        files[f"project/{name}/index.html"] = page
        for release in sample.record.releases:
            files |= {release.archive_path: b"", release.metadata_path: b""}
    for path, content in files.items():
        (directory / path).parent.mkdir(parents=True, exist_ok=True)
        (directory / path).write_bytes(content)
    return directory


class Handler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Log nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    return write_site(tmp_path_factory.mktemp("site"), SiteSettings(mpy="1.28"))


@pytest.fixture(scope="module")
def report(site):
    """What Chromium found: the files as they are, and the same from a server."""
    browser = find_browser()
    handler = partial(Handler, directory=str(site))
    with Loopback(QuietServer(("127.0.0.1", 0), handler)) as server:
        address = f"http://127.0.0.1:{server.port}"
        return run_script("pages.mjs", browser, site.as_uri(), address), address


def test_the_html_is_valid(site, tmp_path):
    with_url = write_site(tmp_path, SiteSettings(url="https://pkg.example/a", mpy="1.28"))
    pages = [*site.rglob("*/*.html"), with_url / "index.html", site / "index.html"]
    pages.remove(site / "simple/index.html")
    assert run_script("validate.mjs", *pages) == []


def test_every_page_is_reached_and_every_link_leads_to_a_file(site, report):
    found, _ = report
    reached = {Path(unquote(urlsplit(url).path)) for url, _ in found["pages"]}
    assert reached >= {site / f"project/{name}/index.html" for name in NAMES}
    links = [one for one in found["links"] if one.startswith("file:")]
    assert len(links) > 4 * len(NAMES)
    missing = [one for one in links if not Path(unquote(urlsplit(one).path)).is_file()]
    assert missing == []


def test_nothing_is_reported_to_the_console_and_nothing_is_loaded_from_elsewhere(report):
    assert report[0]["problems"] == []


def test_no_page_scrolls_sideways_on_a_phone_or_on_a_screen(report):
    assert report[0]["sideways"] == []


def test_search_filters_and_announces_the_result(report):
    search = report[0]["search"]
    assert search["start"]["names"] == NAMES
    assert search["start"]["found"] == f"{len(NAMES)} packages"
    assert search["slash"]["focus"] == "query"
    assert search["WEB server"]["names"] == ["picoweb"]
    assert search["WEB server"]["found"] == f"1 of {len(NAMES)} packages"
    assert search["WEB server"]["query"] == "WEB server"
    assert search["no such thing"]["names"] == []
    assert search["no such thing"]["found"] == f"None of {len(NAMES)} packages"
    assert search[""] == {**search["start"], "focus": "query"}


def test_search_is_in_the_url_and_leads_to_a_page_by_keyboard(site, report):
    search = report[0]["search"]
    assert search["enter"]["names"] == ["sensors"]
    assert search["enter"]["focus"] == "sensors"
    assert search["page"] == (site / "project/sensors/index.html").as_uri()


def test_lines_are_copied_with_the_url_of_the_site(report):
    found, address = report
    assert found["copy"] == {
        "copied": f'import mip\nmip.install("picoweb", index="{address}")',
        "second": f"mpremote mip install --index {address} picoweb",
        "notes": 0,
    }


def test_pages_are_complete_without_script(report):
    assert report[0]["withoutScript"] == {"names": NAMES, "visible": False, "buttons": 0}


def test_pages_follow_the_color_scheme(report):
    assert report[0]["colors"] == {"light": "rgb(255, 255, 255)", "dark": "rgb(20, 24, 23)"}
