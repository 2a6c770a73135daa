"""Versions of MicroPython that no mpy-cross can serve."""

import pytest

from sdist_upip.errors import ConfigError
from sdist_upip.mpy.compiler import find_compiler


@pytest.mark.parametrize("version", ["", "1", "1.24.x", "6.1\n", "latest"])
def test_an_invalid_version(version):
    with pytest.raises(ConfigError, match=r"invalid version\. Pass the MicroPython version"):
        find_compiler(version)


def test_version_that_is_too_old():
    with pytest.raises(ConfigError, match=r"need MicroPython 1\.19 or later"):
        find_compiler("1.18")
