"""Rules about code on boards: what modules import, and how they read data, for named targets.

All problems here are warnings. A problem is reported only if it is certain.
"""
