"""Packages as modules to freeze into firmware, with their manifest.py."""
