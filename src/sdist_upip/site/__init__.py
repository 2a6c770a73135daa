"""A static site of packages that mip, mpremote, upip, pip and uv install from: its records, its
files and its pages. The client of indexes is in `index`.
"""
