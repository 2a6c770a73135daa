"""Threads that do ahead what will probably be asked for, and the turns that they take."""
