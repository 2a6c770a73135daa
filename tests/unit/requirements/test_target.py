"""Markers for a board: the same answers as upip gives on real MicroPython."""

import pytest
from packaging.markers import Marker

from sdist_upip.errors import ConfigError, ResolutionError
from sdist_upip.requirements.target import Target
from support.upip_device import upip_files

MARKERS = [
    "python_version >= '3.4'",
    "python_version < '3.5'",
    "python_version == '3.4'",
    "python_version in '3.4 3.5'",
    "python_full_version == '3.4.0'",
    "python_version < '3'",
    "python_version >= '2.7' and python_version < '3.10'",
    "implementation_name == 'micropython'",
    "implementation_name != 'cpython'",
    "'python' in implementation_name",
    "'c' not in implementation_name",
    "platform_python_implementation == 'MicroPython'",
    "platform_machine == 'x86_64'",
    "platform_system != 'Windows'",
    "os_name == 'posix'",
    "os_name == 'nt' or python_version > '3.3'",
    "(os_name == 'nt' or python_version > '3.3') and implementation_name == 'micropython'",
    "sys_platform == 'linux'",
    "sys_platform != 'win32'",
    "sys_platform == 'webassembly'",
    "sys_platform in 'esp32 webassembly'",
    "implementation_version >= '1.19'",
    "implementation_version < '1.22'",
    "extra == 'tls'",
    "extra != 'tls'",
    "extra == 'tls' and python_version == '3.4'",
    "extra == 'tls' or extra == 'ssl'",
]
ASK = """
import sys
from upip_marker import applies
print(sys.platform, ".".join(map(str, sys.implementation.version[:3])))
for marker in {markers!r}:
    print(applies(marker, [""]), applies(marker, ["tls"]), applies(marker, ["a", "tls"]))
"""


def test_a_board_and_the_host_agree(micropython):
    first, *lines = micropython.run(ASK.format(markers=MARKERS), upip_files()).lines
    target = Target(*first.split())
    told = [
        " ".join(
            str(target.evaluate_marker(Marker(marker), extras))
            for extras in ([""], ["tls"], ["a", "tls"])
        )
        for marker in MARKERS
    ]
    assert dict(zip(MARKERS, told, strict=True)) == dict(zip(MARKERS, lines, strict=True))


@pytest.mark.parametrize(
    "marker, answer",
    [
        ("sys_platform == 'win32'", False),
        ("sys_platform != 'linux'", True),
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
