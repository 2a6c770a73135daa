"""What replaces a copied sdist_upip.py in a project: the changes, and notes on what people must do.

Projects are read here and not changed; the command line writes.
"""
