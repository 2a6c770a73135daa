"""Writes raw deflate streams symbol by symbol, also those that no compressor writes."""

from __future__ import annotations

from sdist_upip.deflate.format import (
    DISTANCE_BASE,
    DISTANCE_EXTRA,
    FIXED_DISTANCE_BITS,
    FIXED_LITERAL_BITS,
    LENGTH_BASE,
    LENGTH_CODE_ORDER,
    LENGTH_EXTRA,
)
from support.slow_inflate import code_strings

FLAT = [4] * 13 + [5] * 6
"""A complete code length code with a code for each of its symbols."""


def complete(used, size):
    """Return `size` code lengths of a complete code in which the symbols `used` have codes."""
    lengths = [0] * size
    bits = (len(used) - 1).bit_length()
    short = (1 << bits) - len(used)
    for index, symbol in enumerate(used):
        lengths[symbol] = bits - 1 if index < short else bits
    return lengths


class DeflateWriter:
    """Collects bits; `bytes(writer)` pads the last byte with zeros."""

    def __init__(self):
        self.bits = []

    def __bytes__(self):
        padded = self.bits + [0] * (-len(self.bits) % 8)
        return bytes(
            sum(bit << i for i, bit in enumerate(padded[j : j + 8]))
            for j in range(0, len(padded), 8)
        )

    def number(self, value, bits):
        self.bits += [value >> i & 1 for i in range(bits)]
        return self

    def code(self, text):
        self.bits += map(int, text)
        return self

    def stored(self, data, final=True):
        self.number(final, 1).number(0, 2)
        self.number(0, -len(self.bits) % 8)
        self.number(len(data), 16).number(len(data) ^ 0xFFFF, 16)
        for byte in data:
            self.number(byte, 8)
        return self

    def fixed(self, symbols, final=True):
        """Write a fixed block. A symbol is a literal, a (length, distance) pair, or 256."""
        self.number(final, 1).number(1, 2)
        return self.symbols(symbols, FIXED_LITERAL_BITS, FIXED_DISTANCE_BITS)

    def dynamic(self, literals, distances, symbols=(), final=True, length_code=FLAT):
        """Write a dynamic block with these code lengths, without repeat codes."""
        self.header(literals, distances, final, length_code)
        codes = {symbol: text for text, symbol in code_strings(length_code).items()}
        for length in (*literals, *distances):
            self.code(codes[length])
        return self.symbols(symbols, literals, distances)

    def header(self, literals, distances, final=True, length_code=FLAT):
        self.number(final, 1).number(2, 2)
        self.number(len(literals) - 257, 5).number(len(distances) - 1, 5).number(15, 4)
        for symbol in LENGTH_CODE_ORDER:
            self.number(length_code[symbol], 3)
        return self

    def symbols(self, symbols, literals, distances):
        literal_codes = {symbol: text for text, symbol in code_strings(literals).items()}
        distance_codes = {symbol: text for text, symbol in code_strings(distances).items()}
        for symbol in symbols:
            if isinstance(symbol, int):
                self.code(literal_codes[symbol])
                continue
            length, distance = symbol
            self._value(length, LENGTH_BASE, LENGTH_EXTRA, literal_codes, 257)
            self._value(distance, DISTANCE_BASE, DISTANCE_EXTRA, distance_codes, 0)
        return self

    def _value(self, value, bases, extras, codes, offset):
        index = max(i for i, base in enumerate(bases) if base <= value)
        self.code(codes[index + offset]).number(value - bases[index], extras[index])
