import itertools
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from samples import NOISE, TEXT
from sdist_upip import Member
from sdist_upip.archive.order import build_chain, improve_chain, order_members
from sdist_upip.archive.packing import pack
from sdist_upip.archive.tar import write_tar
from sdist_upip.deflate.encoder.estimate import estimate_bits


def pairs(count):
    """Members of which each has one that is much like it, far away by name."""
    return [
        Member(f"{half}{n:03}.bin", NOISE[2000 * n : 2000 * n + 1990] + half.encode())
        for half in "ab"
        for n in range(count)
    ]


def test_alike_members_meet():
    members = pairs(10)
    ordered = order_members("x-1", members, 0, 4096)
    assert sorted(ordered, key=lambda m: m.path) == members
    meetings = sum(a.path[1:] == b.path[1:] for a, b in itertools.pairwise(ordered))
    assert meetings == 10


def test_packing_uses_the_order_only_if_it_is_smaller():
    small = pack("x-1", pairs(10), window=4096, compression="best")
    named = pack("x-1", pairs(10), window=4096, compression="fast")
    assert [m.path for m in named.members] == sorted(m.path for m in named.members)
    assert len(small.stream) < 0.6 * len(named.stream)
    unlike = [Member(f"{n}.bin", NOISE[2000 * n : 2000 * n + 2000]) for n in (3, 1, 2)]
    packed = pack("x-1", unlike, window=4096, compression="best")
    assert [m.path for m in packed.members] == ["1.bin", "2.bin", "3.bin"]


def test_the_order_does_not_depend_on_the_order_before():
    members = pairs(6)
    shuffled = random.Random(1).sample(members, len(members))
    one = pack("x-1", members, window=4096, compression="best")
    assert pack("x-1", shuffled, window=4096, compression="best") == one


def test_what_installers_read_stays_first():
    first = [Member("PKG-INFO", b"Name: x\n"), Member("x.egg-info/requires.txt", b"y\n")]
    for count in (0, 1, 6):
        packed = pack("x-1", [*pairs(count), *first[::-1]], window=4096, compression="best")
        assert packed.members[:2] == tuple(first)


def test_many_members_are_ordered_in_batches():
    members = [Member(f"m{n:03}.py", TEXT[n * 7 : n * 7 + 40]) for n in range(300)]
    ordered = order_members("x-1", members, 1, 512)
    assert ordered[0] == members[0]
    assert sorted(ordered, key=lambda m: m.path) == members


@given(
    st.integers(1, 8).flatmap(
        lambda n: st.lists(
            st.lists(st.integers(0, 50), min_size=n, max_size=n), min_size=n, max_size=n
        )
    )
)
@settings(max_examples=100, deadline=None)
def test_moves_only_improve_and_keep_the_first(gains):
    def total(chain):
        return sum(gains[a][b] for a, b in itertools.pairwise(chain))

    chain = build_chain(gains)
    better = improve_chain(chain, gains)
    assert sorted(better) == list(range(len(gains)))
    assert better[0] == 0
    assert total(better) >= total(chain)


def test_the_estimate_is_near_and_keeps_the_window():
    tar = write_tar("x-1", pairs(4))
    alike = NOISE[:4000] * 2
    assert estimate_bits(tar, 4096) > 8 * 4 * 1900
    assert estimate_bits(alike, 4096) < 0.6 * estimate_bits(alike, 2048)
    assert estimate_bits(b"", 512) == 0
    assert 8 * len(TEXT) > estimate_bits(TEXT, 4096) > 0
