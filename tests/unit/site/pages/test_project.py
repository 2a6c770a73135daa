"""The page of a project."""

import re
from itertools import pairwise

import pytest

from sdist_upip.site.pages.project import render_project
from sdist_upip.site.records import ProjectRecord
from sdist_upip.site.settings import SiteSettings
from support.html_outline import read_outline
from support.site_records import (
    ALERT,
    LINKED,
    SAMPLES,
    find_sample,
    make_metadata,
    make_project,
    make_release,
)

SETTINGS = SiteSettings(url="https://pkg.example/site", mpy="1.28", title="Packages & more")


def render(name="picoweb", settings=SETTINGS, linked=LINKED, sample=None) -> str:
    sample = sample or find_sample(name)
    page = render_project(sample.record, settings, sample.metadata, linked, sample.required_by)
    return page.decode()


def outline(name="picoweb", **values):
    return read_outline(render(name, **values))


def section(page, title):
    """Return the text of a page from a heading to the next of its level, without tags."""
    text = page[page.index(f'<h2 id="{title}">') :].partition("</section>")[0]
    return re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", text)).strip()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda one: one.title)
@pytest.mark.parametrize("settings", [SETTINGS, SiteSettings(title=ALERT)], ids=["url", "hostile"])
def test_a_page_is_strict_and_complete_whatever_the_record(sample, settings):
    page = render(sample=sample, settings=settings)
    found = read_outline(page)
    check_page(found, "../../", settings)
    assert found.levels[0] == 1
    assert found.find("h1")[0].text.split()[0] == sample.record.name
    assert sample.record.name in found.find("title")[0].text
    versions = [str(one.parsed_version) for one in sample.record.releases]
    assert [one for one in found.ids if one in versions] == versions


def check_page(found, root, settings):
    """Check what holds for every page of a site."""
    ids = set(found.ids)
    assert found.elements[0].attributes == {"lang": "en"}
    assert found.levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(found.levels))
    scripts = [one.attributes for one in found.find("script")]
    assert scripts == [{"src": f"{root}static/site.js", "defer": ""}]
    policy = found.find("meta", http_equiv="Content-Security-Policy")
    assert policy[0].attributes["content"].startswith("default-src 'none'; style-src 'self'; ")
    tags = {one.tag for one in found.elements}
    assert not tags & {"style", "iframe", "object", "embed", "base", "img", "audio", "video"}
    for one in found.elements:
        assert not [key for key in one.attributes if key.startswith("on") or key == "style"], one
    for one in found.find("link"):
        assert one.attributes["href"].startswith((f"{root}static/", f"{root}feed.xml"))
    assert bool(found.find("link", rel="alternate")) == bool(settings.url)
    unfollowed = {one.attributes["href"] for one in found.find("a", rel="nofollow")}
    for target in found.targets:
        if re.match("(?i)https?://|mailto:", target):
            assert target in unfollowed
        elif target.startswith("#"):
            assert target[1:] in ids
        else:
            assert re.fullmatch(r"[\w./+!-]+", target), target
            assert not target.endswith("/")
    references = {
        one.attributes[key]
        for one in found.elements
        for key in ("aria-labelledby", "aria-describedby", "aria-controls", "for")
        if key in one.attributes
    }
    assert references <= ids


def test_pages_depend_on_their_input_alone():
    for sample in SAMPLES[:3]:
        assert render(sample=sample) == render(sample=sample)


def test_a_project_of_a_record_that_was_read_again_has_the_same_page():
    sample = find_sample("picoweb")
    again = ProjectRecord.from_json(sample.record.to_json())
    assert again == sample.record
    page = render_project(again, SETTINGS, sample.metadata, set(LINKED), [*sample.required_by])
    assert page.decode() == render()


def test_a_page_has_sizes_in_bytes_and_the_window():
    facts = [
        (one.text, two.text)
        for one, two in zip(outline().find("dt"), outline().find("dd"), strict=True)
    ]
    assert facts[:5] == [
        ("Archive", "9,143 bytes"),
        ("On the board", "15,220 bytes"),
        ("Compiled, by mip", "5,900 bytes"),
        ("Window", "4,096 bytes"),
        ("Boards", "All"),
    ]
    assert ("License", "MIT") in facts
    assert ("Author", "Ada Example") in facts
    assert ("Also spelled", "PicoWeb") in facts
    assert ("Python", ">=3.4 (for pip)") in facts
    sha256 = find_sample("picoweb").record.newest.sha256
    assert ("sha256 of the archive", sha256) in facts


def test_versions_have_dates_sizes_and_the_reason_of_a_yank():
    assert section(render(), "versions") == (
        "Versions Version Date Archive On the board Download "
        "1.9.0rc1 unknown 1,234 2,900 .tar.gz "
        "1.8.2 2023-11-14 9,143 15,220 .tar.gz "
        "1.8.1 2023-07-22 1,234 2,900 .tar.gz "
        "1.8.0 yanked Leaks a socket for each request 2023-03-28 1,234 2,900 .tar.gz"
    )
    assert "../../files/picoweb-1.8.0.tar.gz" in outline().targets
    assert "../../files/picoweb-1.8.2.tar.gz.metadata" in outline().targets


