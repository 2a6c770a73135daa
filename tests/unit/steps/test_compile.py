"""Options of the step compile."""

import pytest

from sdist_upip.errors import StepError
from sdist_upip.steps.compile import compile_step


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"micropython": "1.18"}, "expected micropython 1.19 or later, got '1.18'"),
        ({"micropython": "latest"}, "expected micropython 1.19 or later, got 'latest'"),
        ({"arch": "armv6m"}, "machine code for armv6m requires a version of MicroPython"),
        ({"optimize": 4}, "expected optimize from 0 to 3, got 4"),
        ({"optimize": "3"}, "expected optimize to be a number, got '3'"),
        ({"optimise": 3}, "unknown option 'optimise'. Did you mean 'optimize'?"),
    ],
)
def test_wrong_options_are_refused(options, message):
    with pytest.raises(StepError) as caught:
        compile_step(options)
    assert message in str(caught.value)
