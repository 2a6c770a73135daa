"""The device's upip for tests: its modules as files, or imported into CPython."""

from __future__ import annotations

import importlib
import io
import sys

from support.paths import ROOT

HEAP = 64 << 20
"""A heap for many installs, in bytes. MicroPython in Node frees no memory while code runs."""
DEVICE = ROOT / "src/sdist_upip/device"
MODULES = sorted(path.stem for path in DEVICE.glob("upip*.py"))
CORE = (
    *("upip", "upip_body", "upip_check", "upip_gunzip", "upip_http", "upip_index", "upip_page"),
    *("upip_req", "upip_resolve", "upip_store", "upip_tar"),
)
"""The modules that every install requires. Each of the others has one purpose."""


def upip_files() -> dict[str, bytes]:
    """Return upip's modules as files for an interpreter."""
    return {f"{name}.py": (DEVICE / f"{name}.py").read_bytes() for name in MODULES}


def forget_upip() -> None:
    """Remove upip's modules from sys.modules, as after a restart of a board."""
    for name in [*MODULES, "upip_settings"]:
        sys.modules.pop(name, None)


def import_module(name: str):
    """Import one of upip's modules into this CPython."""
    return importlib.import_module(name)


def versions(upip, lib):
    """Return the version of each package that upip lists."""
    return dict(upip.list(str(lib)))


def unpack_archive(data, base, name, version):
    """Unpack the bytes of an archive beside its record in the directory `base`, as upip does.

    Raises ValueError if upip refuses the archive.
    """

    def open_archive():
        return import_module("upip_body").Body(io.BytesIO(data), name)

    base = f"{base}/"
    unpack = import_module("upip_tar").unpack
    if bits := unpack(open_archive(), "", base, name, version, [None]):
        import_module("upip_foreign").unpack(open_archive, bits, "", base, name, version, [])
