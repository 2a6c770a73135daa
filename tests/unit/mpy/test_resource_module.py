"""R.mpy is read as mpy-cross wrote it, and any other module is not a resource module."""

import random

import pytest

from sdist_upip.limits import SIZE_LIMIT
from sdist_upip.mpy.compiler import read_number
from sdist_upip.mpy.resource_module import read_compiled_resources
from support.compiled_resources import COMPILED, OTHERS, RESOURCES


def test_the_resources_are_those_of_the_source():
    assert read_compiled_resources(COMPILED) == RESOURCES


@pytest.mark.parametrize("source", OTHERS)
def test_other_modules_have_no_resources(source):
    assert read_compiled_resources(OTHERS[source]) is None


@pytest.mark.parametrize("data", [b"", b"M", b"M\x06", b"M\x05" + COMPILED[2:], b"R={}\n"])
def test_other_files_have_no_resources(data):
    assert read_compiled_resources(data) is None


def test_no_damage_raises():
    for end in range(len(COMPILED)):
        assert read_compiled_resources(COMPILED[:end]) is None
    chance = random.Random(1)
    for position in range(len(COMPILED)):
        damaged = bytearray(COMPILED)
        damaged[position] ^= chance.randrange(1, 256)
        read_compiled_resources(bytes(damaged))


def test_one_constant_under_many_names_has_a_limit():
    # 40 names with the same 1 MiB: the file has 1 MiB, and its resources would have 40.
    large = bytes(1 << 20)
    names = [f"{number}" for number in range(40)]
    assert read_compiled_resources(make_module(names[:16], large)).keys() == set(names[:16])
    assert 40 * len(large) > SIZE_LIMIT
    assert read_compiled_resources(make_module(names, large)) is None


def make_module(names, content):
    """Return an R.mpy with the same content under each name."""
    strings = ["R.py", "<module>", *names, "R"]
    code = bytes((0x10, 0x02, 0x01, 0x2C, len(names)))
    for number in range(len(names)):
        code += bytes((0x23, 0x00, 0x10, number + 2, 0x62))
    code += bytes((0x16, len(names) + 2, 0x51, 0x63))
    data = b"M\x06\x00\x1f" + write_number(len(strings)) + b"\x01"
    for text in strings:
        data += write_number(len(text) << 1) + text.encode() + b"\0"
    data += b"\x06" + write_number(len(content)) + content + b"\0"
    return data + write_number(len(code) << 3) + code


def write_number(number):
    parts = [number & 0x7F]
    while number := number >> 7:
        parts.append(number & 0x7F | 0x80)
    return bytes(reversed(parts))


def test_large_numbers_are_refused_at_once():
    assert read_number(write_number(1 << 31), 0) == (1 << 31, 5)
    with pytest.raises(ValueError):
        read_number(b"\xff" * 100, 0)
