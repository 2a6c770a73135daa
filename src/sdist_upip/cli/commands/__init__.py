"""One module a subcommand of `sdist-upip`, and beside it what it prints."""
