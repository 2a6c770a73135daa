"""What goes onto a board besides packages: modules of `device`, settings, root certificates."""
