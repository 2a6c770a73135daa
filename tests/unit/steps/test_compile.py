"""Options of the step compile."""

import pytest

from sdist_upip.errors import StepError
from sdist_upip.steps.compile import compile_step


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"micropython": "1.18"}, "micropython = '1.18' is no version from 1.19 on"),
        ({"micropython": "latest"}, "micropython = 'latest' is no version"),
        ({"arch": "armv6m"}, "machine code for armv6m is for one version of MicroPython"),
        ({"optimize": 4}, "optimize = 4 is not within 0 … 3"),
        ({"optimize": "3"}, "optimize must be a number, not '3'"),
        ({"optimise": 3}, "unknown option 'optimise'; did you mean 'optimize'?"),
    ],
)
def test_wrong_options_are_refused(options, message):
    with pytest.raises(StepError) as caught:
        compile_step(options)
    assert message in str(caught.value)
