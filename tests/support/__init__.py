"""What several tests share, other than fixtures: those are in the conftest.py files."""
