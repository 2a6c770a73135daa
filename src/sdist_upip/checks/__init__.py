"""The rules of `sdist-upip check`, a module for each thing they are about."""
