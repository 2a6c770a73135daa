"""Lock files: pylock.toml (PEP 751), written and read."""
