"""Arguments and requirements of an install, and the board that they are for."""
