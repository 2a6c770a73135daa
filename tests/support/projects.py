"""Texts of projects."""

BACKEND = '[build-system]\nrequires = ["setuptools"]\nbuild-backend = "sdist_upip.build_meta"\n'
