from __future__ import annotations

import random
import tokenize
from io import BytesIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from micropython import Interpreter
from sdist_upip.errors import ProjectError
from sdist_upip.resources.literals import bytes_literal
from sdist_upip.resources.module import is_resource_module, read_resource_module, resource_module

ALL_BYTES = bytes(range(256))
TRICKY = st.lists(
    st.sampled_from([b"'", b'"', b"\\", b"\n", b"\r", b"\0", b"0", b"8", b"x", b"\x80", b"a"])
).map(b"".join)


def run(source: bytes) -> dict[str, bytes]:
    names: dict[str, dict[str, bytes]] = {}
    exec(compile(source, "R.py", "exec"), names)
    return names["R"]


@given(data=st.one_of(st.binary(), TRICKY))
@example(ALL_BYTES)
@example(ALL_BYTES[::-1])
@example(b"\n# -*- coding: utf-16 -*-\n")
@example(b"\x1a\x0c\xef\xbb\xbf")
def test_every_literal_reads_back(data: bytes) -> None:
    source = resource_module({"a": data})
    assert run(source) == read_resource_module(source) == {"a": data}


@given(name=st.text(st.characters(exclude_categories=["Cs"])))
@example("\\é'\"\n\0001\r")
def test_every_name_reads_back(name: str) -> None:
    source = resource_module({name: b""})
    assert run(source) == read_resource_module(source) == {name: b""}


def test_200_kb_of_random_data_read_back() -> None:
    data = random.Random(5).randbytes(200_000)
    source = resource_module({"noise": data})
    assert run(source) == {"noise": data}
    assert len(source) < 2.6 * len(data)


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


def test_source_is_the_same_for_any_order_of_resources() -> None:
    assert resource_module({"b": b"2", "a": b"1"}) == b"R={'a':b'1',\n'b':b'2'}\n"
    assert resource_module({"a": b"1", "b": b"2"}) == b"R={'a':b'1',\n'b':b'2'}\n"
    assert resource_module({}) == b"R={}\n"


def test_names_stay_utf_8() -> None:
    assert resource_module({"größe.txt": b"1"}) == "R={'größe.txt':b'1'}\n".encode()


def test_a_name_beyond_utf_8_is_refused() -> None:
    with pytest.raises(ProjectError, match=r"not valid UTF-8; rename"):
        resource_module({"\udcff": b""})


def test_only_one_form_of_source_is_utf_8_for_tools() -> None:
    source = resource_module({"a": b"# coding: latin-1\n# coding: latin-1\n\n\n\n", "ü": b""})
    assert tokenize.detect_encoding(BytesIO(source).readline)[0] == "utf-8"


@pytest.mark.parametrize(
    "source",
    [
        b"R = {}\n",
        b"R = {\n'a': b'1',\n'b': b'2',\n}\n",
        b'# made by mpy_bin2res\nR = {\n\n# a\n"a": b"\\xff" b\'x\',\n}',
        b"\xef\xbb\xbfR = {'a': b'\\d'}\r\n",
    ],
)
def test_resource_modules_of_any_layout_are_known(source: bytes) -> None:
    assert is_resource_module(source)


@pytest.mark.parametrize(
    "source",
    [
        b"",
        b"R",
        b"R = 1",
        b"r = {}",
        b"R = S = {}",
        b"R: dict = {}",
        b"R = {}\nR = {}",
        b"'doc'\nR = {'a': b''}",
        b"import x\nR = {'a': b''}",
        b"R = {'a': ''}",
        b"R = {1: b''}",
        b"R = {b'a': b''}",
        b"R = {**S}",
        b"R = {'a': b'' + b''}",
        b"R = {'a': f()}",
        b"R = {",
        b"R = {'a': b'\0'}",
        b"\xff\xfe",
        b"R = " + b"(" * 5000,
    ],
)
def test_other_modules_are_not_resource_modules(source: bytes) -> None:
    assert not is_resource_module(source)
    with pytest.raises(ProjectError, match="not a resource module"):
        read_resource_module(source)


ROUND_TRIP = """
import R
for name in sorted(R.R):
    with open(name, "rb") as f:
        print(name, R.R[name] == f.read(), len(R.R[name]))
"""


def test_micropython_reads_every_literal_alike(interpreter: Interpreter) -> None:
    noise = random.Random(6)
    alphabets = [
        b"\\'\na",
        b"\\\"'d",
        b"'\"\\\n\r\0\x80",
        b"'\n",
        b'"\\',
        b"\0" + bytes(range(48, 58)),
        b"\\dux01'\"",
    ]
    files = {"every": ALL_BYTES, "reversed": ALL_BYTES[::-1], "größe": b"", "quote'\"": b"\\"}
    for number in range(200):
        alphabet = alphabets[number % len(alphabets)]
        files[f"{number}"] = bytes(noise.choices(alphabet, k=noise.randrange(1, 40)))
    for byte in range(256):
        files[f"pair {byte}"] = bytes((byte, 0, byte, 55, 92, byte))
    outcome = interpreter.run(ROUND_TRIP, {**files, "R.py": resource_module(files)})
    assert outcome.lines == [f"{name} True {len(files[name])}" for name in sorted(files)]


def test_micropython_reads_200_kb_of_random_data(interpreter: Interpreter) -> None:
    files = {"noise": random.Random(7).randbytes(200_000)}
    outcome = interpreter.run(
        ROUND_TRIP, {**files, "R.py": resource_module(files)}, heapsize=4 << 20
    )
    assert outcome.lines == ["noise True 200000"]
