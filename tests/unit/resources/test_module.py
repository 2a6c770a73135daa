from __future__ import annotations

import random
import tokenize
from io import BytesIO

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sdist_upip.errors import ProjectError
from sdist_upip.resources.module import is_resource_module, read_resource_module, resource_module
from support.odd_bytes import ALL_BYTES, TRICKY


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


def test_source_is_the_same_for_any_order_of_resources() -> None:
    assert resource_module({"b": b"2", "a": b"1"}) == b"R={'a':b'1',\n'b':b'2'}\n"
    assert resource_module({"a": b"1", "b": b"2"}) == b"R={'a':b'1',\n'b':b'2'}\n"
    assert resource_module({}) == b"R={}\n"


def test_names_stay_utf_8() -> None:
    assert resource_module({"größe.txt": b"1"}) == "R={'größe.txt':b'1'}\n".encode()


def test_a_name_beyond_utf_8_is_refused() -> None:
    with pytest.raises(ProjectError, match=r"not valid UTF-8\. Rename"):
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
        b"R = {'a': b'\0'}",
    ],
)
def test_resource_modules_of_any_layout_are_known(source: bytes) -> None:
    assert is_resource_module(source)


def test_letters_that_only_micropython_reads() -> None:
    source = "R = {'°': b'°\0\\n'}".encode()
    assert read_resource_module(source) == {"°": b"\xc2\xb0\0\n"}


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
        b"R = {'a': br'\0' 'x'}",
        b"\xff\xfe",
        b"R = " + b"(" * 5000,
    ],
)
def test_other_modules_are_not_resource_modules(source: bytes) -> None:
    assert not is_resource_module(source)
    with pytest.raises(ProjectError, match="not a resource module"):
        read_resource_module(source)