def test_files_have_their_shares_as_numbers_and_as_bars():
    page = render()
    assert section(page, "files") == (
        "Files File Share Packed Unpacked "
        "picoweb/static/logo.png 44.5 % 4,065 4,100 "
        "picoweb/__init__.py 30.8 % 2,812 9,120 "
        "PKG-INFO 14.1 % 1,290 2,900 "
        "picoweb/utils.py 4.4 % 402 1,200 "
        "picoweb/static/index.html 2.8 % 260 800 "
        "setup.py 1.3 % 120 180 "
        "Rest of the archive 2.1 % 194 "
        "All, in bytes 9,143 18,300 "
        "mip installs 4 of these files. The others are for other tools, such as upip and pip."
    )
    bars = [one.attributes["width"] for one in read_outline(page).find("rect")]
    assert bars == ["44.5%", "30.8%", "14.1%", "4.4%", "2.8%", "1.3%", "2.1%"]
    assert all(one.attributes["aria-hidden"] for one in read_outline(page).find("svg"))


def test_requirements_go_both_ways_and_lead_to_pages_that_exist():
    page = render(linked={"picoweb", "sensors"})
    assert section(page, "requirements") == (
        "Requirements logging &gt;=0.6 mip: 0.6.1 Pkg.Resources mip: 1.0 "
        "extra-thing ; extra == &#34;dev&#34; sensors built into boards "
        "Required by dashboard sensors"
    )
    pages = [one for one in read_outline(page).targets if one.startswith("../sensors")]
    assert pages == ["../sensors/index.html"] * 2
    assert "../dashboard/index.html" not in read_outline(page).targets
    assert "../dashboard/index.html" in outline().targets


def test_a_project_without_requirements_says_so():
    assert section(render("untyped"), "requirements") == "Requirements None."


def test_of_many_requirements_the_rest_is_behind_a_summary():
    page = render("giant")
    assert [one.text for one in read_outline(page).find("summary")] == ["280 more"]
    assert section(page, "requirements").count("package-") == 300


def test_missing_requirements_are_named_with_what_to_do():
    one, two = (section(render(name), "install") for name in ("sensors", "dashboard"))
    assert one.startswith(
        "Install This site does not have bus-driver , which sensors requires. Install it first "
        "from the index that mip uses by default: import mip mip.install(&#34;bus-driver&#34;) "
        "mpremote mip install bus-driver "
        "pip and upip need one more index that has it."
    )
    assert "This site does not have gone, lost , which dashboard requires. Install them" in two
    assert "This site does not have" not in render("picoweb")


def test_a_project_whose_releases_are_all_yanked_says_so_with_the_reason():
    page = render(sample=SAMPLES[4])
    assert "<strong>All versions are yanked.</strong>" in page
    assert "Reason: <bdi>Broken: &lt;script&gt;" in page
    assert "All versions are yanked" not in render("picoweb")


def test_lines_to_copy_name_the_site_or_the_place_holder():
    known, unknown = render(), render(settings=SiteSettings())
    assert "URL-OF-THIS-SITE" not in known
    assert known.count("https://pkg.example/site") == 5
    assert unknown.count('<span class="site-url">URL-OF-THIS-SITE</span>') == 5
    assert "Replace <code>URL-OF-THIS-SITE</code> with the URL of this site." in unknown
    assert [one.text for one in read_outline(known).find("h3")][:5] == [
        "mip, on the board",
        "mpremote, over USB",
        "upip, on the board",
        "pip, for CPython",
        "Freeze into firmware",
    ]
    codes = [one.text for one in read_outline(unknown).find("code")]
    assert "mpremote mip install --index URL-OF-THIS-SITE picoweb" in codes


def test_compiled_files_are_mentioned_where_there_are_some():
    assert "compiled for MicroPython 1.28" in render()
    assert "--no-mpy" not in render("sensors")


def test_links_of_a_project_show_their_host_and_are_not_followed():
    page = render()
    assert (
        '<a href="https://code.example/ada/picoweb" rel="nofollow"><bdi>Source</bdi></a> '
        '<span class="quiet">code.example</span>'
    ) in page
    assert '>Link</bdi></a> <span class="quiet">unlabeled.example<' in render("hostile")
    assert "Links" not in [one.text for one in outline("fast-math").find("h3")]


@pytest.mark.parametrize("field", ["summary", "author", "license", "requires_python", "yanked"])
def test_hostile_fields_are_text(field):
    record = make_project("a", make_release(**{field: ALERT}))
    page = render_project(record, SETTINGS, make_metadata(), (), ()).decode()
    assert "<script>alert" not in page
    assert "<img" not in page
    assert any(ALERT in one.text for one in read_outline(page).find("bdi"))


def test_a_page_of_giant_text_is_not_giant():
    assert len(render("giant")) < 1_100_000
    assert all(len(one.text) < 500 for one in outline("giant").find("bdi"))
