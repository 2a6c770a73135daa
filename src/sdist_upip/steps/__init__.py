"""What may change a release between layout and archive: the steps and their registry.

A step is a callable from Release to Release, without files, output or globals.
"""
