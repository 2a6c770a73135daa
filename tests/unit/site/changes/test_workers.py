"""Few items are done in this process. tests/integration has many."""

import pytest

from sdist_upip.site.changes.workers import map_items


def test_results_are_in_order_and_items_are_taken_one_by_one():
    taken = []

    def take():
        for number in range(10):
            taken.append(number)
            yield number

    assert list(map_items(lambda number: -number, take())) == [-number for number in range(10)]
    assert list(map_items(str, [])) == []


def test_one_processor_starts_no_process(monkeypatch):
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    results = map_items(str, iter(range(10**9)))
    assert [next(results) for _ in range(100)] == [str(number) for number in range(100)]


def test_errors_are_those_of_the_function():
    with pytest.raises(ZeroDivisionError):
        list(map_items(lambda number: 1 / number, [1, 0]))
