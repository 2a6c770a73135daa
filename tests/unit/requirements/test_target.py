"""Markers for a board, without a board."""

import pytest
from packaging.markers import Marker

from sdist_upip.errors import ConfigError, ResolutionError
from sdist_upip.requirements.target import Target


@pytest.mark.parametrize(
    "marker, answer",
    [
        ("sys_platform == 'win32'", False),
        ("sys_platform != 'linux'", True),
        ("sys_platform == 'windows' or sys_platform == 'Darwin'", False),
        ("sys_platform == 'darwin' or python_version == '3.4'", True),
        ("sys_platform == 'rp2' and python_version > '3.4'", False),
        ("implementation_version >= '0'", True),
    ],
)
def test_what_does_not_depend_on_the_board_needs_no_option(marker, answer):
    assert Target().evaluate_marker(Marker(marker), [""]) is answer


@pytest.mark.parametrize(
    "marker, option",
    [
        ("sys_platform == 'rp2'", "--platform"),
        ("sys_platform in 'rp2 esp32'", "--platform"),
        ("implementation_version >= '1.20'", "--mpy"),
        ("sys_platform == 'rp2' and implementation_version > '1'", "--platform and --mpy"),
    ],
)
def test_what_depends_on_the_board_asks_for_it(marker, option):
    with pytest.raises(ConfigError, match=rf"depends on the board\. Set {option}\.$"):
        Target().evaluate_marker(Marker(marker), [""])
    Target("rp2", "1.28").evaluate_marker(Marker(marker), [""])


def test_a_marker_without_a_value():
    with pytest.raises(ResolutionError, match="Invalid marker os_name"):
        Target().evaluate_marker(Marker("os_name ~= 'posix'"), [""])
