"""The parts of `install` and `show` for images of ROMFS."""
