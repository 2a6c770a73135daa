import io
import tarfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sdist_upip.check.tar_scan import scan_tar
from support.odd_archives import CLEAN, END, GNU, entry, pad, tar


def codes(data):
    return [problem.code for problem in scan_tar(data).problems]


def names(data):
    return [entry.name for entry in scan_tar(data).entries]


def test_a_clean_tar():
    scan = scan_tar(tar(CLEAN))
    assert scan.problems == []
    assert scan.complete
    assert [e.name for e in scan.entries] == [f"x-1.0/{path}" for path in CLEAN]
    assert all(e.plain and not e.is_directory for e in scan.entries)


FORMATS = [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]


@settings(deadline=None, max_examples=150)
@given(
    st.lists(
        st.tuples(
            st.text(
                st.characters(codec="utf-8", exclude_characters="\0/"), min_size=1, max_size=140
            ),
            st.binary(max_size=1500),
        ),
        min_size=1,
        max_size=6,
    ),
    st.sampled_from(FORMATS),
)
def test_names_and_data_are_those_that_tarfile_wrote(files, form):
    buffer = io.BytesIO()
    written = []
    with tarfile.open(fileobj=buffer, mode="w", format=form) as archive:
        for name, data in files:
            info = tarfile.TarInfo(f"x-1.0/{name}")
            info.size = len(data)
            try:
                archive.addfile(info, io.BytesIO(data))
            except ValueError:  # too long for USTAR
                continue
            written.append((info.name, data))
    scan = scan_tar(buffer.getvalue())
    plain = [e for e in scan.entries if e.kind == b"0"]
    assert scan.complete
    assert [(e.name, e.data) for e in plain] == written


def test_a_pax_header_renames_the_next_member_only():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo("x-1.0/" + "é" * 60))
        archive.addfile(tarfile.TarInfo("x-1.0/plain"))
    scan = scan_tar(buffer.getvalue())
    assert [e.name for e in scan.entries][1:] == ["x-1.0/" + "é" * 60, "x-1.0/plain"]
    assert [(p.code, p.path) for p in scan.problems] == [
        ("tar-name-length", "x-1.0/" + "é" * 60),
    ]


def test_a_pax_header_for_a_time_and_a_name_has_both_problems():
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("x-1.0/" + "n" * 100)
        info.mtime = 1.5
        archive.addfile(info)
    assert sorted(codes(buffer.getvalue())) == ["tar-name-length", "tar-pax"]


def test_a_name_without_end_is_cut():
    records = b"200020 path=x-1.0/" + b"nn" * 100_000 + b"f"
    records += b"\n" * (200_020 - len(records))
    scan = scan_tar(entry("h", records, b"x") + entry("cut") + END)
    assert len(scan.entries[1].name) == 4096
    assert [p.code for p in scan.problems] == ["tar-name-length"]


def test_a_global_pax_header_as_of_git_archive():
    data = entry("pax_global_header", "52 comment=" + "0" * 40 + "\n", b"g") + tar(CLEAN)
    problems = scan_tar(data).problems
    assert [(p.code, p.path) for p in problems] == [("tar-pax", "x-1.0/PKG-INFO")]
    assert "(comment)" in problems[0].message


@pytest.mark.parametrize(
    "records", ["", "junk", "9999 path=x\n", "0 path=x\n", "8 path=x", "4 a=\n2 \n", "9" * 400]
)
def test_broken_pax_records_do_no_harm(records):
    data = entry("h", records, b"x") + tar(CLEAN)
    assert codes(data) == ["tar-pax"]
    assert names(data)[1] == "x-1.0/PKG-INFO"


def test_gnu_long_names():
    long_name = "x-1.0/" + "n" * 120
    long = entry("././@LongLink", long_name + "\0", b"L", magic=GNU)
    short = entry("././@LongLink", "x-1.0/s\0", b"L", magic=GNU)
    member = entry("cut", magic=GNU)
    data = long + member + short + member + member + END
    scan = scan_tar(data)
    assert [e.name for e in scan.entries if e.plain] == [long_name, "x-1.0/s", "cut"]
    assert [p.code for p in scan.problems] == ["tar-name-length", "tar-gnu", "tar-format"]


def test_prefixes_make_names_and_are_reported_by_their_length():
    short, long = entry("f.py", prefix=b"x-1.0"), entry("f" * 90, prefix=b"x-1.0/" + b"p" * 80)
    assert names(short + END) == ["x-1.0/f.py"]
    assert codes(short + END) == ["tar-prefix"]
    assert codes(long + END) == ["tar-name-length"]


