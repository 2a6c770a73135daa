"""A slow and simple inflate: one bit at a time, codes as strings in a dict."""

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


class Bits:
    """The bits of a stream, one after the other. Raises IndexError at its end."""

    def __init__(self, stream):
        self.stream = stream
        self.position = 0

    def one(self):
        bit = self.stream[self.position // 8] >> self.position % 8 & 1
        self.position += 1
        return bit

    def number(self, bits):
        return sum(self.one() << i for i in range(bits))

    def symbol(self, codes):
        code = ""
        while code not in codes:
            code += str(self.one())
        return codes[code]


def code_strings(lengths):
    """Return {code as a string of 0 and 1: symbol}, by the algorithm of RFC 1951, 3.2.2."""
    codes = {}
    code = 0
    for bits in range(1, 16):
        for symbol, length in enumerate(lengths):
            if length == bits:
                codes[format(code, f"0{bits}b")] = symbol
                code += 1
        code *= 2
    return codes


def read_code_lengths(bits):
    literals, distances, used = bits.number(5) + 257, bits.number(5) + 1, bits.number(4) + 4
    lengths = [0] * 19
    for symbol in LENGTH_CODE_ORDER[:used]:
        lengths[symbol] = bits.number(3)
    codes = code_strings(lengths)
    result = []
    while len(result) < literals + distances:
        symbol = bits.symbol(codes)
        if symbol < 16:
            result.append(symbol)
        elif symbol == 16:
            result += [result[-1]] * (3 + bits.number(2))
        elif symbol == 17:
            result += [0] * (3 + bits.number(3))
        else:
            result += [0] * (11 + bits.number(7))
    return code_strings(result[:literals]), code_strings(result[literals:])


def inflate(stream):
    """Decode a valid raw stream into (data, [(output offset, distance), …], bits read)."""
    bits = Bits(stream)
    data = bytearray()
    matches = []
    final = False
    while not final:
        final, kind = bits.one(), bits.number(2)
        if kind == 0:
            bits.position += -bits.position % 8
            length = bits.number(16)
            assert bits.number(16) == length ^ 0xFFFF
            data += bytes(bits.number(8) for _ in range(length))
            continue
        if kind == 1:
            literals, distances = (
                code_strings(FIXED_LITERAL_BITS),
                code_strings(FIXED_DISTANCE_BITS),
            )
        else:
            literals, distances = read_code_lengths(bits)
        while (symbol := bits.symbol(literals)) != 256:
            if symbol < 256:
                data.append(symbol)
                continue
            length = LENGTH_BASE[symbol - 257] + bits.number(LENGTH_EXTRA[symbol - 257])
            symbol = bits.symbol(distances)
            distance = DISTANCE_BASE[symbol] + bits.number(DISTANCE_EXTRA[symbol])
            matches.append((len(data), distance))
            for _ in range(length):
                data.append(data[-distance])
    return bytes(data), matches, bits.position
