"""Which releases of a site mip installs for each release. Nothing is read or written here but the
catalog.
"""
