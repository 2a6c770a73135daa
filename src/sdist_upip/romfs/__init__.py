"""Images of ROMFS, the read-only file system that MicroPython runs from flash. Nothing is fetched
here."""
