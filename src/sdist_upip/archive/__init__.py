"""A release as a `.tar.gz`: tar, the order of members, compression, and reading it back.

Only archives of sdist-upip are read here, and strictly. The package `check` reads archives of
unknown origin.
"""
