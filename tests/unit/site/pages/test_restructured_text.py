"""reStructuredText, independent of the computer."""

import pytest
from readme_renderer import rst

from sdist_upip.site.pages.restructured_text import render_rst
from support.site_records import RST

NO_END = "\n".join(f".. |s{n}| replace:: {f'|s{n + 1}| ' * 10}" for n in range(20))


@pytest.mark.parametrize("text", [RST, "*a* ``b``", "a\n\n.. [#] b", ":Author: Ada\n\nText"])
def test_the_result_is_that_of_readme_renderer(text):
    assert render_rst(text) == rst.render(text)


@pytest.mark.parametrize(
    "text",
    [
        "`broken",
        "Title\n=\n\n.. no-such-directive:: x",
        ".. include:: /etc/passwd",
        ".. raw:: html\n\n   <b>",
        ".. csv-table::\n   :file: /etc/passwd",
        "|now|\n\n.. |now| date::",
        "|now|\n\n.. |now| Date :: %Y",
        f"{NO_END}\n.. |s20| replace:: x\n\n|s0|",
        ".. |a| replace:: b\n   |c|\n.. |c| replace:: d\n\n|a|",
    ],
)
def test_text_with_errors_with_files_with_the_time_or_without_end_is_refused(text):
    assert render_rst(text) is None


def test_a_substitution_that_ends_is_followed():
    assert "<p>a b</p>" in render_rst(".. |x| replace:: b\n\na |x|\n")


def test_settings_of_the_computer_do_not_count(tmp_path, monkeypatch):
    expected = render_rst("Title\n=====\n\ntext")
    (tmp_path / "docutils.conf").write_text("[general]\ninitial_header_level: 5\nid_prefix: x\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DOCUTILSCONFIG", str(tmp_path / "docutils.conf"))
    assert render_rst("Title\n=====\n\ntext") == expected


def test_one_text_does_not_change_the_next():
    text = ".. |x| replace:: b\n\n.. role:: own\n\n:own:`a` |x| [#]_\n\n.. [#] note"
    assert render_rst(text) == render_rst(text)
    assert render_rst(":own:`a`") is None
