"""Lines to copy."""

import ast
import shlex

import pytest

from sdist_upip.site.pages.commands import (
    PLACEHOLDER,
    make_commands,
    make_missing_commands,
    make_own_commands,
    make_project_commands,
)
from sdist_upip.site.records import PackedMember
from sdist_upip.site.settings import SiteSettings
from support.site_records import ALERT, make_project, make_release

URL = "https://pkg.example/site"


def lines_of(project, url=URL):
    return [one.lines for one in make_project_commands(project, SiteSettings(url=url))]


def test_lines_install_the_newest_release_from_the_site():
    assert lines_of(make_project("my-app")) == [
        f'import mip\nmip.install("my-app", index="{URL}")',
        f"mpremote mip install --index {URL} my-app",
        f'import upip\nupip.install("my-app", index_urls=["{URL}/simple"])',
        f"pip install --index-url {URL}/simple/ my-app",
        f"sdist-upip install --freeze -p modules -i {URL}/simple my-app",
    ]


@pytest.mark.parametrize(
    ("path", "refuses"), [("setup.py", False), ("pyproject.toml", False), ("a/setup.py", True)]
)
def test_the_note_about_pip_is_that_of_the_archive(path, refuses):
    release = make_release(members=(PackedMember(path, 9, 9),))
    (note,) = [
        one.note
        for one in make_project_commands(make_project("a", release), SiteSettings())
        if one.title.startswith("pip")
    ]
    assert ("pip refuses this archive" in note) == refuses


@pytest.mark.parametrize(
    "releases",
    [
        (make_release("2.0a1"),),
        (make_release("2.0a1", yanked=""), make_release("1.0", yanked="x")),
        (make_release("2.0a1", yanked="x"),),
    ],
)
def test_lines_name_a_version_that_no_tool_chooses(releases):
    lines = lines_of(make_project("my-app", *releases))
    assert 'install("my-app", version="2.0a1", index=' in lines[0]
    assert lines[1].endswith("my-app@2.0a1")
    assert all("my-app==2.0a1" in line for line in lines[2:])


def test_lines_without_a_url_have_the_place_holder_once():
    assert [line.count(PLACEHOLDER) for line in lines_of(make_project("a"), "")] == [1] * 5


@pytest.mark.parametrize("url", ["https://a.example/b c", f"https://a.example/'{ALERT}\\\n$(x)"])
def test_a_url_is_quoted_for_python_and_for_the_shell(url):
    mip, mpremote, upip, pip, freeze = lines_of(
        make_project("a", make_release("1!2.0.dev1+x.1")), url
    )
    assert ast.literal_eval(mip.rpartition("index=")[2][:-1]) == url
    assert ast.literal_eval(upip.rpartition("index_urls=")[2][:-1]) == [f"{url}/simple"]
    assert shlex.split(mpremote)[-2:] == [url, "a@1!2.0.dev1+x.1"]
    assert shlex.split(pip)[-2:] == [f"{url}/simple/", "a==1!2.0.dev1+x.1"]
    assert shlex.split(freeze)[-2:] == [f"{url}/simple", "a==1!2.0.dev1+x.1"]


def test_upip_itself_comes_by_mip_and_mpremote():
    commands = make_own_commands(SiteSettings(url=URL))
    assert [one.lines for one in commands] == [
        f'import mip\nmip.install("upip", index="{URL}")',
        f"mpremote mip install --index {URL} upip",
    ]


def test_missing_packages_come_from_the_index_of_mip():
    assert make_missing_commands(["a", "$(reboot)"]) == [
        'import mip\nmip.install("a")\nmip.install("$(reboot)")',
        "mpremote mip install a\nmpremote mip install '$(reboot)'",
    ]


def test_every_command_states_its_tool_and_its_place():
    titles = [one.title for one in make_commands("a", "", SiteSettings())]
    assert len(set(titles)) == 5
    assert all(one.note for one in make_commands("a", "", SiteSettings()))
