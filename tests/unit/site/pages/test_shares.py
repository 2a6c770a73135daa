"""The shares of files of the archive."""

from sdist_upip.site.pages.shares import Share, find_overhead, find_shares
from sdist_upip.site.records import PackedMember
from support.site_records import make_release

MEMBERS = (PackedMember("b", 5, 30), PackedMember("a", 7, 30), PackedMember("c", 900, 39))


def test_files_with_the_largest_share_come_first():
    release = make_release(members=MEMBERS, size=100, overhead=1)
    assert find_shares(release) == [
        Share("c", 900, 39, "39.0"),
        Share("a", 7, 30, "30.0"),
        Share("b", 5, 30, "30.0"),
    ]
    assert find_overhead(release) == Share("", 0, 1, "1.0")


def test_a_share_is_a_percentage_whatever_the_record_states():
    release = make_release(members=(PackedMember("a", 1, 10**9),), size=3, overhead=-1)
    assert [one.percent for one in (*find_shares(release), find_overhead(release))] == [
        "100.0",
        "0.0",
    ]
    assert find_overhead(make_release(size=0)).percent == "0.0"
