"""Compiled modules: mpy-cross, the .mpy format and its ABI.

(MicroPython: docs/reference/mpyfiles.rst.) The step `compile` is in `steps`.
"""
