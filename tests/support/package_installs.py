"""Installs an archive by the host's code and by upip on CPython, for tests that compare them."""

import contextlib

import pytest
from packaging.utils import canonicalize_name

from sdist_upip.errors import OutputError
from sdist_upip.installed.device_archive import read_device_archive
from sdist_upip.installed.package_directory import PackageDirectory
from sdist_upip.requirements.requirement import Requirement, parse_requirement
from support.archives import make_archive
from support.trees import read_tree
from support.upip_device import import_module, unpack_archive


def package(name, version="1", files=None, requires=()):
    """Return the name, the version and the archive of a package, for the functions below."""
    return name, version, make_archive(name, version, files, requires)


def evaluate(text):
    """Evaluate a requirement as upip does on this CPython."""
    written = parse_requirement(text)
    if written.marker and not written.marker.evaluate({"extra": ""}):
        return None
    return Requirement(canonicalize_name(written.name), (), written.specifier)


def install_here(lib, *packages):
    """Install packages (name, version, bytes of the archive) by the host's code."""
    with PackageDirectory(lib) as directory:
        for name, version, data in packages:
            directory.stage(name, version, read_device_archive(data, name))
        directory.check(evaluate)
        directory.commit()


def refuse(lib, *packages, match, kind=OutputError):
    """Install, and be refused: the error matches `match`, and the directory is as before."""
    before = read_tree(lib) if lib.exists() else None
    with pytest.raises(kind, match=match) as error:
        install_here(lib, *packages)
    assert (read_tree(lib) if lib.exists() else None) == before
    return str(error.value)


def install_by_upip(lib, *packages):
    """Install the same packages by the steps of upip.install that follow the choice of releases.

    Raises ValueError if upip refuses one.
    """
    store = import_module("upip_store")
    root = str(lib)
    staged = []
    try:
        recover_by_upip(lib)
        store.make_parents(root + "/.upip/")
        for name, version, data in packages:
            unpack_archive(data, root + "/.upip", name, version)
            staged.append(name)
        import_module("upip_check").check(root, staged)
        store.install(root, staged)
    finally:
        with contextlib.suppress(OSError):
            recover_by_upip(lib)


def recover_by_upip(lib):
    """Finish or undo a change as upip does at every start."""
    store = import_module("upip_store")
    if store.recover(str(lib)) == store.LEFT:
        import_module("upip_manage").undo(str(lib))
