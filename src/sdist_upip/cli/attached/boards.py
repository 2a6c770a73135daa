"""`sdist-upip boards`: the boards that are connected, and the packages on them."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from ...messages.output import print_json, print_message, print_result
from ..extras import BOARDS, require_extra

if TYPE_CHECKING:
    from ...attached.facts import Facts


def register(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the parser of `boards`."""
    parser = subparsers.add_parser(
        "boards",
        help="list the boards that are connected, and their packages",
        description="Print each board that is connected by USB, with its MicroPython, its free "
        "flash and memory, and its packages. A program that runs on a board is interrupted.",
    )
    parser.add_argument(
        "devices",
        nargs="*",
        metavar="DEVICE",
        help="a board, as for --board [default: all that are connected by USB]",
    )
    parser.add_argument("--json", action="store_true", help="print JSON instead of text")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Print the boards. Those that cannot be asked are named on standard error; exit 1 then."""
    require_extra("board", *BOARDS)
    from ...attached.ports import find_ports
    from ...errors import OutputError

    devices = options.devices or [port.device for port in find_ports()]
    tables = []
    failed = False
    for device in devices:
        try:
            table = _describe(device)
        except OutputError as error:
            failed = True
            print_message(f"warning: {error}")
            continue
        tables.append(table)
        if not options.json:
            print_result(*_lines(table))
    if options.json:
        print_json(tables)
    elif not devices:
        print_message("No board is connected. Connect one by USB, or name its port.")
    return int(failed)


def _describe(device: str) -> dict[str, object]:
    """Return facts about a board, as in JSON. Raises OutputError."""
    from ...attached.facts import ask
    from ...attached.session import Session

    with Session(device) as session:
        facts = ask(session, reads_files=False, wants_importers=False)
        return {
            "device": session.port,
            "name": facts.machine,
            "version": facts.release,
            "platform": facts.platform,
            "mpy": facts.abi.keyword if facts.mpy else None,
            "path": facts.root or None,
            "flash": facts.unit * facts.units,
            "flash_free": facts.free,
            "memory_free": facts.memory_free,
            "packages": _read_packages(facts),
        }


def _read_packages(facts: Facts) -> dict[str, str]:
    from ...installed.package import InstalledPackage

    found = {}
    for name in sorted(facts.records):
        try:
            found[name] = InstalledPackage.from_record(facts.records[name]).version
        except ValueError:
            found[name] = "damaged"
    return found


def _lines(table: dict[str, object]) -> list[str]:
    packages = table["packages"]
    assert isinstance(packages, dict)
    listed = ", ".join(f"{name} {version}" for name, version in packages.items())
    path = table["path"] or "no directory for packages in sys.path"
    flash = f"{table['flash_free']:,} of {table['flash']:,} bytes of flash"
    if not table["flash"]:
        flash, path = "no file system", ""
    return [
        f"{table['device']}: {table['name']}",
        f"  MicroPython {table['version']}, {table['platform']}",
        f"  free: {flash}, {table['memory_free']:,} bytes of memory",
        *([f"  {path}: {listed or 'no packages'}"] if path else []),
    ]
