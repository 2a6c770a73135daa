"""The spellings of a target."""

import pytest

from sdist_upip import ConfigError
from sdist_upip.ports.firmware import Firmware, make_firmware, parse_firmware, parse_firmwares


@pytest.mark.parametrize(
    ("text", "firmware"),
    [
        ("1.24", Firmware(24)),
        ("1.24.1", Firmware(24)),
        ("v1.19.1", Firmware(19)),
        ("1.29:rp2", Firmware(29, "rp2")),
        ("1.31", Firmware(29)),
        ("esp32", Firmware(None, "esp32")),
        (":esp32", Firmware(None, "esp32")),
        ("1.20:linux", Firmware(20, "unix")),
        ("1.20:pyboard", Firmware(20, "stm32")),
        ("zephyr", Firmware(None, "zephyr")),
    ],
)
def test_a_target(text, firmware):
    assert parse_firmware(text) == firmware


@pytest.mark.parametrize(
    "text", ["", "1.18", "2.0", "1", "1.x", "1.29:", "1.29:rp3", "rp3", "RP2", "x1"]
)
def test_an_invalid_target(text):
    with pytest.raises(ConfigError, match=r"Invalid target|Unknown platform"):
        parse_firmware(text)


def test_options_without_a_value_stand_for_any():
    assert make_firmware() == Firmware()
    assert make_firmware("1.28") == Firmware(28)
    assert make_firmware("", "rp2") == Firmware(None, "rp2")


def test_repetitions_are_dropped():
    assert parse_firmwares(["1.24.0", "1.24.1"]) == (Firmware(24),)


def test_text():
    shown = [str(item) for item in (Firmware(), Firmware(24), Firmware(24, "rp2"))]
    assert shown == ["MicroPython", "MicroPython 1.24", "MicroPython 1.24 on rp2"]
