"""Which modules the ports of MicroPython have built in or frozen, and which boards are named.

The rules that use this are in `check/code`. Scripts in bench/ write the text files.
"""
