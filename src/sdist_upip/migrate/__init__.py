"""Changes that replace a copied sdist_upip.py in a project, and notes for its maintainers.

Projects are only read here. The command line writes the changes.
"""
