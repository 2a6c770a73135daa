"""The `package.json` of a project, which mip and mpremote read in its repository. The files of a
site for mip are in `site`.
"""
