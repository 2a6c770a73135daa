"""Deflate (RFC 1951) within a small window: encoding, decoding and proof.

`compress` is the one way in for whatever writes an archive. Nothing here knows of gzip or tar.
"""
