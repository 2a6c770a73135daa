"""A release as a `.tar.gz`: tar, the order of members, compression, and reading it back.

What is read here are our own archives, byte for byte. Archives of unknown origin: `check`.
"""
