"""The change that is under way is noted before it begins."""

import pytest

from sdist_upip.site.changes.journal import PENDING, Journal, Pending
from support.sites import MemoryStore

CHANGE = Pending((("a", "1"),), (("b", "2", "bad"),), (("c", "3"),), True)


def test_a_change_is_read_back():
    assert Pending.from_json(CHANGE.to_json()) == CHANGE
    assert Pending.from_json(Pending().to_json()) == Pending()


@pytest.mark.parametrize("data", [b"", b"[]", b"{}", b'{"remove": [1]}', b"[" * 100_000, b"\xff"])
def test_another_file_states_nothing(data):
    assert Pending.from_json(data) == Pending()


def test_the_file_is_there_from_the_first_write_to_the_last():
    store = MemoryStore()
    journal = Journal(store, CHANGE)
    assert not journal.begun and store.files == {}
    journal.begin()
    journal.begin()
    assert journal.begun and store.writes == [PENDING]
    journal.end()
    assert not journal.begun and store.files == {}
