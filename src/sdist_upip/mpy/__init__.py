"""Compiled modules: mpy-cross, the .mpy format and its ABI.

Source: docs/reference/mpyfiles.rst of MicroPython. The step `compile` is in `steps`.
"""
