"""Every way to a device archive: from a project, a wheel, a source distribution, an archive.

Front ends call what is here; how members are chosen and written is told by `project` and `archive`.
"""
