import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from sdist_upip import Member
from sdist_upip.archive.order import build_chain, improve_chain, order_members
from support.archives import pairs
from support.samples import TEXT


def test_alike_members_meet():
    members = pairs(10)
    ordered = order_members("x-1", members, 0, 4096)
    assert sorted(ordered, key=lambda m: m.path) == members
    meetings = sum(a.path[1:] == b.path[1:] for a, b in itertools.pairwise(ordered))
    assert meetings == 10


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
