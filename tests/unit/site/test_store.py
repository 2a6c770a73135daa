"""The stores have what the protocol asks for."""

import inspect

import pytest

from sdist_upip.site.store import Store
from sdist_upip.site.stores.directory import DirectoryStore
from sdist_upip.site.stores.remote import RemoteStore

NAMES = sorted(name for name in vars(Store) if not name.startswith("_"))


def describe(kind, name):
    """Return the parameters and the documentation of what a class has."""
    member = inspect.getattr_static(kind, name)
    if isinstance(member, property):
        return "property"
    return list(inspect.signature(member).parameters)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", [DirectoryStore, RemoteStore])
def test_a_store_has_the_functions_of_the_protocol(kind, name):
    assert describe(kind, name) == describe(Store, name)
    assert inspect.getattr_static(kind, name).__doc__


def test_a_store_has_nothing_else():
    assert len(NAMES) == 9
    for kind in (DirectoryStore, RemoteStore):
        assert sorted(name for name in vars(kind) if not name.startswith("_")) == NAMES
