"""The overview of a site."""

import time
import tracemalloc

import pytest

from sdist_upip.site.pages.overview import render_overview
from sdist_upip.site.settings import SiteSettings
from support.html_outline import read_outline
from support.site_records import ALERT, SAMPLES, Sample, make_project, make_release

ENTRIES = tuple(sample.entry for sample in SAMPLES)
OWN = (
    ("upip", "1.0.0", "Installs packages on the board"),
    ("pkg_resources", "1.0.0", ""),
    ("hostile", ALERT, ALERT),
)
SETTINGS = SiteSettings(url="https://pkg.example/site")


def render(entries=ENTRIES, settings=SETTINGS, own=OWN):
    return render_overview(iter(entries), settings, own).decode()


@pytest.mark.parametrize("settings", [SETTINGS, SiteSettings(title=ALERT)], ids=["url", "hostile"])
@pytest.mark.parametrize("own", [OWN, ()], ids=["own", "none"])
@pytest.mark.parametrize("entries", [ENTRIES, ()], ids=["many", "none"])
def test_the_overview_is_strict(settings, own, entries):
    found = read_outline(render(entries, settings, own))
    assert found.levels[0] == 1
    assert found.levels.count(1) == 1
    assert set(found.levels) <= {1, 2, 3}
    assert found.find("title")[0].text == found.find("h1")[0].text
    assert "<script>" not in render(entries, settings, own)


def test_every_project_is_there_with_its_summary_version_and_size():
    page = render()
    found = read_outline(page)
    pages = [one for one in found.targets if one.startswith("project/")]
    assert pages == [f"project/{one.name}/index.html" for one in ENTRIES]
    assert (
        '<li><span><a href="project/picoweb/index.html">picoweb</a> '
        '<span class="version">1.8.2</span></span> <span class="size">9,143 bytes</span>'
        "<p><bdi>A tiny web server for boards, with templates and static files</bdi></p></li>"
    ) in page
    assert "There are no packages yet." not in page
    assert "There are no packages yet." in render(())


def test_one_byte_is_not_bytes():
    entry = Sample("", make_project("a", make_release(size=1))).entry
    assert ">1 byte<" in render([entry])


def test_search_is_hidden_until_the_script_runs_and_results_are_announced():
    found = read_outline(render())
    form = found.find("form")[0]
    assert form.attributes == {"id": "search", "role": "search", "hidden": ""}
    field = found.find("input")[0].attributes
    assert found.find("label", for_="query")[0].text == "Search"
    assert (field["id"], field["name"], field["type"]) == ("query", "q", "search")
    assert field["aria-controls"] == "packages"
    assert found.find("p", id=field["aria-describedby"])[0].attributes["role"] == "status"


def test_the_overview_says_how_to_install_and_where_upip_comes_from():
    page = render()
    lines = [one.text for one in read_outline(page).find("code")]
    assert "mpremote mip install --index https://pkg.example/site NAME" in lines
    assert "mpremote mip install --index https://pkg.example/site upip" in lines
    assert "<strong>upip</strong>" in page
    assert ": <bdi>Installs packages on the board</bdi>" in page
    assert "upip for boards" not in render(own=())


def test_a_feed_and_an_index_are_linked_if_they_are_there():
    assert read_outline(render()).targets[-2:] == ["simple/index.html", "feed.xml"]
    assert "feed.xml" not in render(settings=SiteSettings())


def test_ten_thousand_projects_take_little_time_and_memory():
    entry = ENTRIES[0]
    render([entry])
    started = time.process_time()
    page = render_overview((entry for _ in range(10_000)), SETTINGS, OWN)
    assert time.process_time() - started < 1  # 0.05 s on an idle core
    tracemalloc.start()
    try:
        page = render_overview((entry for _ in range(2_000)), SETTINGS, OWN)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 4 * len(page)


def test_the_overview_depends_on_its_input_alone():
    assert render() == render()
