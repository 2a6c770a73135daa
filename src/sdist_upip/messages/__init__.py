"""Text for people: safe lines, output, logs and progress. Nothing else writes to the terminal."""
