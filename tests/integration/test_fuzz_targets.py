"""The corpus of the fuzzers, replayed, with a few cheap mutants of each input, and comparisons."""

import random
import sys

import pytest

from support.paths import ROOT
from support.upip_device import import_module

sys.path.insert(0, str(ROOT / "tests/fuzz"))

import differential
import mutations
import targets

INPUTS = sorted(ROOT.glob("tests/fuzz/corpus/*/*"))


def test_both_targets_have_inputs():
    assert {path.parent.name for path in INPUTS} == {"trace", "tar"}


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: f"{path.parent.name}-{path.name}")
def test_the_corpus(path):
    target = {"trace": targets.fuzz_trace, "tar": targets.fuzz_tar}[path.parent.name]
    data = path.read_bytes()
    target(data)
    rnd = random.Random(data)
    for _ in range(30):
        mutant = bytearray(data)
        mutant[rnd.randrange(len(mutant))] = rnd.randrange(256)
        target(bytes(mutant[: rnd.choice([len(mutant), rnd.randrange(len(mutant))])]))


def test_the_target_sees_a_walker_that_is_wrong(monkeypatch):
    monkeypatch.setattr(targets, "trace", lambda stream, limit: None)
    with pytest.raises((AssertionError, AttributeError)):
        targets.fuzz_trace(b"\x03\x00")


RUNS = {"archive": 500, "page": 5000, "requirement": 5000}


@pytest.mark.parametrize("name", RUNS)
def test_board_and_computer_read_the_same(name, upip):
    mutate = getattr(mutations, f"mutate_{name}")
    compare = getattr(differential, f"compare_{name}")
    rnd = random.Random(19)
    verdicts = {compare(*mutate(rnd)) for _ in range(RUNS[name])}
    assert verdicts >= {differential.ACCEPTED, differential.REFUSED}


def test_the_comparisons_see_a_board_that_is_wrong(upip, monkeypatch):
    page = b"<a href=a-1.0.tar.gz>"
    assert differential.compare_page(page) == differential.ACCEPTED
    monkeypatch.setattr(differential, "_read_by_board", lambda page: [])
    with pytest.raises(AssertionError, match="computer"):
        differential.compare_page(page)
    row = mutations.HOSTILE["nothing hostile"]
    assert differential.compare_archive(row.data) == differential.ACCEPTED
    monkeypatch.setattr(import_module("upip_check"), "check", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        differential.compare_archive(row.data)
