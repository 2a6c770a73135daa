"""Bytes that are hard to write as a literal."""

from hypothesis import strategies as st

ALL_BYTES = bytes(range(256))


TRICKY = st.lists(
    st.sampled_from([b"'", b'"', b"\\", b"\n", b"\r", b"\0", b"0", b"8", b"x", b"\x80", b"a"])
).map(b"".join)