def test_gnu_headers_have_no_prefix():
    data = entry("x-1.0/f.py", magic=GNU, prefix=b"14000000000") + END
    assert names(data) == ["x-1.0/f.py"]
    assert codes(data) == ["tar-format"]


def test_old_headers_are_reported_once():
    data = entry("x-1.0/f.py", magic=b"") + entry("x-1.0/g.py", magic=b"") + END
    (problem,) = scan_tar(data).problems
    assert problem.code == "tar-format"
    assert problem.message.startswith("2 headers are in old (v7) format")


def test_sizes_that_devices_cannot_read_are_read_all_the_same():
    for size in (b"\x80" + bytes(10) + b"\x03", b"3", b"00000000003 ", b"          3"):
        scan = scan_tar(entry("x-1.0/f", b"abc", size=size) + END)
        assert scan.entries[0].data == b"abc"
        expected = [] if size in (b"00000000003 ", b"          3") else ["tar-size"]
        assert [p.code for p in scan.problems] == expected


@pytest.mark.parametrize("size", [b"\xff" * 12, b"0000000009\0", b"-0000000001", b"0x000000010"])
def test_sizes_that_cannot_be_read_end_the_scan(size):
    scan = scan_tar(entry("x-1.0/f", b"abc", size=size) + END)
    assert [p.code for p in scan.problems] == ["tar-size"]
    assert not scan.complete


def test_huge_sizes_are_truncations():
    scan = scan_tar(entry("x-1.0/f", b"abc", size=b"\x80" + b"\xff" * 11) + END)
    assert [p.code for p in scan.problems] == ["tar-size", "tar-truncated"]


def test_checksums_of_signed_bytes_are_right_too():
    header = bytearray(entry("x-1.0/caf\u00e9"))
    signed = sum(header[:148]) + 256 + sum(header[156:]) - 256 * sum(byte > 127 for byte in header)
    header[148:156] = b"%06o\0 " % signed
    assert codes(bytes(header) + END) == []


def test_a_damaged_header_is_passed_and_garbage_ends_the_scan():
    damaged = bytearray(tar(CLEAN))
    damaged[5] ^= 1
    scan = scan_tar(bytes(damaged))
    assert [p.code for p in scan.problems] == ["tar-checksum"]
    assert len(scan.entries) == len(CLEAN)
    garbage = entry("x-1.0/f") + pad(b"no header" * 40) + END
    scan = scan_tar(garbage)
    assert [p.code for p in scan.problems] == ["tar-checksum"]
    assert not scan.complete


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "not-tar"),
        (END, "not-tar"),
        (b"text", "not-tar"),
        (b"text" * 1000, "not-tar"),
        (entry("x-1.0/f"), "tar-end"),
        (entry("x-1.0/f") + END[:512], "tar-end"),
        (entry("x-1.0/f") + END[:100], "tar-end"),
        (entry("x-1.0/f") + END[:512] + entry("x-1.0/g"), "tar-end"),
        (entry("x-1.0/f") + entry("x-1.0/g")[:300], "tar-checksum"),
        (entry("x-1.0/f", b"abc")[:513], "tar-truncated"),
        (entry("x-1.0/f") + END + entry("x-1.0/g"), "tar-trailing"),
    ],
)
def test_ends(data, code):
    assert codes(data) == [code]


def test_more_zero_blocks_are_fine():
    assert codes(tar(CLEAN) + bytes(10240)) == []


def test_a_file_with_a_final_slash_is_a_directory():
    (found,) = scan_tar(entry("x-1.0/f/") + END).entries
    assert found.is_directory and not found.plain


@pytest.mark.parametrize(
    ("kind", "code", "name"),
    [
        (b"1", "tar-link", "hard link"),
        (b"2", "tar-link", "symbolic link"),
        (b"3", "tar-special", "character device"),
        (b"4", "tar-special", "block device"),
        (b"6", "tar-special", "FIFO"),
        (b"5", "tar-special", "folder"),
        (b"7", "tar-type", "type 7"),
        (b"V", "tar-gnu", "GNU volume label"),
        (b"S", "tar-gnu", "GNU sparse file"),
        (b"\0", None, "file"),
    ],
)
def test_kinds(kind, code, name):
    scan = scan_tar(entry("x-1.0/f", kind=kind) + END)
    assert [p.code for p in scan.problems] == ([code] if code else [])
    assert scan.entries[0].kind_name == name
