"""A directory of packages for boards: archives, records and changes that are made whole.

No network code. upip on a board reads the records and continues an interrupted change.
"""
