"""The rule `syntax-target` without a compiler."""

import pytest

from sdist_upip.check.code.source import Source
from sdist_upip.check.code.syntax_rule import check_syntax
from sdist_upip.mpy import refusals
from sdist_upip.ports.firmware import parse_firmwares

CONVERSION = b"x = 1\ny = f'{x!r}'\n"


@pytest.fixture(autouse=True)
def _no_compiler(monkeypatch):
    monkeypatch.setattr(refusals, "find_target_compiler", lambda minor: None)


def check(data, *targets):
    return [p.message for p in check_syntax([Source("m.py", data)], parse_firmwares(targets))]


def test_syntax_that_no_release_has():
    (message,) = check(b"x = [*a]\n")
    assert message == (
        "Line 1 has a starred item in a list or a tuple, which MicroPython lacks. Importing the "
        "module fails. Write the code without it."
    )


@pytest.mark.parametrize(
    ("targets", "where"),
    [(["1.20"], "MicroPython 1.20"), (["1.20", "1.19", "rp2"], "MicroPython 1.19 and 1.20")],
)
def test_syntax_that_a_target_lacks(targets, where):
    (message,) = check(CONVERSION, *targets)
    assert message.startswith(f"Line 2 has the conversion !r, which {where} lacks.")


def test_targets_that_have_the_syntax():
    assert check(CONVERSION) == check(CONVERSION, "rp2") == []
