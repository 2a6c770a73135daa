"""The metadata of a release, for PyPI and for installers on devices.

Core metadata, requires.txt, markers of MicroPython and the rules of stock upip. No files are read.
"""
