"""What is wanted, and for which board: arguments, requirements, the target."""
