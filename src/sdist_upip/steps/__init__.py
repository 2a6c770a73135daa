"""Steps, which change a release between layout and archive, and their registry.

A step is a callable from Release to Release, without files, output or globals.
"""
