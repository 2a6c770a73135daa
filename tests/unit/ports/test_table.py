"""What the table of built-in modules says about boards."""

import pytest

from sdist_upip.ports.firmware import Firmware, parse_firmware
from sdist_upip.ports.table import ModuleTable, read_host_names, read_module_table


@pytest.mark.parametrize(
    ("module", "target", "possible"),
    [
        ("os", "", True),
        ("machine", "", True),
        ("uasyncio", "", True),
        ("uasyncio.core", "", True),
        ("umqtt.simple", "", True),
        ("argparse", "", True),
        ("pkg_resources", "", True),
        ("typing", "", False),
        ("__future__", "", False),
        ("functools", "", False),
        ("datetime", "", False),
        ("os.path", "", False),
        ("umqtt.nothing", "", False),
        ("asyncio", "1.20", False),
        ("asyncio", "1.21", True),
        ("uasyncio", "1.20", True),
        ("uzlib", "1.20", True),
        ("uzlib", "1.29", False),
        ("deflate", "1.20", False),
        ("deflate", "1.22:esp8266", True),
        ("vfs", "1.22", False),
        ("vfs", "1.23", True),
        ("rp2", "rp2", True),
        ("rp2", "1.29:esp32", False),
        ("esp32", "1.29:rp2", False),
        ("espnow", "1.20:esp32", False),
        ("espnow", "1.22:esp8266", True),
        ("pyb", "zephyr", False),
        ("machine", "zephyr", True),
        ("requests", "1.29:stm32", True),
        ("bluetooth", "1.29:samd", True),
        ("bluetooth", "1.29:esp8266", False),
        ("js", "", True),
        ("js", "rp2", False),
        ("zephyr", "", True),
        ("zephyr", "1.29:zephyr", True),
        ("zephyr", "rp2", False),
        ("argparse", "esp32", False),
        ("argparse", "unix", True),
        ("datetime", "1.29:webassembly", True),
        ("datetime", "unix", False),
        ("ssd1306", "1.20", True),
        ("lvgl", "", True),
        ("lvgl", "1.29", False),
        ("lvgl.sub", "", True),
        ("_webrepl", "", True),
        ("_webrepl", "1.29:esp8266", True),
        ("__main__", "1.19:esp8266", True),
        ("sdcard", "", True),
        ("sdcard", "1.29:stm32", True),
        ("ssd1306", "1.20:esp8266", True),
        ("tinypico", "1.29:esp32", True),
        ("upysh", "1.29:esp8266", True),
        ("_rp2", "1.29:rp2", True),
        ("microbit", "", True),
        ("microbit", "1.29:nrf", True),
        ("microbit", "1.29:rp2", False),
        ("renesas", "1.29:rp2", False),
        ("termios", "1.19:unix", True),
        ("uasyncio", "1.19:esp8266", True),
        ("uasyncio.core", "1.19:esp8266", True),
        ("asyncio.core", "1.22:esp8266", True),
        ("asyncio", "1.20:esp8266", False),
        ("ucollections", "1.25:esp8266", True),
        ("ure", "1.26:esp8266", True),
        ("vfs", "1.26:esp8266", True),
        ("vfs", "1.19:esp8266", False),
        ("websocket", "1.25:esp8266", True),
        ("umqtt.simple", "1.27:esp8266", True),
        ("logging", "1.23:rp2", True),
        ("uplatform", "1.24:esp8266", True),
        ("umath", "1.29", False),
        ("weakref", "", False),
        ("weakref", "1.29:webassembly", True),
    ],
)
def test_which_modules_are_possible(module, target, possible):
    firmware = parse_firmware(target) if target else Firmware()
    assert read_module_table().may_have(module, firmware) is possible


@pytest.mark.parametrize(
    ("module", "targets", "certain"),
    [
        ("os", [], True),
        ("gc", [], True),
        ("asyncio", [], False),
        ("asyncio", ["1.29"], True),
        ("asyncio", ["1.29", "1.20"], False),
        ("requests", ["1.29:esp32"], True),
        ("requests", ["1.29:rp2"], False),
        ("network", ["rp2"], False),
        ("fnmatch", ["unix"], False),
        ("os", ["unix"], True),
        ("os", ["zephyr"], False),
    ],
)
def test_which_modules_are_certain(module, targets, certain):
    firmwares = [parse_firmware(text) for text in targets] or [Firmware()]
    assert read_module_table().always_has(module, firmwares) is certain


def test_a_release_between_stubs_may_have_what_a_neighbor_has():
    covered = {"a": frozenset({19, 23}), "b": frozenset({19, 20, 21, 22, 23})}
    only_a = {"a": frozenset({23})}
    both = {"a": frozenset({23}), "b": frozenset({21, 22, 23})}
    table = ModuleTable({"x": only_a, "y": both}, {}, covered)
    assert table.may_have("x", Firmware(20))
    assert not table.may_have("y", Firmware(20))
    assert table.may_have("y", Firmware(22, "a"))
    assert not table.may_have("x", Firmware(19))


def test_names_of_python_alone():
    names = read_host_names()
    assert {"path", "walk", "environ"} <= names["os"]
    assert "TaskGroup" in names["asyncio"]
    assert not {"listdir", "remove", "mkdir", "sep"} & names["os"]
