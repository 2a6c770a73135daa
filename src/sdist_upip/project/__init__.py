"""What a project or a wheel declares, and the members that follow from it.

Sources of other tools are read here. Nothing is built, and no archive is written.
"""
