"""One module for each subcommand of `sdist-upip`, and modules for the output of some of them."""
