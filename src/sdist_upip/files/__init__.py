"""Files and directories of this computer, changed completely or not at all.

Archives, packages and the network are not used here.
"""
