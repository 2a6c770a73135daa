import pytest
from hypothesis import given

from sdist_upip.resources.literals import bytes_literal
from support.odd_bytes import TRICKY


@given(data=TRICKY)
def test_no_literal_is_longer_than_repr(data: bytes) -> None:
    assert len(bytes_literal(data)) <= len(repr(data))


@pytest.mark.parametrize(
    ("data", "literal"),
    [
        (b"", b"b''"),
        (b"plain", b"b'plain'"),
        (b"it's", b'b"it\'s"'),
        (b'"it\'s"', rb"""b'"it\'s"'"""),
        (b"one\ntwo", rb"b'one\ntwo'"),
        (b"1\n2\n3\n4\n5\n6", b"b'''1\n2\n3\n4\n5\n6'''"),
        (b"'\"" * 5, b"b'''" + b"'\"" * 5 + b"'''"),
        (b"\"'" * 5, b'b"""' + b"\"'" * 5 + b'"""'),
        (b"\0", rb"b'\0'"),
        (b"\x008\x009", rb"b'\08\09'"),
        (b"\x007", rb"b'\x007'"),
        (b"\0\x001", rb"b'\0\x001'"),
        (b"\0\r", rb"b'\0\r'"),
        (b"\xff\x80", rb"b'\xff\x80'"),
        (b"\x01\t\x7f", b"b'\x01\t\x7f'"),
        (b"\\", rb"b'\\'"),
        (b"\\d", rb"b'\\d'"),
        (b"\\d\\d", rb"br'\d\d'"),
        (b"\\d\\d\\", rb"b'\\d\\d\\'"),
        (b"\\'\\\\\"", rb"""br'\'\\"'"""),
        (b"\\\n\\", rb"b'\\\n\\'"),
        (b"\\\n\\d", b"br'\\\n\\d'"),
        (b"\\d\\d'", rb'''br"\d\d'"'''),
    ],
)
def test_the_literal_is_the_shortest(data: bytes, literal: bytes) -> None:
    assert bytes_literal(data) == literal
