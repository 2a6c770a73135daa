import os
import sys
from types import SimpleNamespace

import pytest

from sdist_upip.attached.ports import PortError, choose_port, explain_refusal, is_device

pytest.importorskip("serial")


@pytest.fixture
def connect(monkeypatch):
    """A function that connects boards, each (device, serial number, product)."""

    def connect(*boards):
        ports = [Comport(device, number, product, 1, 2) for device, number, product in boards]
        ports.append(Comport("/dev/ttyS0", None, None, None, None))
        monkeypatch.setattr("serial.tools.list_ports.comports", lambda: ports)

    return connect


class Comport(SimpleNamespace):
    def __init__(self, device, serial_number, product, vid, pid):
        super().__init__(
            device=device, serial_number=serial_number, product=product, vid=vid, pid=pid
        )

    def __lt__(self, other):
        return self.device < other.device


TWO = [("/dev/ttyACM1", "77", "Pico"), ("/dev/ttyACM0", None, None)]


@pytest.mark.parametrize(
    "text",
    [
        *("auto", "a0", "u12", "c3", "id:334c", "port:rfc2217://host:1", "/dev/ttyACM0"),
        *("COM3", "com12", r"\\.\COM10"),
    ],
)
def test_devices(text):
    assert is_device(text)


@pytest.mark.parametrize(
    "text",
    [
        *("picoweb", "a0b", "compress", "common3", "u", "http://x/y.tar.gz", "./auto"),
        *("dev/x", "", "\0/", "logging>=1"),
    ],
)
def test_other_words(text):
    assert not is_device(text)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
def test_a_link_to_a_device(tmp_path):
    (tmp_path / "board").symlink_to("/dev/null")
    assert is_device(str(tmp_path / "board"))


@pytest.mark.parametrize(
    "device, port",
    [
        *(("a0", "/dev/ttyACM0"), ("u1", "/dev/ttyUSB1"), ("c3", "COM3"), ("COM3", "COM3")),
        *(("port:loop://", "loop://"), ("/dev/x", "/dev/x"), ("id:77", "/dev/ttyACM1")),
    ],
)
def test_the_port_of_a_device(connect, device, port):
    connect(*TWO)
    assert choose_port(device) == port


def test_the_only_board(connect):
    connect(TWO[0])
    assert choose_port("auto") == "/dev/ttyACM1"


@pytest.mark.parametrize(
    "boards, device, message",
    [
        ([], "auto", "No board is connected. Connect one by USB, or pass --board=DEVICE."),
        (
            TWO,
            "auto",
            "2 boards are connected: /dev/ttyACM0, /dev/ttyACM1 (Pico). Pass --board=DEVICE.",
        ),
        (
            TWO,
            "id:78",
            "No board has the serial number 78. Connected: /dev/ttyACM0 has none, /dev/ttyACM1 "
            "has 77.",
        ),
        ([], "id:78", "No board has the serial number 78. No board is connected."),
    ],
)
def test_no_port(connect, boards, device, message):
    connect(*boards)
    with pytest.raises(PortError) as caught:
        choose_port(device)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    "port, message",
    [
        ("/no/port", "The port /no/port does not exist. Run sdist-upip boards to list boards."),
        ("bogus", "The port bogus does not exist. Run sdist-upip boards to list boards."),
        ("", "The port '' does not exist. Run sdist-upip boards to list boards."),
        ("rfc2217://x", "Cannot connect to rfc2217://x. Check the address and its server."),
        ("com3", "The port com3 cannot be opened. It may be in use by another program, such as a"),
        (r"\\.\COM3", r"The port \\.\COM3 cannot be opened. It may be in use by another program,"),
    ],
)
def test_refusals(connect, port, message):
    connect(("COM3", None, None))
    assert str(explain_refusal(port)).startswith(message)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no files for ports")
def test_files_that_are_no_ports(tmp_path):
    assert "in use by another program" in str(explain_refusal("/dev/null"))
    assert "is not a serial port. Run sdist-upip boards" in str(explain_refusal(str(tmp_path)))


@pytest.mark.skipif(sys.platform == "win32", reason="ports of Windows have no groups")
def test_the_group_of_a_port(tmp_path, monkeypatch):
    import grp

    port = tmp_path / "port"
    port.touch()
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setattr(grp, "getgrgid", lambda _: SimpleNamespace(gr_name="dialout"))
    port.chmod(0o660)
    assert str(explain_refusal(str(port))) == (
        f"No permission to open {port}. Run sudo usermod -a -G dialout $USER, and log in again."
    )
    port.chmod(0o600)
    assert "Ask the administrator" in str(explain_refusal(str(port)))
