"""Data files as the resource module `R.py`: literals, modules, and which files are resources.

The command `res` and the step `resources` use this package, and neither is part of it.
"""
