"""The files that programs read from a site, made of its records: for mip, pip and stock upip.
Pages for people are in `pages`.
"""
