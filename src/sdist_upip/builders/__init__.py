"""Every way to a device archive: from a project, a wheel, a source distribution, an archive.

The front ends call these modules. The package `project` chooses the members of an archive, and
`archive` writes them.
"""
