"""Data files as the resource module `R.py`: literals, modules, and which files are resources.

No command line, and no step: both use what is here.
"""
