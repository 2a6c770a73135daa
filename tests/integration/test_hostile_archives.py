"""Whatever happens to an archive, checking it ends in a report, and a clean report is true."""

import io
import json
import tarfile

from hypothesis import given, settings
from hypothesis import strategies as st

from sdist_upip import ArchiveError
from sdist_upip.check.archive import check_bytes
from sdist_upip.check.problem import CODES
from sdist_upip.check.summary import summarize
from sdist_upip.cli.check_output import as_json, render_reports
from sdist_upip.deflate.trace import trace
from sdist_upip.messages.output import format_line
from support.odd_archives import CLEAN, DEFECTS, FILENAME, archive, pack, tar

PACKED = [archive(), *(data for _, data in DEFECTS.values() if data and len(data) < 20_000)]
UNPACKED = [tar(CLEAN)]
LIMIT = 1 << 20

numbers = st.integers(0, 1 << 30)
mutation = st.one_of(
    st.tuples(st.just("flip"), numbers, st.integers(0, 7)),
    st.tuples(st.just("cut"), numbers, numbers),
    st.tuples(st.just("splice"), numbers, st.binary(max_size=40)),
    st.tuples(st.just("repeat"), numbers, st.integers(1, 2000)),
    st.tuples(st.just("overwrite"), numbers, st.binary(min_size=1, max_size=12)),
)


def mutate(data, mutations):
    data = bytearray(data)
    for kind, place, what in mutations:
        place %= max(1, len(data))
        if kind == "flip" and data:
            data[place] ^= 1 << what
        elif kind == "cut":
            del data[place : place + what % 3000]
        elif kind == "splice":
            data[place:place] = what
        elif kind == "repeat":
            data[place:place] = data[place : place + what]
        elif kind == "overwrite":
            data[place : place + len(what)] = what
    return bytes(data)


def hold(data, filename=FILENAME):
    """Check `data`; whatever it is, the report is sound and can be shown."""
    report = check_bytes(data, filename)
    assert all(problem.code in CODES for problem in report.problems)
    assert all(problem.message.strip() for problem in report.problems)
    json.dumps(as_json([report], strict=True))
    for encoding in ("utf-8", "ascii"):
        for line in render_reports([report]):
            shown = format_line(line, encoding, styles=False)
            assert shown.encode(encoding)
            assert shown.isprintable()
    if not report.problems:
        with tarfile.open(fileobj=io.BytesIO(data)) as opened:
            members = opened.getmembers()
            assert len({member.name for member in members}) == len(members)
            assert all(member.isreg() for member in members)
            assert all(member.name.startswith("x-1.0/") for member in members)
            assert all(opened.extractfile(member).read() is not None for member in members)
    return report


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(PACKED), st.lists(mutation, min_size=1, max_size=4))
def test_mutated_files(data, mutations):
    hold(mutate(data, mutations))


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(UNPACKED), st.lists(mutation, min_size=1, max_size=6))
def test_mutated_tars(data, mutations):
    hold(pack(mutate(data, mutations)))


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(sorted(CLEAN)),
    st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(lambda text: text.encode("utf-8", "surrogatepass")),
        st.lists(mutation, min_size=1, max_size=4),
    ),
)
def test_mutated_members(path, change):
    original = CLEAN[path] if isinstance(CLEAN[path], bytes) else CLEAN[path].encode()
    data = mutate(original, change) if isinstance(change, list) else change
    hold(archive({**CLEAN, path: data}))


@settings(deadline=None, max_examples=150)
@given(st.text(max_size=40))
def test_any_file_name(filename):
    hold(archive(), filename)


def test_no_flipped_bit_that_changes_content_goes_unseen():
    data = archive()
    content = tar(CLEAN)
    seen = 0
    for bit in range(8 * 10, 8 * len(data), 7):
        flipped = bytearray(data)
        flipped[bit // 8] ^= 1 << bit % 8
        if hold(bytes(flipped)).errors:
            seen += 1
        else:
            # A bit of padding, or a match that finds the same bytes elsewhere.
            assert trace(bytes(flipped[10:]), LIMIT).data == content
    assert seen > len(data)


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(UNPACKED), st.lists(mutation, max_size=4))
def test_show_shows_it_or_says_why_not(tmp_path_factory, data, mutations):
    path = tmp_path_factory.mktemp("show") / FILENAME
    path.write_bytes(pack(mutate(data, mutations)))
    try:
        summary = summarize(path)
    except ArchiveError as error:
        assert str(path) in str(error)
    else:
        assert sum(member.packed for member in summary.members) + summary.overhead == summary.size
        assert all(member.packed >= 0 for member in summary.members)
