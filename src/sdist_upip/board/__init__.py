"""Files for a board besides packages: modules of `device`, settings, root certificates."""
