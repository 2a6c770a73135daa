"""The corpus of the fuzzers, replayed, with a few cheap mutants of each input."""

import random
import sys

import pytest

from support.paths import ROOT

sys.path.insert(0, str(ROOT / "tests/fuzz"))

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
