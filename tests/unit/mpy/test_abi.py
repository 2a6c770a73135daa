"""ABIs: in the header of a module, as keywords, and which of them go together."""

import re

import pytest

from sdist_upip.errors import ArchiveError
from sdist_upip.metadata.core import CoreMetadata
from sdist_upip.mpy.abi import (
    Abi,
    common_abi,
    find_abi_defects,
    keywords_abi,
    read_abi,
    with_abi_keyword,
)

HEAD = b"Metadata-Version: 2.1\nName: x\nVersion: 1\n"


BYTECODE, THUMB, XTENSA = b"M\x06\x00\x1f", b"M\x06\x13\x1f", b"M\x06\x2b\x1f"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (BYTECODE, Abi(6)),
        (b"M\x06\x03\x1f", Abi(6)),
        (THUMB, Abi(6, 3, 4)),
        (XTENSA, Abi(6, 3, 10)),
        (b"M\x05\x02\x1f", Abi(5)),
    ],
)
def test_the_header_states_the_abi(data, expected):
    assert read_abi(data) == expected


@pytest.mark.parametrize("data", [b"", b"M\x06", b"C\x06\x00\x1f", b"import x\n"])
def test_a_file_that_is_not_mpy_is_refused(data):
    with pytest.raises(ArchiveError, match=r"invalid \.mpy header"):
        read_abi(data)


def test_a_keyword_is_read_as_it_is_written():
    for abi in (Abi(6), Abi(6, 3, 4), Abi(6, 0, 12)):
        metadata = with_abi_keyword(CoreMetadata((("Keywords", "a b"),)), abi)
        assert keywords_abi(metadata) == (abi,)
        assert with_abi_keyword(metadata, abi) == metadata
    assert keywords_abi(CoreMetadata((("Keywords", "mpy-x,xmpy-6,mpy"),))) == ()


def test_bytecode_goes_with_machine_code_of_its_format():
    assert common_abi([Abi(6), Abi(6, 3, 4), Abi(6)]) == Abi(6, 3, 4)
    assert common_abi([]) is None
    for abis in ([Abi(5), Abi(6)], [Abi(6, 3, 4), Abi(6, 3, 10)], [Abi(6, 2, 4), Abi(6, 3, 4)]):
        with pytest.raises(ArchiveError, match="no interpreter loads both"):
            common_abi(abis)


@pytest.mark.parametrize(
    ("words", "files", "expected"),
    [
        ("mpy-6", {"a.mpy": BYTECODE}, []),
        ("led,mpy-6.3.4", {"a.mpy": BYTECODE, "b.mpy": THUMB}, []),
        ("led", {}, []),
        ("mpy-6", {"a.mpy": THUMB}, ["PKG-INFO"]),
        ("led", {"a.mpy": BYTECODE}, []),
        ("mpy-6,mpy-5", {"a.mpy": BYTECODE}, ["PKG-INFO"]),
        ("mpy-6", {}, ["PKG-INFO"]),
        ("mpy-6", {"a.mpy": b"text"}, ["a.mpy", "PKG-INFO"]),
        ("mpy-6.3.4", {"a.mpy": THUMB, "b.mpy": XTENSA}, ["a.mpy"]),
    ],
)
def test_conflicts_are_found_before_installing(words, files, expected):
    head = HEAD + f"Keywords: {words}\n".encode()
    found = list(find_abi_defects({"PKG-INFO": head, **files}))
    assert [path for path, _ in found] == expected
    assert all(re.search(r"\. [A-Z].*\.$", text) for _, text in found)
    assert list(find_abi_defects({"PKG-INFO": b"\xff", "a.mpy": BYTECODE})) == []
