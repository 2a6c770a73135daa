"""Markers on the platforms of MicroPython."""

import pytest
from packaging.markers import Marker

from sdist_upip.metadata.markers import applies_somewhere


@pytest.mark.parametrize(
    ("marker", "applies"),
    [
        ("sys_platform == 'esp32'", True),
        ("sys_platform == 'win32' and extra == ''", False),
        ("extra == 'dev'", False),
        ("implementation_name == 'micropython'", True),
        ("implementation_name != 'micropython'", False),
        ("python_version >= '3.8'", False),
        ("os_name ~= '1.0'", True),
    ],
)
def test_where_a_marker_applies(marker, applies):
    assert applies_somewhere(Marker(marker)) is applies


def test_no_marker_applies_everywhere():
    assert applies_somewhere(None)
