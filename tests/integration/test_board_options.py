"""The option `--board`, whose value may be left out."""

import pytest

from sdist_upip.cli.attached.options import spell_devices
from sdist_upip.cli.main import main


@pytest.mark.parametrize(
    "words, spelled",
    [
        ("install --board picoweb", "install --board=auto picoweb"),
        ("install --board a0 picoweb", "install --board=a0 picoweb"),
        ("install picoweb --board /dev/ttyACM0", "install picoweb --board=/dev/ttyACM0"),
        ("install --board=x picoweb", "install --board=x picoweb"),
        ("list --board", "list --board=auto"),
        ("list --board --json", "list --board=auto --json"),
        ("list --boa COM3", "list --board=COM3"),
        ("list --b id:1", "list --board=id:1"),
        ("uninstall --board auto auto", "uninstall --board=auto auto"),
        ("device --board port:socket://h:1", "device --board=port:socket://h:1"),
        ("install --board -- a0", "install --board=auto -- a0"),
        ("install -- --board a0", "install -- --board a0"),
        ("install --board http://x/a-1.tar.gz", "install --board=auto http://x/a-1.tar.gz"),
        ("build --board a0", "build --board a0"),
        ("", ""),
    ],
)
def test_a_device_is_known_by_its_spelling(words, spelled):
    assert spell_devices(words.split()) == spelled.split()


@pytest.mark.parametrize(
    "words, message",
    [
        (["list", "--reset"], "--reset requires --board"),
        (["list", "--board="], "--board= requires a DEVICE"),
        (["install", "--freeze", "--board", "x"], "--freeze cannot be used with --board"),
        (["install", "--mpy", "auto", "x"], "--mpy auto requires --board"),
        (["device", "--mpy", "auto"], "--mpy auto requires --board"),
        (["device", "--cpython", "--board"], "--cpython cannot be used with --board"),
    ],
)
def test_usage(words, message, capsys):
    with pytest.raises(SystemExit) as stop:
        main(words)
    assert stop.value.code == 2
    assert message in capsys.readouterr().err


def test_without_the_extra(monkeypatch, capsys):
    monkeypatch.setitem(__import__("sys").modules, "mpremote.transport_serial", None)
    for words in (["list", "--board"], ["boards"], ["device", "--board"]):
        assert main(words) == 1
        assert "Run pip install --upgrade 'sdist-upip[board]'." in capsys.readouterr().err


def test_no_boards(monkeypatch, capsys):
    monkeypatch.setattr("serial.tools.list_ports.comports", list)
    assert main(["boards"]) == 0
    out, err = capsys.readouterr()
    assert (out, err) == ("", "No board is connected. Connect one by USB, or name its port.\n")
    assert main(["list", "--board"]) == 1
    assert capsys.readouterr().err.startswith("error: No board is connected. Connect one by USB")
