"""Deflate (RFC 1951) within a small window: encoding, decoding and verifying.

Every writer of an archive calls `compress`. The formats gzip and tar are not handled here.
"""
