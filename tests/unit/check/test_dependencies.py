"""Requirements that stock upip follows, and those that it does not."""

import pytest

from sdist_upip.check.dependencies import check_dependencies
from support.problems import codes


@pytest.mark.parametrize(
    "line",
    ["y>=1", "y ==1", "y== 1", "y[dev]", "y; os_name=='x'", "[dev]", "", "y==1.*", " y", "y\r",
     "y @ https://example.org", "-r more.txt", "caf\u00e9"],
)  # fmt: skip
def test_lines_that_stock_upip_cannot_follow(line):
    files = {"x.egg-info/requires.txt": f"a\n{line}\nb==2\n".encode()}
    assert codes(check_dependencies(files, None)) == ["requires-line"]


@pytest.mark.parametrize("text", ["", "y", "y==1.0\nz_a.b-c\n\n", "y==1.0.post1+l\n", "y==1!2\n"])
def test_lines_that_it_follows(text):
    assert codes(check_dependencies({"x.egg-info/requires.txt": text.encode()}, None)) == []


def test_many_wrong_lines_are_reported_in_few_problems():
    files = {"x.egg-info/requires.txt": b"y>1\n" * 500}
    problems = list(check_dependencies(files, None))
    assert len(problems) == 21
    assert "480 more lines" in problems[-1].message


def test_a_list_beyond_the_limit_is_not_read():
    files = {"x.egg-info/requires.txt": b"y\n" * 32769}
    count, problem = check_dependencies(files, ["y"])
    assert count.code == "requires-count"
    assert problem.code == "requires-line" and "was not read" in problem.message
    files = {"x.egg-info/requires.txt": b"y\n" * 32768}
    assert codes(check_dependencies(files, ["y"])) == ["requires-count"]


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"PKG-INFO": b"Requires-Dist: y\n" * 501}, "PKG-INFO"),
        ({"x.egg-info/requires.txt": b"y\n" * 501}, None),
        ({"x.egg-info/requires.txt": b"y\n" * 300, "z.egg-info/requires.txt": b"y\n" * 201}, None),
    ],
)
def test_more_requirements_than_upip_reads(files, place):
    (problem,) = check_dependencies(files, None)
    assert (problem.code, problem.path) == ("requires-count", place)
    assert problem.message.startswith("The archive has 501 requirements.")


@pytest.mark.parametrize(
    "text",
    [
        b"Requires-Dist: y\n" * 500,
        b"Requires-Dist: y\n" * 500 + b"\n" + b"Requires-Dist: y\n",
        b"requires-dist: y\n" * 501,
    ],
    ids=["the limit", "in the description", "other case"],
)
def test_as_many_requirements_as_upip_reads(text):
    assert codes(check_dependencies({"PKG-INFO": text}, None)) == []


def test_text_that_upip_refuses_in_requirements():
    text = b"Requires-Dist: y ; extra == '\x1b'\n" * 30 + b"\nRequires-Dist: \xff\n"
    problems = list(check_dependencies({"PKG-INFO": text}, None))
    assert {problem.code for problem in problems} == {"requires-text"}
    assert len(problems) == 20


@pytest.mark.parametrize(
    ("text", "requires_dist", "defect"),
    [
        ("y\n", ["y"], None),
        ("Y_z\n", ["y-Z>=2"], None),
        ("y==2.1\n", ["y~=2.0"], None),
        ("y==2.1a1\n", ["y>=2.0"], None),
        ("", [], None),
        ("", ["y; extra == 'dev'"], None),
        ("", ["y; implementation_name == 'cpython'"], None),
        ("y\n", ["y; implementation_name == 'micropython'"], None),
        ("y\n", ["y; sys_platform == 'esp32'"], None),
        ("", ["not a ! requirement"], None),
        ("y==1\n", ["y==1"], None),
        ("y\n", ["y; os_name ~= 'x'"], None),
        ("y==3\n", ["y~=2.0"], "pins y to 3, which PKG-INFO's y~=2.0 excludes"),
        ("y==x\n", ["y>1"], "pins y to x"),
        ("", ["y"], "lacks y"),
        ("y\n", [], "has y, which PKG-INFO does not require"),
        ("y\n", ["y; extra == 'dev'"], "has y"),
    ],
)
def test_requires_txt_and_pkg_info_agree(text, requires_dist, defect):
    files = {"x.egg-info/requires.txt": text.encode()} if text else {}
    problems = list(check_dependencies(files, requires_dist))
    assert codes(problems) == (["requires-disagree"] if defect else [])
    assert not defect or defect in problems[0].message


def test_lists_with_wrong_lines_are_not_compared():
    files = {"x.egg-info/requires.txt": b"y\n\n[docs]\nfuro\n"}
    assert codes(check_dependencies(files, ["y", "furo; extra == 'docs'"])) == ["requires-line"] * 2
    assert codes(check_dependencies({"x.egg-info/requires.txt": b"y>1\n"}, ["y>1"])) == [
        "requires-line"
    ]
