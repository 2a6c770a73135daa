"""What the metadata of a release says, to PyPI and to the installers of devices.

Core metadata, requires.txt, markers of MicroPython and the rules of stock upip. No files are read.
"""
