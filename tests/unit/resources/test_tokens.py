"""The number of tokens of a source is bounded without compiling it."""

import pytest

from sdist_upip.resources.tokens import exceeds_tokens


@pytest.mark.parametrize(
    ("source", "many"),
    [
        (b"x = 1\n" * 33, False),
        (b"x = 1\n" * 34, True),
        (b"# " + b"1," * 500, False),
        (b"'" + b"1," * 500 + b"'", False),
        (b"'''" + b"1,\n" * 500 + b"'''", False),
        (b'b"' + b'\\x00\\"' * 500 + b'"', False),
        (b"f'" + b"{1}" * 50 + b"'", True),
        (b"Rf'#" + b"{1}" * 50 + b"'", True),
        (b"rb'#" + b"{1}" * 50 + b"'", False),
        (b"'\n" + b"1," * 500, False),
        (b"'''" + b"1," * 500, False),
        (b"'\\'" + b"1," * 500 + b"'\n", False),
        (b"# '''\n" + b"1," * 500 + b"# '''", True),
        (b"'' " + b"1," * 500, True),
    ],
)
def test_tokens_are_bounded_without_compiling(source, many):
    assert exceeds_tokens(source, 100) is many
