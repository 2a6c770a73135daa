"""A board that is attached to this computer: its port, a session with it, and its packages.

mpremote is the transport. Code that runs on the board is in device/sent.
"""
