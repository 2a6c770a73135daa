"""Reading what a project or a wheel declares, and laying it out as members of a release.

Nothing is built here, and no archive is written.
"""
