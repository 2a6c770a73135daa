"""Code that several tests share, except fixtures, which are in the conftest.py files."""
