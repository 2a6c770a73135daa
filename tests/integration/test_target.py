"""Markers for a board: the same answers as upip gives on real MicroPython."""

from packaging.markers import Marker

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
    printed = [
        " ".join(
            str(target.evaluate_marker(Marker(marker), extras))
            for extras in ([""], ["tls"], ["a", "tls"])
        )
        for marker in MARKERS
    ]
    assert dict(zip(MARKERS, printed, strict=True)) == dict(zip(MARKERS, lines, strict=True))
