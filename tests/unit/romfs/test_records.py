"""The numbers of records, as MicroPython and the reader of .mpy files read them."""

import pytest

from sdist_upip.mpy.compiler import read_number
from sdist_upip.romfs.records import MAGIC, encode_number, number_width

NUMBERS = [0, 1, 0x7F, 0x80, 0x3FFF, 0x4000, 1 << 20, (1 << 32) - 1]


@pytest.mark.parametrize("number", NUMBERS)
def test_numbers_are_read_again(number):
    encoded = encode_number(number)
    assert len(encoded) == number_width(number)
    assert read_number(encoded, 0) == (number, len(encoded))


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("width", [2, 6])
def test_bytes_before_a_number_change_nothing(number, width):
    encoded = encode_number(number, width)
    assert len(encoded) == max(width, number_width(number))
    assert read_number(encoded, 0) == (number, len(encoded))


def test_the_kind_of_an_image_is_a_number():
    assert encode_number(0x14A6B1) == MAGIC
