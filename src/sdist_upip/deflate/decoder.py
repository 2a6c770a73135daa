"""A decoder of deflate streams that records distances and bit positions.

`trace` is the public function for it.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..errors import LimitError, StreamError, TruncatedError
from .format import DYNAMIC, END_OF_BLOCK, LENGTH_CODE_ORDER, STORED
from .tables import (
    LENGTH_OFFSET,
    LINK,
    PRIMARY_BITS,
    Table,
    build_distance_table,
    build_fixed_tables,
    build_length_code_table,
    build_literal_table,
)

_REFILL = 8
"""Bytes that enter the bit buffer at once, more than a symbol with all its extra bits (48 bits)."""
_ENOUGH = 48
TABLE_LIMIT = 16384
"""Most dynamic blocks whose codes are read; 1 MB of nothing else would take 8 s."""

_LITERAL_CODES = 286
_DISTANCE_CODES = 30
_REPEAT = 16
"""Symbols of the code length code from here on repeat the last length, or zero."""


class Decoder:
    """The state of decoding: a bit buffer before `position` of the stream, and the output so far.

    After its end the stream reads as zeros. `bit_position` shows whether that happened.
    """

    __slots__ = (
        "buffer",
        "count",
        "distance",
        "fixed",
        "limit",
        "mark_bits",
        "marks",
        "output",
        "position",
        "stream",
        "tables",
    )

    def __init__(self, stream: bytes, limit: int, marks: Sequence[int]) -> None:
        self.stream = stream
        self.limit = limit
        self.marks = marks
        self.mark_bits: list[int] = []
        self.position = 0
        self.buffer = 0
        self.count = 0
        self.output = bytearray()
        self.distance = 0
        self.fixed: tuple[Table, Table] | None = None
        self.tables = 0

    @property
    def bit_position(self) -> int:
        """The number of bits taken so far."""
        return 8 * self.position - self.count

    def take(self, bits: int) -> int:
        """Return the next `bits` bits, at most 48, first bit lowest."""
        if self.count < bits:
            self.refill()
        value = self.buffer & ((1 << bits) - 1)
        self.buffer >>= bits
        self.count -= bits
        return value

    def refill(self) -> None:
        if self.bit_position > 8 * len(self.stream):
            raise self.truncated()
        chunk = self.stream[self.position : self.position + _REFILL]
        self.buffer |= int.from_bytes(chunk, "little") << self.count
        self.position += _REFILL
        self.count += 8 * _REFILL

    def truncated(self) -> TruncatedError:
        return TruncatedError(
            f"The deflate stream is truncated after {len(self.stream)} bytes, inside a block"
        )

    def too_long(self) -> LimitError:
        return LimitError(f"The deflate stream decodes to more than {self.limit:,} bytes")

    def invalid(self, defect: str) -> StreamError:
        """Return the error for `defect`, or `truncated()` past the end of the stream."""
        if self.bit_position > 8 * len(self.stream):
            return self.truncated()
        return StreamError(f"The deflate stream is invalid at bit {self.bit_position}: {defect}")

    def read_block(self, kind: int) -> int:
        """Decode a block of `kind` after its three bits; return the bit where its body starts."""
        if kind == STORED:
            return self.read_stored()
        if kind > DYNAMIC:
            raise self.invalid("there is no block type 3")
        if kind == DYNAMIC:
            self.tables += 1
            if self.tables > TABLE_LIMIT:
                raise LimitError(f"The deflate stream has more than {TABLE_LIMIT:,} dynamic blocks")
            literals, distances = self.read_tables()
        else:
            self.fixed = self.fixed or build_fixed_tables()
            literals, distances = self.fixed
        body_bit = self.bit_position
        while not self.read_symbols(literals, distances, self.next_stop()):
            pass
        return body_bit

    def next_stop(self) -> int:
        """Record the marks that the output has reached; return the size to stop at next."""
        size = len(self.output)
        if size > self.limit:
            raise self.too_long()
        while len(self.mark_bits) < len(self.marks):
            mark = self.marks[len(self.mark_bits)]
            if mark > size:
                return min(mark, self.limit + 1)
            self.mark_bits.append(self.bit_position)
        return self.limit + 1

    def read_stored(self) -> int:
        """Copy a stored block; return the bit where its content starts."""
        self.take(self.count % 8)
        length, complement = self.take(16), self.take(16)
        if length ^ complement != 0xFFFF:
            raise self.invalid("the length of a stored block does not match its complement")
        body_bit = self.bit_position
        position = body_bit // 8
        if position + length > len(self.stream):
            raise self.truncated()
        size = len(self.output)
        if size + length > self.limit:
            raise self.too_long()
        for mark in self.marks[len(self.mark_bits) :]:
            if mark > size + length:
                break
            self.mark_bits.append(body_bit + 8 * (mark - size))
        self.output += self.stream[position : position + length]
        self.position = position + length
        self.buffer = self.count = 0
        return body_bit

    def read_tables(self) -> tuple[Table, Table]:
        """Read a dynamic block's header: its literal and length code and its distance code."""
        literals, distances = self.read_code_lengths()
        try:
            return build_literal_table(literals), build_distance_table(distances)
        except StreamError as error:
            raise self.invalid(str(error)) from error

    def read_code_lengths(self) -> tuple[list[int], list[int]]:
        """Read a dynamic block's header: the lengths of its two codes in bits, by symbol."""
        literals, distances, length_codes = self.take(5) + 257, self.take(5) + 1, self.take(4) + 4
        if literals > _LITERAL_CODES or distances > _DISTANCE_CODES:
            raise self.invalid("a dynamic block has too many codes")
        code_lengths = [0] * len(LENGTH_CODE_ORDER)
        for symbol in LENGTH_CODE_ORDER[:length_codes]:
            code_lengths[symbol] = self.take(3)
        try:
            lengths = self.read_lengths(build_length_code_table(code_lengths), literals + distances)
            if not lengths[END_OF_BLOCK]:
                raise StreamError("a dynamic block has no code for its end")
        except TruncatedError:
            raise
        except StreamError as error:
            raise self.invalid(str(error)) from error
        return lengths[:literals], lengths[literals:]

    def read_lengths(self, table: Table, number: int) -> list[int]:
        """Read the `number` code lengths of a dynamic block, written in the code of `table`."""
        mask, entries = table
        lengths: list[int] = []
        while len(lengths) < number:
            if self.count < _ENOUGH:
                self.refill()
            bits, symbol, _ = entries[self.buffer & mask]
            self.buffer >>= bits
            self.count -= bits
            if symbol < _REPEAT:
                lengths.append(symbol)
            elif symbol == _REPEAT:
                if not lengths:
                    raise StreamError("a dynamic block repeats a code length before the first")
                lengths += lengths[-1:] * (3 + self.take(2))
            elif symbol == _REPEAT + 1:
                lengths += [0] * (3 + self.take(3))
            else:
                lengths += [0] * (11 + self.take(7))
        if len(lengths) > number:
            raise StreamError("a dynamic block repeats a code length past the last code")
        return lengths

    def read_symbols(self, literals: Table, distances: Table, stop: int) -> bool:
        """Decode until the output has `stop` bytes or more; return whether the block ended.

        Local variables hold the state for the whole loop, because access to an attribute takes half
        the time of a symbol.
        """
        stream, position, buffer, count = self.stream, self.position, self.buffer, self.count
        output, largest, size = self.output, self.distance, len(self.output)
        literal_mask, literal_entries = literals
        distance_mask, distance_entries = distances
        end = len(stream) + 2 * _REFILL
        value = 0
        while size < stop:
            if count < _ENOUGH:
                buffer |= int.from_bytes(stream[position : position + _REFILL], "little") << count
                position += _REFILL
                count += 8 * _REFILL
                if position > end:
                    raise self.truncated()
            bits, value, extra = literal_entries[buffer & literal_mask]
            if value == LINK:
                mask, entries = extra
                bits, value, extra = entries[(buffer >> PRIMARY_BITS) & mask]
            buffer >>= bits
            count -= bits
            if 0 <= value < END_OF_BLOCK:
                output.append(value)
                size += 1
                continue
            if value <= END_OF_BLOCK:
                break
            length = value - LENGTH_OFFSET + (buffer & ((1 << extra) - 1))
            buffer >>= extra
            bits, distance, further = distance_entries[buffer & distance_mask]
            if distance == LINK:
                mask, entries = further
                bits, distance, further = entries[(buffer >> PRIMARY_BITS) & mask]
            buffer >>= bits
            distance += buffer & ((1 << further) - 1)
            buffer >>= further
            count -= extra + bits + further
            if distance > largest:
                if distance > size:
                    self.position, self.buffer, self.count = position, buffer, count
                    raise self.invalid("a match reaches back before the start of the output")
                largest = distance
            start = size - distance
            size += length
            if distance >= length:
                output += output[start : start + length]
            else:
                output += (output[start:] * (length // distance + 1))[:length]
        self.position, self.buffer, self.count, self.distance = position, buffer, count, largest
        if value < 0:
            raise self.invalid("a code has no literal or length")
        return value == END_OF_BLOCK
