"""Whether an archive of unknown origin is safe for devices, installers and PyPI.

Readers that trust nothing and raise nothing for what is in a file, and every rule.
"""
