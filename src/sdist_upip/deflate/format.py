"""The constants of RFC 1951 that the encoder and the decoder share."""

from __future__ import annotations

MIN_MATCH = 3
MAX_MATCH = 258

END_OF_BLOCK = 256
MAX_CODE_BITS = 15
MAX_LENGTH_CODE_BITS = 7
STORED, FIXED, DYNAMIC = 0, 1, 2
STORED_LIMIT = 65535
"""Most bytes of one stored block."""

LENGTH_EXTRA = (*[0] * 8, *[1] * 4, *[2] * 4, *[3] * 4, *[4] * 4, *[5] * 4, 0)
"""Extra bits of the length symbols 257 … 285."""
LENGTH_BASE = (
    *(3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31),
    *(35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258),
)
"""Least match length, in bytes, of the length symbols 257 … 285."""

DISTANCE_EXTRA = tuple(max(0, symbol // 2 - 1) for symbol in range(30))
"""Extra bits of the distance symbols 0 … 29."""
DISTANCE_BASE = tuple(
    symbol + 1 if symbol < 4 else ((2 + symbol % 2) << DISTANCE_EXTRA[symbol]) + 1
    for symbol in range(30)
)
"""Least distance, in bytes, of the distance symbols 0 … 29."""

LENGTH_CODE_ORDER = (16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15)
"""The order in which a dynamic block stores the lengths of its code length code."""

FIXED_LITERAL_BITS = (*[8] * 144, *[9] * 112, *[7] * 24, *[8] * 8)
"""Code lengths of the fixed literal and length code, symbols 0 … 287."""
FIXED_DISTANCE_BITS = (5,) * 30
"""Code lengths of the fixed distance code."""
