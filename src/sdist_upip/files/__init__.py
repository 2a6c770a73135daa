"""Files and directories of this computer, changed whole or not at all.

No archives, no packages and no network.
"""
