"""Whether a source is Python as CPython reads it, or only as MicroPython does.

The answer of mpy-cross is not part of this package: `mpy.syntax`.
"""
