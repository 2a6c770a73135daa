"""Stripped sources mean the same, and nothing but comments and blanks is gone."""

import ast
from pathlib import Path

import pytest

from sdist_upip.errors import StepError
from sdist_upip.release import Member, Release
from sdist_upip.steps.comments import strip_comments, strip_comments_step

ODD = '''#!/usr/bin/env micropython
# first

"""Doc # not a comment

   with a blank line.\x20
"""
x = 1  # one
y = [  # open

    1,  # inner
    # alone

    2,
]
z = "# no comment"  # a comment
w = """a # b

c"""  # after
q = 1 + \\
    2  # joined

if x:
    # only a comment above
    pass
f = f"{x!r:>{y[0]}} # {z}"  # f-string
'''


def strip(text, **options):
    return strip_comments(text.encode(), **options).decode()


def test_only_comments_and_blanks_go():
    assert strip(ODD) == (
        '"""Doc # not a comment\n\n   with a blank line. \n"""\n'
        "x = 1\ny = [\n    1,\n    2,\n]\n"
        'z = "# no comment"\nw = """a # b\n\nc"""\nq = 1 + \\\n    2\nif x:\n    pass\n'
        'f = f"{x!r:>{y[0]}} # {z}"\n'
    )


def test_line_numbers_stay_on_request():
    stripped = strip(ODD, keep_lines=True)
    with_lines = [ast.dump(ast.parse(text), include_attributes=True) for text in (ODD, stripped)]
    assert with_lines[0] == with_lines[1]
    assert "only a comment" not in stripped


@pytest.mark.parametrize("path", sorted(Path(ast.__file__).parent.glob("[a-d]*.py"))[:60])
def test_the_standard_library_keeps_its_meaning(path):
    source = path.read_bytes()
    stripped = strip_comments(source)
    assert ast.dump(ast.parse(stripped)) == ast.dump(ast.parse(source))
    assert len(stripped) <= len(source)
    assert strip_comments(stripped) == stripped


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (b"", b""),
        (b"# all\n\n# comments", b""),
        (b"x = 1", b"x = 1\n"),
        (b"x = 1  # a\r\n\r\ny = 2\r\n", b"x = 1\ny = 2\n"),
        (b"x = (1 # a\n", b"x = (1 # a\n"),
        (b"x = 1\0", b"x = 1\0"),
        (b"# coding: latin-1\nx = '\xe4'  # \xe4\n", b"# coding: latin-1\nx = '\xe4'\n"),
        (b"\xef\xbb\xbf# bom\nx = 1\n", b"\xef\xbb\xbfx = 1\n"),
        (b"x = '''a\\\n\n'''  # c\n", b"x = '''a\\\n\n'''\n"),
        (b"if 1:\n\t# c\n\tx = 1\n", b"if 1:\n\tx = 1\n"),
        (b"x = 1\\\n\n", b"x = 1\\\n\n"),
        (b'x = b"\xc2\xb0"  # c\n', b'x = b"\xc2\xb0"  # c\n'),
        (b"def f():\n\tawait x  # c\n", b"def f():\n\tawait x\n"),
        (b"if 1:\n    # c \\\n\n    x = 1\n", b"if 1:\n    x = 1\n"),
    ],
)
def test_odd_sources(source, expected):
    assert strip_comments(source) == expected


def test_the_step_strips_modules_that_are_not_excluded():
    release = Release(
        "x", "1", (Member("a.py", b"# a\n"), Member("b.py", b"# b\n"), Member("c.txt", b"# c\n"))
    )
    after = strip_comments_step({"exclude": ["b.*"]})(release)
    assert [member.data for member in after] == [b"", b"# b\n", b"# c\n"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"keeplines": True}, "unknown option 'keeplines'. Did you mean 'keep-lines'?"),
        ({"zzz": True}, "unknown option 'zzz'. Use one of keep-lines, exclude."),
        ({"keep-lines": 1}, "expected keep-lines to be true or false, got 1"),
        ({"exclude": "a"}, "expected exclude to be an array of strings, got 'a'"),
        ({"exclude": ["/a"]}, "Invalid pattern '/a'."),
    ],
)
def test_wrong_options_are_refused(options, message):
    with pytest.raises(StepError, match=r"\[tool\.sdist-upip\.step\.strip-comments\]") as caught:
        strip_comments_step(options)
    assert message in str(caught.value)
