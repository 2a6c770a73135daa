"""Whether an archive of unknown origin is safe for devices, installers and PyPI.

Readers that trust no file and report every defect instead of raising, and all rules.
"""
