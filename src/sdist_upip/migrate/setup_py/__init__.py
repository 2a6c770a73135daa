"""Reading and changing a setup.py that imports a copy of sdist_upip.py; nothing is run."""
