"""The command line `sdist-upip`: parsing, output and exit codes.

`commands` has one module a subcommand. Nothing else in the project prints.
"""
