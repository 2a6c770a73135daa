"""What requirements may bring, by their names."""

import pytest

from sdist_upip.check.code.requirements import RequiredModules
from sdist_upip.check.dependencies import RequiredNames


def make(needed=(), others=(), imported=()):
    return RequiredModules(RequiredNames(frozenset(needed), frozenset(others)), imported)


@pytest.mark.parametrize(
    ("name", "imported"),
    [
        ("logging", "logging"),
        ("micropython-logging", "logging"),
        ("umqtt-robust", "umqtt.robust"),
        ("micropython-umqtt-simple", "umqtt.simple"),
        ("micropython-os-path", "os.path"),
        ("micropython-future", "__future__"),
        ("pycopy-uasyncio", "uasyncio"),
        ("my-app", "my_app"),
    ],
)
def test_a_requirement_brings_the_module_of_its_name(name, imported):
    required = make([name], imported=[imported])
    assert not required.unknown
    assert required.may_bring(imported)
    assert not required.may_bring("numpy")


def test_a_requirement_that_no_import_names_may_bring_anything():
    assert make(["adafruit-blinka"], imported=["board"]).may_bring("digitalio")
    assert RequiredModules(None, ["os"]).may_bring("numpy")


def test_an_extra_brings_its_module_and_nothing_else():
    required = make(others=["numpy", "pytest"], imported=["numpy"])
    assert required.may_bring("numpy.linalg")
    assert not required.may_bring("scipy")


def test_a_distribution_of_the_library_brings_modules_of_it():
    required = make(["micropython-logging"], imported=["numpy"])
    assert required.may_bring("warnings")
    assert not required.may_bring("numpy")


def test_stubs_bring_nothing():
    assert not make(["micropython-rp2-stubs"]).may_bring("numpy")


def test_without_requirements():
    assert not make(imported=["numpy"]).may_bring("numpy")
