"""The command line `sdist-upip`: parsing, output and exit codes.

`commands` has one module for each subcommand. No other package prints.
"""
