"""Directories of packages, whose locks are the tests' own."""

import pytest


@pytest.fixture(autouse=True)
def _own_locks(own_locks):
    pass
